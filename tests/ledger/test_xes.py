"""The log is well-formed XES with the names of the drawing."""

from io import BytesIO

from lxml import etree

from app.ledger.xes import NAMESPACE, Step, Trace, write_xes

STEPS = (
    Step("签收督办单", "2023-11-06T01:30:00.000000Z", "zhou"),
    Step("督办时限已过", "2023-11-17T16:00:00.000000Z"),
)


def log_of(*traces: Trace) -> etree._Element:
    file = BytesIO()
    write_xes(file, traces)
    return etree.fromstring(file.getvalue())


def values(element: etree._Element, key: str) -> list[str | None]:
    return [found.get("value") for found in element.iter() if found.get("key") == key]


def test_each_step_keeps_its_name_time_and_resource_in_order() -> None:
    trace = log_of(Trace("supervision_order:2023-11", "supervision_order", STEPS)).find(f"{{{NAMESPACE}}}trace")

    assert trace is not None
    assert values(trace, "concept:name") == ["supervision_order:2023-11", "签收督办单", "督办时限已过"]
    assert values(trace, "time:timestamp") == [step.at for step in STEPS]
    assert values(trace, "org:resource") == ["zhou"]
    assert values(trace, "lifecycle:transition") == ["complete", "complete"]


def test_every_prefix_that_a_key_uses_is_declared() -> None:
    log = log_of(Trace("a", "b", STEPS))
    declared = {extension.get("prefix") for extension in log.iter(f"{{{NAMESPACE}}}extension")}

    keys = [element.get("key") or "" for element in log.iter()]
    assert {key.split(":")[0] for key in keys if ":" in key} <= declared


def test_odd_signs_do_not_break_the_log_and_an_empty_one_is_a_log() -> None:
    assert values(log_of(Trace('a<&>"\x00\ud800', "b", ())), "concept:name") == ['a<&>"']
    assert len(log_of().findall(f"{{{NAMESPACE}}}trace")) == 0
