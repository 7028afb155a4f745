"""Event logs in XES (IEEE 1849-2016), for process mining: a trace an instance, an event a step.

An event's concept:name is the name of the BPMN element and duban:element its id, so that a log can be replayed on the
drawing. Attributes that XES does not know bear the prefix `duban`; the extension file says what they are. Written as
text, a trace at a time: a tree of a million events would be read by nobody and cost a hundred times the hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

NAMESPACE = "http://www.xes-standard.org/"
STANDARD = (("Concept", "concept"), ("Lifecycle", "lifecycle"), ("Organizational", "org"), ("Time", "time"))
OWN_NAME, OWN_PREFIX = "Duban", "duban"
OWN_URI = "urn:duban:xesext:1"  # where no address is known at which the extension file lies

CLASSIFIERS = (
    ("Activity", "concept:name"),
    ("Element", "duban:element"),
    ("Transition", "concept:name lifecycle:transition"),
    ("Resource", "org:resource"),
    ("Role", "org:role"),
)
SPECIAL = re.compile('[&<>"\t\n\r]|[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


class Step(NamedTuple):
    """name, element: of the BPMN element, element "" where none is meant. at: RFC 3339, as events hold it.

    transition: a word of XES's standard lifecycle. resource, on_behalf_of: logins, None for the process itself and the
    clock. role: the lane. group: id of the unit. instance: id of the task. seq: of the ledger's event. opened_at: when
    the task began to wait.
    """

    name: str
    at: str
    transition: str = "complete"
    element: str = ""
    kind: str = ""
    seq: int = 0
    instance: str | None = None
    resource: str | None = None
    role: str | None = None
    group: str | None = None
    on_behalf_of: str | None = None
    opened_at: str | None = None
    due_on: str | None = None
    outcome: str | None = None


class Trace(NamedTuple):
    """One instance. key: its business key; definition, version, hash: of its process; parent: the instance above it."""

    key: str
    instance: str
    definition: str
    version: int
    hash: str
    steps: Sequence[Step]
    title: str | None = None
    duty: str | None = None
    unit: str | None = None
    year: int | None = None
    status: str | None = None
    parent: str | None = None
    parent_key: str | None = None


class Attribute(NamedTuple):
    """One attribute of a log. field: of Step or Trace; is_global: present everywhere; label: what it means."""

    kind: str
    key: str
    field: str
    is_global: bool
    label: str = ""


TRACE_ATTRIBUTES = (
    Attribute("string", "concept:name", "key", True),
    Attribute("id", "duban:instance", "instance", True, "id of the instance; its history lies at /histories/<id>"),
    Attribute("string", "duban:definition", "definition", True, "key of the process definition"),
    Attribute("int", "duban:version", "version", True, "version of the process definition"),
    Attribute("string", "duban:definition_hash", "hash", True, "SHA-256 of the sources of that version"),
    Attribute("string", "duban:title", "title", False, "what the instance is about"),
    Attribute("string", "duban:duty", "duty", False, "key of the duty"),
    Attribute("string", "duban:unit", "unit", False, "id of the unit it is about"),
    Attribute("int", "duban:year", "year", False, "year it belongs to"),
    Attribute("string", "duban:status", "status", False, "active, completed or cancelled"),
    Attribute("id", "duban:parent", "parent", False, "id of the instance that started this one"),
    Attribute("string", "duban:parent_key", "parent_key", False, "concept:name of that instance"),
)
EVENT_ATTRIBUTES = (
    Attribute("string", "concept:name", "name", True),
    Attribute("string", "concept:instance", "instance", False),
    Attribute("string", "lifecycle:transition", "transition", True),
    Attribute("date", "time:timestamp", "at", True),
    Attribute("string", "org:resource", "resource", False),
    Attribute("string", "org:role", "role", False),
    Attribute("string", "org:group", "group", False),
    Attribute("string", "duban:element", "element", True, "id of the BPMN element"),
    Attribute("string", "duban:type", "kind", True, "type of the BPMN element, in BPMN's words"),
    Attribute("int", "duban:seq", "seq", True, "number of the event in the instance's chain: ?event=<seq>"),
    Attribute("string", "duban:on_behalf_of", "on_behalf_of", False, "login of whom org:resource acted for"),
    Attribute("date", "duban:opened_at", "opened_at", False, "when the user task began to wait"),
    Attribute("string", "duban:due_on", "due_on", False, "day by which the user task was due when it was opened"),
    Attribute("string", "duban:outcome", "outcome", False, "what was decided, as gateways read it"),
)
UNKNOWN = {"date": "1970-01-01T00:00:00.000000Z", "int": "0"}


def write_xes(file: BinaryIO, traces: Iterable[Trace], extension_uri: str = OWN_URI) -> None:
    """Write the log. extension_uri: where the own extension's file can be had."""
    file.writelines(parts(traces, extension_uri))


def parts(traces: Iterable[Trace], extension_uri: str = OWN_URI) -> Iterator[bytes]:
    """The log's bytes in their order, holding one trace at a time."""
    yield _head(extension_uri).encode()
    for trace in traces:
        yield _trace(trace).encode()
    yield b"</log>\n"


def extension_file(uri: str) -> bytes:
    """What the attributes with the own prefix are, as XES describes extensions. uri: its own address."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xesextension name="{OWN_NAME}" prefix="{OWN_PREFIX}" uri="{_escaped(uri)}">',
    ]
    for level, attributes in (("trace", TRACE_ATTRIBUTES), ("event", EVENT_ATTRIBUTES)):
        own = (one for one in attributes if one.key.startswith(f"{OWN_PREFIX}:"))
        aliases = (
            f'    <{one.kind} key="{one.key.removeprefix(f"{OWN_PREFIX}:")}">'
            f'<alias mapping="EN" name="{_escaped(one.label)}"/></{one.kind}>'
            for one in own
        )
        lines += [f"  <{level}>", *aliases, f"  </{level}>"]
    return "\n".join([*lines, "</xesextension>", ""]).encode()


def _head(extension_uri: str) -> str:
    """In the order of the schema: extensions, globals, classifiers, attributes of the log."""
    extensions = [*((name, prefix, f"{NAMESPACE}{prefix}.xesext") for name, prefix in STANDARD)]
    extensions.append((OWN_NAME, OWN_PREFIX, extension_uri))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<log xes.version="1849.2016" xes.features="" xmlns="{NAMESPACE}">',
        *(f'<extension name="{name}" prefix="{prefix}" uri="{_escaped(uri)}"/>' for name, prefix, uri in extensions),
        *(_global(scope, listed) for scope, listed in (("trace", TRACE_ATTRIBUTES), ("event", EVENT_ATTRIBUTES))),
        *(f'<classifier name="{name}" scope="event" keys="{keys}"/>' for name, keys in CLASSIFIERS),
        '<string key="concept:name" value="督办"/>',
        '<string key="lifecycle:model" value="standard"/>',
    ]
    return "\n".join([*lines, ""])


def _global(scope: str, attributes: Iterable[Attribute]) -> str:
    given = (
        f'<{one.kind} key="{one.key}" value="{UNKNOWN.get(one.kind, "UNKNOWN")}"/>'
        for one in attributes
        if one.is_global
    )
    return f'<global scope="{scope}">{"".join(given)}</global>'


def _openings(attributes: Iterable[Attribute], fields: Sequence[str]) -> list[tuple[int, str]]:
    return [(fields.index(one.field), f'<{one.kind} key="{one.key}" value="') for one in attributes]


_OF_TRACE, _OF_EVENT = _openings(TRACE_ATTRIBUTES, Trace._fields), _openings(EVENT_ATTRIBUTES, Step._fields)


def _trace(trace: Trace) -> str:
    events = "".join([f"<event>{_attributes(step, _OF_EVENT)}</event>\n" for step in trace.steps])
    return f"<trace>{_attributes(trace, _OF_TRACE)}\n{events}</trace>\n"


def _attributes(values: Step | Trace, openings: Iterable[tuple[int, str]]) -> str:
    return "".join(
        [f'{opening}{_escaped(str(values[place]))}"/>' for place, opening in openings if values[place] is not None]
    )


def _escaped(text: str) -> str:
    """As an attribute's value; signs that XML cannot hold are left out."""
    return SPECIAL.sub(_replaced, text) if SPECIAL.search(text) else text


def _replaced(found: re.Match[str]) -> str:
    return WRITTEN.get(found[0], "")
