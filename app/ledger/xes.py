"""Event logs in XES (IEEE 1849), for process mining: a trace an instance, an event a step of a person or the clock.

An event's concept:name is the name of the BPMN element, so that a log can be replayed on the drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {
    "concept": "Concept",
    "time": "Time",
    "org": "Organizational",
    "lifecycle": "Lifecycle",
}
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Step:
    """name: of the BPMN element; at: RFC 3339, as events hold it; resource: who, None for the system itself.

    transition: a word of XES's lifecycle, such as start, complete, withdraw, reassign.
    """

    name: str
    at: str
    resource: str | None = None
    transition: str = "complete"


@dataclass(frozen=True)
class Trace:
    """One instance. key: its business key; definition: key of its process; steps: in the order they happened."""

    key: str
    definition: str
    steps: tuple[Step, ...]


def write_xes(file: BinaryIO, traces: Iterable[Trace]) -> None:
    """Write the log, holding one trace at a time."""
    attributes = {"xes.version": "1849.2016", "xes.features": ""}
    with etree.xmlfile(file, encoding="utf-8") as log:
        log.write_declaration()
        with log.element("log", attributes, nsmap={None: NAMESPACE}):
            for prefix, name in EXTENSIONS.items():
                log.write(etree.Element("extension", name=name, prefix=prefix, uri=f"{NAMESPACE}{prefix}.xesext"))
            log.write(etree.Element("classifier", name="Activity", keys="concept:name"))
            for trace in traces:
                log.write(_trace(trace))


def _trace(trace: Trace) -> etree._Element:
    element = etree.Element("trace")
    _add(element, "string", "concept:name", trace.key)
    _add(element, "string", "definition", trace.definition)
    for step in trace.steps:
        event = etree.SubElement(element, "event")
        _add(event, "string", "concept:name", step.name)
        _add(event, "date", "time:timestamp", step.at)
        _add(event, "string", "lifecycle:transition", step.transition)
        if step.resource is not None:
            _add(event, "string", "org:resource", step.resource)
    return element


def _add(element: etree._Element, kind: str, key: str, value: str) -> None:
    etree.SubElement(element, kind, key=key, value=NOT_IN_XML.sub("", value))
