"""Every BPMN file of the house: accepted by the strict reader, drawn, in known lanes, and named as the code expects."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from app.duties.registry import duty_of
from app.engine import LANES, Definition, load
from app.services.definitions import sources_of

WORKFLOWS = Path(__file__).parents[2] / "workflows"
FILES = sorted(WORKFLOWS.glob("*.bpmn"))
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SENT_BY_THE_FAMILY = {
    "annual_target.await_proposals",  # its children, each with a user task
    "enterprise_recognition.await_decision",  # its batch, which cancels it when it is cancelled itself
}
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def definition(file: Path) -> Definition:
    """With the elements and arrows of this file alone; what it calls has a file of its own."""
    whole = load(sources_of(file.read_bytes(), file.stem, {}), file.stem)
    here = set(tree(file).xpath("//@id"))
    elements = {id_: element for id_, element in whole.elements.items() if id_ in here}
    return replace(whole, elements=elements, flows={id_: flow for id_, flow in whole.flows.items() if id_ in here})


def tree(file: Path) -> etree._ElementTree:
    return etree.parse(str(file), etree.XMLParser(resolve_entities=False, no_network=True))


def outcomes(form: str) -> set[str]:
    schema = json.loads((WORKFLOWS / "forms" / f"{form}.json").read_text(encoding="utf-8"))
    return {choice["const"] for choice in schema["properties"]["outcome"]["oneOf"]}


def test_there_are_files() -> None:
    assert FILES


@every_file
def test_the_strict_reader_accepts_it_under_the_name_of_its_file(file: Path) -> None:
    assert definition(file).key == file.stem


@every_file
def test_every_element_and_arrow_is_drawn(file: Path) -> None:
    drawn = set(tree(file).xpath("//bpmndi:BPMNShape/@bpmnElement | //bpmndi:BPMNEdge/@bpmnElement", namespaces=NAMES))

    process = definition(file)

    assert {*process.elements, *process.flows} - drawn == set()


@every_file
def test_every_id_is_snake_case_and_every_name_is_chinese(file: Path) -> None:
    process = definition(file)

    assert [id_ for id_ in (*process.elements, *process.flows) if not SNAKE.fullmatch(id_)] == []
    assert [
        element.id
        for element in process.elements.values()
        if element.name != element.id and not re.search(r"[\u4e00-\u9fff]", element.name)
    ] == []


@every_file
def test_every_user_task_has_a_known_lane_and_its_form(file: Path) -> None:
    duty = duty_of(file.stem).key
    tasks = [element for element in definition(file).elements.values() if element.type == "userTask"]

    assert tasks
    assert [task.id for task in tasks if task.lane not in LANES] == []
    assert [task.id for task in tasks if not (WORKFLOWS / "forms" / f"{duty}.{task.id}.json").is_file()] == []


@every_file
def test_every_operator_is_named_by_its_process_and_task(file: Path) -> None:
    for operator in tree(file).iterfind(".//spiffworkflow:serviceTaskOperator", NAMES):
        holder = operator.getparent().getparent()
        assert operator.get("id") == f"{file.stem}.{holder.get('id')}"


@every_file
def test_every_way_out_of_an_exclusive_gateway_is_named(file: Path) -> None:
    process = definition(file)
    choices = [element.id for element in process.elements.values() if element.type == "exclusiveGateway"]
    ways = {id_: [flow for flow in process.flows.values() if flow.source == id_] for id_ in choices}

    assert [flow.id for flows in ways.values() if len(flows) > 1 for flow in flows if not flow.name] == []


@every_file
def test_every_timer_names_a_due_rule_of_its_duty(file: Path) -> None:
    named = {timer.text for timer in tree(file).iterfind(".//bpmn:timeDate", NAMES)}

    assert named - duty_of(file.stem).due_at.keys() == set()


@every_file
def test_a_wait_without_an_end_of_its_own_is_looked_after(file: Path) -> None:
    """It is cut off by a timer, or a timer comes back to it again and again, or its family sends what it waits for."""
    process = definition(file)
    behind = {id_: {flow.target for flow in process.flows.values() if flow.source == id_} for id_ in process.elements}
    for wait in tree(file).iterfind(".//bpmn:receiveTask", NAMES):
        guards = [
            guard
            for guard in tree(file).iterfind(".//bpmn:boundaryEvent[bpmn:timerEventDefinition]", NAMES)
            if guard.get("attachedToRef") == wait.get("id")
        ]
        is_cut_off = any(guard.get("cancelActivity") != "false" for guard in guards)
        comes_back = any(_comes_back(guard.get("id", ""), behind, process) for guard in guards)
        assert is_cut_off or comes_back or f"{file.stem}.{wait.get('id')}" in SENT_BY_THE_FAMILY


def _comes_back(guard: str, behind: dict[str, set[str]], process: Definition) -> bool:
    """Whether a timer that comes again and again lies behind a guard."""
    timers = [id_ for id_ in _all_behind(guard, behind) if process.elements[id_].type == "intermediateCatchEvent"]
    return any(timer in _all_behind(timer, behind) for timer in timers)


def _all_behind(start: str, behind: dict[str, set[str]]) -> set[str]:
    found, ahead = set[str](), list(behind[start])
    while ahead:
        if (id_ := ahead.pop()) not in found:
            found.add(id_)
            ahead.extend(behind[id_])
    return found


@every_file
def test_a_gateway_behind_a_form_reads_only_outcomes_which_that_form_offers(file: Path) -> None:
    process = definition(file)
    before = {flow.target: process.elements[flow.source] for flow in process.flows.values()}

    for flow in tree(file).iterfind(".//bpmn:sequenceFlow[bpmn:conditionExpression]", NAMES):
        read = flow.findtext("bpmn:conditionExpression", default="", namespaces=NAMES)
        form = before[flow.get("sourceRef", "")]
        if form.type == "userTask" and "outcome" in read:
            assert set(re.findall('"(.+?)"', read)) <= outcomes(duty_of(file.stem).forms[form.id])
