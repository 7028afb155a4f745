"""What each gateway of a step decided, read from what its event says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.engine.decisions import decisions, told_by_host
from app.engine.definitions import load
from app.engine.outline import outline

SOURCES = {"gw_xor.bpmn": (Path(__file__).parent / "valid_gw_xor.bpmn").read_bytes()}
DEFINITION, OUTLINE = load(SOURCES, "gw_xor"), outline(SOURCES, "gw_xor")
GATEWAYS = {id_ for id_, element in DEFINITION.elements.items() if element.type == "exclusiveGateway"}
FORKS = [id_ for id_ in GATEWAYS if sum(flow.source == id_ for flow in DEFINITION.flows.values()) > 1]


def trace_by(flow_id: str) -> list[list[Any]]:
    flow = DEFINITION.flows[flow_id]
    return [[flow.source, "completed", "t1", None], [flow.target, "entered", "t2", flow_id]]


@given(st.sampled_from([flow.id for flow in DEFINITION.flows.values() if flow.source in FORKS]), st.text(max_size=5))
def test_the_way_that_was_taken_is_named_whatever_the_values_were(flow_id: str, outcome: str) -> None:
    [found] = decisions(DEFINITION, OUTLINE, {"outcome": outcome}, trace_by(flow_id), ())

    assert [way.flow.id for way in found.taken] == [flow_id]
    assert len(found.ways) > 1
    assert found.read == {"outcome": outcome}


def test_what_a_service_answered_before_the_gateway_is_what_it_read() -> None:
    flow_id = next(id_ for id_ in OUTLINE.conditions if DEFINITION.flows[id_].source in FORKS)
    said = told_by_host([{"ask": "act", "name": "x.y", "element_id": "before", "answer": {"outcome": "yes"}}])
    trace = [["before", "completed", "t0", None], *trace_by(flow_id)]

    [found] = decisions(DEFINITION, OUTLINE, {"outcome": "no"}, trace, said)

    assert found.read == {"outcome": "yes"}


def test_a_value_that_is_not_known_is_not_made_up() -> None:
    flow_id = next(id_ for id_ in OUTLINE.conditions if DEFINITION.flows[id_].source in FORKS)

    [found] = decisions(DEFINITION, OUTLINE, {}, trace_by(flow_id), ())

    assert found.read == {}
    assert found.taken[0].holds is None


def test_a_step_without_a_gateway_decided_nothing() -> None:
    assert (
        decisions(DEFINITION, OUTLINE, {}, [["a", "completed", "t", None], ["b", "entered", "u", "unknown"]], ()) == []
    )
