"""A stored state: the same bytes everywhere, and as good as the live object after every single engine step."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import orjson
import pytest
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine import Definition, Step, definitions, strict
from app.engine.bridge import Bridge
from app.engine.drawing import Trees
from app.engine.reading import is_waiting_for
from app.engine.specs import FIRED
from app.engine.stamp import stamped
from app.engine.state import decode, encode, settle
from app.engine.workflow import LiveWorkflow
from tests.engine.driver import BEGIN, HERE, START, UNITS, Instance, Office, model, sources

MODELS = sorted(path.stem.removeprefix("valid_") for path in HERE.glob("valid_*.bpmn"))
DATA = {
    **START, **UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat(), "want_a": True, "want_b": True,
    "is_big": True, "skip": False, "notice_key": "n1",
}  # fmt: skip
ROUNDS = 12


def started(definition: Definition, kind: type[BpmnWorkflow]) -> BpmnWorkflow:
    deployment = definition.deployment
    workflow = kind(deployment.spec, dict(deployment.subspecs), script_engine=Bridge(definition.key, Office()))
    workflow.task_tree.data.update(orjson.loads(orjson.dumps(DATA)))
    return workflow


def choices(workflow: BpmnWorkflow) -> list[tuple[str, str, Task]]:
    """All that somebody outside could do now, in an order that both engines share."""
    parts = [workflow, *(p for p in workflow.subprocesses.values() if p.parent_task_id in owner_ids(workflow))]
    found = [
        (kind, task.task_spec.name, task)
        for part in parts
        for task in part.tasks.values()
        for kind in ("task", "timer", "message")
        if is_waiting_for(task, kind)
    ]
    return sorted(found, key=lambda choice: (choice[0], choice[1], str(choice[2].data.get("unit_item"))))


def owner_ids(workflow: BpmnWorkflow) -> set[Any]:
    return {id_ for part in (workflow, *workflow.subprocesses.values()) for id_ in part.tasks}


def move(kind: str, task: Task, answers: Mapping[str, Any]) -> None:
    if kind == "task":
        task.data.update(answers)
        task.run()
        return
    if kind == "timer":
        task.internal_data[FIRED] = True
    else:
        task.task_spec.catch(task, BpmnEvent(task.task_spec.event_definition, {}, {}))
    task.task_spec._update(task)


def step_once(workflow: LiveWorkflow) -> bool:
    task = workflow.next_automatic()
    if task is not None:
        task.run()
    return task is not None


def picture(workflow: BpmnWorkflow) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name, _ in choices(workflow)]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_our_stepping_goes_the_way_of_the_stock_engine(name: str, seed: int) -> None:
    chance = random.Random(seed)
    definition = model(name)
    with stamped(Step("i", 0, BEGIN)):
        ours, stock = started(definition, LiveWorkflow), started(definition, BpmnWorkflow)
        for _ in range(ROUNDS):
            while step_once(ours):
                pass
            stock.do_engine_steps()
            assert picture(ours) == picture(stock)
            assert ours.is_completed() == stock.is_completed()
            if not picture(ours):
                break
            nth, answers = (
                chance.randrange(len(picture(ours))),
                {"outcome": chance.choice(["yes", "no", "again", "ok", "bad"]), "upheld": True},
            )
            for workflow in (ours, stock):
                kind, _, task = choices(workflow)[nth]
                move(kind, task, answers)


@pytest.mark.parametrize("name", MODELS)
def test_a_state_restored_on_fresh_specs_after_every_engine_step_equals_the_live_run(name: str) -> None:
    chance = random.Random(7)
    with stamped(Step("i", 0, BEGIN)):
        live = started(model(name), LiveWorkflow)
        stored = encode(live)
    with stamped(Step("i", 0, BEGIN)):
        tried = started(model(name), LiveWorkflow)
        assert encode(tried) == stored
    for number in range(ROUNDS):
        seed = chance.random()
        ends = [
            advance(workflow, name, number, seed, restoring) for workflow, restoring in ((live, False), (tried, True))
        ]
        live, tried = ends[0], ends[1]
        assert picture(live) == picture(tried)
        assert orjson.loads(encode(live)) == orjson.loads(encode(tried))


def advance(workflow: LiveWorkflow, name: str, number: int, seed: float, restoring: bool) -> LiveWorkflow:
    """One random action and what follows; `restoring` goes through the bytes after each single engine step."""
    chance = random.Random(seed)
    with stamped(Step("i", number + 1, BEGIN), 2e9 + number):
        open_now = choices(workflow)
        if number and open_now:
            kind, _, task = chance.choice(open_now)
            move(kind, task, {"outcome": chance.choice(["yes", "no", "again", "ok", "bad"]), "upheld": True})
        while step_once(workflow):
            if restoring:
                workflow = again(workflow, name)
        settle(workflow, 0.0)
    return workflow


@cache
def read(name: str) -> Trees:
    return strict.read(tuple(sources(name).items()), name)[0]


def again(workflow: LiveWorkflow, name: str) -> LiveWorkflow:
    workflow.get_events()
    settle(workflow, 0.0)
    restored = decode(encode(workflow), definitions._deploy(read(name), name))
    assert encode(restored) == encode(workflow)
    restored.script_engine = workflow.script_engine
    return restored


PROGRAM = """
from tests.engine.driver import Instance, UNITS, BEGIN
data = {**UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}
many = Instance("mi_sub_round", data).do("m1").do("m1").do("m2").fire("late")
print(many.last.state.hex(), many.last.state_hash, many.last.trace)
"""


def test_three_processes_with_different_hash_seeds_give_the_same_bytes() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=HERE.parents[1],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


def test_instances_in_four_threads_get_the_bytes_of_runs_one_after_another() -> None:
    def run(round_: int) -> bytes:
        return Instance("mi_sub_round", {**DATA, "round": round_}).do("m1").do("m2").state

    alone = [run(number) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == alone


def test_the_live_object_moves_nowhere_outside_of_a_step() -> None:
    with pytest.raises(RuntimeError, match="outside of a step"):
        started(model("linear"), LiveWorkflow)


def test_a_predicted_or_finished_task_waits_for_nobody() -> None:
    with stamped(Step("i", 0, BEGIN)):
        workflow = started(model("linear"), LiveWorkflow)
        while step_once(workflow):
            pass

    assert [t.task_spec.name for t in workflow.all_tasks() if t._state == TaskState.READY] == ["a"]
