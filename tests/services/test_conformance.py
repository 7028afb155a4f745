"""The exported steps conform to the drawing: each follows from one before it, by ways on which nothing else is done.

docs/process-mining.md has the same measured by a public tool, by alignments; this stands in every test run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.engine import Definition
from app.engine.model_rules import ways_of
from app.ledger.xes import Step, Trace
from app.services import event_log
from app.services.house import House
from tests import walks
from tests.services.december_report_walk import Walk
from tests.services.test_event_log import traces_of
from tests.services.test_rule_checks import closed

Ways = Mapping[str, set[str]]
MODELS = ("linear", "mi_par", "recv", "signal", "two_keys")


def is_silent(definition: Definition, id_: str) -> bool:
    return definition.elements[id_].type.endswith(event_log.DRAWN_ONLY)


def followers(definition: Definition, ways: Ways, id_: str) -> set[str]:
    """Everything behind an element on ways through gateways and into and out of boxes, these included."""
    found: set[str] = set()
    waiting = [id_]
    while waiting:
        for ahead in ways[waiting.pop()] - found:
            found.add(ahead)
            if is_silent(definition, ahead):
                waiting.append(ahead)
    return found


def misfits(definition: Definition, trace: Trace) -> list[Step]:
    """Steps that nothing before them leads to; an event that is attached is led to by what leads to its host."""
    ways, open_ = ways_of(definition), set[str]()
    odd = []
    for step in trace.steps:
        element = definition.elements.get(step.element)
        if element is None or step.transition != "complete":
            continue
        is_first = element.type == "startEvent" and element.parent is None
        if not is_first and (element.attached_to or element.id) not in open_:
            odd.append(step)
        open_ |= followers(definition, ways, element.id)
    return odd


def checked(house: House) -> int:
    """How many steps fit; fails for the first trace that does not."""
    steps = 0
    for trace in traces_of(house):
        with house.database.reading() as session:
            id_ = walks.instance_of(house, trace.instance).definition_id
            definition = house.definition(session.connection(), id_)
        assert misfits(definition, trace) == [], trace.key
        steps += len(trace.steps)
    return steps


@pytest.mark.parametrize("model", MODELS)
def test_random_walks_conform(house: House, model: str) -> None:
    for seed in range(3):
        walks.walked(house, model, seed)

    assert checked(house) >= 9


def test_reports_and_orders_conform(house: House) -> None:
    walk = Walk(house).collect("miit", "sci")
    walk.on("2024-12-05").submit("sci")
    walk.on("2024-12-10").give_back("sci", "problems")
    walk.on("2024-12-16").submit("sci")
    walk.on("2024-12-18").accept("sci")
    closed(house)

    assert checked(house) >= 30


@pytest.mark.parametrize("spoil", ["without", "swapped"])
def test_a_log_that_lacks_a_step_or_turns_two_round_does_not_conform(house: House, spoil: str) -> None:
    closed(house)
    (trace,) = traces_of(house)
    steps: list[Any] = [step for step in trace.steps if step.kind != "startEvent" or step.element == "matter_raised"]
    place = next(place for place, step in enumerate(steps) if step.element == "report_back")
    if spoil == "without":
        del steps[place]
    else:
        steps[place], steps[place + 1] = steps[place + 1], steps[place]
    with house.database.reading() as session:
        id_ = walks.instance_of(house, trace.instance).definition_id
        definition = house.definition(session.connection(), id_)

    assert [step.element for step in misfits(definition, trace._replace(steps=steps))]
