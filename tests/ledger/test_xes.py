"""The log is XES by its schema, whatever stands in it; what it says is what was given; its own attributes are told."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.ledger import xes
from app.ledger.xes import NAMESPACE, Step, Trace, write_xes

SCHEMAS = Path(__file__).parent / "schemas"
STEPS = (
    Step(
        "签收督办单", "2023-11-06T01:30:00.000000Z", "complete", "sign_for", "userTask", 2, "0d1c", "zhou",
        "承办单位联络员", "miit", "wang", "2023-11-03T01:00:00.000000Z", "2023-11-06", "yes",
    ),
    Step("督办时限已过", "2023-11-17T16:00:00.000000Z", "complete", "limit_lapsed", "boundaryEvent", 3, "0d1d"),
)  # fmt: skip
TRACE = Trace("supervision_order:2023-11", "77aa", "supervision_order", 3, "ab" * 32, STEPS, "督办", parent="66bb")
TEXTS = st.one_of(st.none(), st.text())


def written(*traces: Trace) -> bytes:
    file = BytesIO()
    write_xes(file, traces)
    return file.getvalue()


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / name))


def read(log: bytes) -> list[list[dict[str, str]]]:
    """By a reader that knows nothing of the writer: of each trace its own attributes, then those of each event."""
    name = f"{{{NAMESPACE}}}"
    traces = ElementTree.fromstring(log).iter(f"{name}trace")

    def attributes(element: ElementTree.Element) -> dict[str, str]:
        return {child.get("key", ""): child.get("value", "") for child in element if child.get("key")}

    return [[attributes(trace), *map(attributes, trace.iter(f"{name}event"))] for trace in traces]


def test_the_log_holds_by_the_schema_of_the_standard() -> None:
    log = etree.fromstring(written(TRACE, TRACE._replace(steps=(), title=None)))

    schema("xes-1849-2016.xsd").assertValid(log)
    assert log.get("xes.version") == "1849.2016"
    assert {one.get("uri") for one in log.iter(f"{{{NAMESPACE}}}extension")} >= {
        f"{NAMESPACE}{prefix}.xesext" for prefix in ("concept", "lifecycle", "org", "time")
    }


def test_the_schema_refuses_what_is_no_log() -> None:
    log = written(TRACE)

    for spoilt in (
        log.replace(b"<trace>", b"<case>").replace(b"</trace>", b"</case>"),
        log.replace(
            b'<date key="time:timestamp" value="2023-11-06T01:30:00.000000Z"/>', b'<date key="time" value="x"/>'
        ),
        log.replace(b'xes.version="1849.2016"', b""),
    ):
        assert spoilt != log
        assert not schema("xes-1849-2016.xsd").validate(etree.fromstring(spoilt))


@given(name=st.text(), key=st.text(), at=st.datetimes(), rest=st.tuples(*[TEXTS] * 5))
def test_any_text_makes_a_log_that_holds_by_the_schema_and_is_read_as_it_was_given(
    name: str, key: str, at: object, rest: tuple[str | None, ...]
) -> None:
    step = STEPS[0]._replace(name=name, resource=rest[0], role=rest[1], group=rest[2], outcome=rest[3])
    log = written(TRACE._replace(key=key, title=rest[4], steps=(step,)))

    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(log))
    ((trace, event),) = read(log)
    assert trace["concept:name"] == xes.SPECIAL.sub(_kept, key)
    assert event["concept:name"] == xes.SPECIAL.sub(_kept, name)
    assert event.get("org:resource") == (rest[0] if rest[0] is None else xes.SPECIAL.sub(_kept, rest[0]))


def _kept(found: object) -> str:
    sign = found[0]  # type: ignore[index]
    return sign if sign in xes.WRITTEN else ""


def test_every_attribute_is_read_again() -> None:
    ((trace, first, second),) = read(written(TRACE))

    assert trace == {
        "concept:name": "supervision_order:2023-11", "duban:instance": "77aa", "duban:definition": "supervision_order",
        "duban:version": "3", "duban:definition_hash": "ab" * 32, "duban:title": "督办", "duban:parent": "66bb",
    }  # fmt: skip
    assert first["concept:instance"] == "0d1c"
    assert first["org:resource"] == "zhou"
    assert first["org:role"] == "承办单位联络员"
    assert first["org:group"] == "miit"
    assert first["duban:on_behalf_of"] == "wang"
    assert first["duban:outcome"] == "yes"
    assert "org:resource" not in second
    assert [event["lifecycle:transition"] for event in (first, second)] == ["complete", "complete"]


def test_what_is_said_to_be_in_all_is_in_all_and_every_prefix_is_declared() -> None:
    log = etree.fromstring(written(TRACE))
    found = read(written(TRACE))[0]
    globals_ = {one.get("scope"): {child.get("key") for child in one} for one in log.iter(f"{{{NAMESPACE}}}global")}

    assert globals_["trace"] <= found[0].keys()
    assert all(globals_["event"] <= event.keys() for event in found[1:])
    declared = {extension.get("prefix") for extension in log.iter(f"{{{NAMESPACE}}}extension")}
    assert {(one.get("key") or "").split(":")[0] for one in log.iter() if ":" in (one.get("key") or "")} <= declared


def test_each_classifier_asks_for_attributes_that_events_have() -> None:
    known = {one.key for one in xes.EVENT_ATTRIBUTES}

    assert all(key in known for _, keys in xes.CLASSIFIERS for key in keys.split())


@pytest.mark.parametrize("uri", ["https://duban.example/xes/duban.xesext", xes.OWN_URI])
def test_the_extension_file_tells_of_every_own_attribute(uri: str) -> None:
    told = etree.fromstring(xes.extension_file(uri))

    schema("xesext.xsd").assertValid(told)
    assert told.get("uri") == uri
    own = {one.key for one in (*xes.TRACE_ATTRIBUTES, *xes.EVENT_ATTRIBUTES) if one.key.startswith("duban:")}
    assert {f"duban:{one.get('key')}" for one in told.iter() if one.get("key")} == own
    assert all(one.label for one in (*xes.TRACE_ATTRIBUTES, *xes.EVENT_ATTRIBUTES) if one.key in own)


def test_an_empty_log_is_a_log() -> None:
    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(written()))
