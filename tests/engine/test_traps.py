"""The library's traps, each with what this room does about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest

from app.engine import Advance, Definition, Engine, InvalidDefinition, ModelFault, Step, load, runtime
from app.engine.cache import LiveCache
from tests.engine.driver import BEGIN, FAR, KEY, UNITS, Instance, Office

DATES = {"due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}
HEAD = (
    '<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d"><process id="p" isExecutable="true">'
)
LANE = (
    '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="lane" value="领导小组"/>'
    "</spiffworkflow:properties></extensionElements>"
)


def chain(kind: str, length: int) -> Definition:
    """A process of `length` equal elements in a row between its start and its end."""
    body = {
        "user": lambda n: f'<userTask id="t{n}">{LANE}</userTask>',
        "gateway": lambda n: f'<exclusiveGateway id="t{n}"/>',
    }[kind]
    ids = ["begin", *(f"t{n}" for n in range(length)), "finish"]
    nodes = '<startEvent id="begin"/>' + "".join(body(n) for n in range(length)) + '<endEvent id="finish"/>'
    pairs = pairwise(ids)
    flows = "".join(f'<sequenceFlow id="f_{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))
    return load({"p.bpmn": f"{HEAD}{nodes}{flows}</process></definitions>".encode()}, "p")


def test_a_side_task_on_the_main_level_is_closed_by_the_service_that_names_it() -> None:
    late = Instance("side_close", DATES).fire("late")
    assert late.waiting == ["a", "judge"]

    late.do("a")

    assert late.waiting == ["b"]
    assert {closed.element_id: closed.how for closed in late.last.closed} == {"a": "completed", "judge": "cancelled"}
    assert late.do("b").last.status == "completed"


def test_a_terminate_end_in_a_box_closes_the_side_task_and_the_outer_flow_goes_on() -> None:
    late = Instance("side_term", DATES).fire("a_late").do("a").do("b", outcome="ok")

    assert late.waiting == ["next"]


def test_a_side_path_keeps_the_instance_open_until_it_ends() -> None:
    box = Instance("sub_bnd", DATES).fire("reminded").do("a").do("b").do("next")

    assert (box.last.status, box.waiting) == ("active", ["remind"])
    assert box.do("remind").last.status == "completed"


def test_data_changed_in_an_interrupted_box_is_lost_and_after_its_end_is_not() -> None:
    assert "x" in Instance("sub_bnd", DATES).do("a", x=1).do("b").last.opened[0].data
    assert "x" not in Instance("sub_bnd", DATES).do("a", x=1).fire("lapsed").last.opened[0].data


def test_a_due_rule_is_asked_anew_at_each_entry_and_its_answer_is_kept() -> None:
    asked: list[datetime] = []

    def due(data: Any) -> datetime:
        asked.append(FAR + timedelta(days=len(asked)))
        return asked[-1]

    loop = Instance("sub_loop", host=Office({"due_at": due}))
    assert [timer.due_at for timer in loop.last.timers if timer.element_id == "limit"] == [FAR]

    loop.do("a").do("b", outcome="ok").do("verify", outcome="returned")

    assert [timer.due_at for timer in loop.last.timers if timer.element_id == "limit"] == [FAR + timedelta(days=1)]


def test_an_instant_of_the_data_goes_before_the_rule_and_needs_an_offset() -> None:
    told = datetime(2024, 6, 1, tzinfo=UTC)
    assert Instance("sub_loop", {"due_at": told.isoformat()}).last.timers[0].due_at == told

    with pytest.raises(ModelFault, match="no offset"):
        Instance("sub_loop", {"due_at": "2024-06-01T00:00:00"})


def test_a_boxed_join_waits_for_both_branches_again_after_rework() -> None:
    for first, second in ("ab", "ba"):
        box = Instance("gw_par_boxed").do("a").do("b").do("next", outcome="again").do(first)
        assert box.waiting == [second]
        assert box.do(second).do("next", outcome="").last.status == "completed"


def test_a_terminate_end_cancels_what_is_ready_and_closes_the_instance() -> None:
    both = Instance("term").do("a")

    assert both.last.status == "completed"
    assert [(closed.element_id, closed.how) for closed in both.last.closed if closed.element_id == "b"] == [
        ("b", "cancelled")
    ]


def test_an_error_end_leaves_by_the_boundary_and_an_uncaught_one_sends_nothing() -> None:
    assert Instance("err").do("a", outcome="bad").waiting == ["handle"]
    assert Instance("err_uncaught").do("a").sent == []


def test_messages_are_thrown_by_send_task_event_and_end() -> None:
    story = Instance("msg_start")
    story.deliver("s", "wanted").do("a").deliver("c", "answer").do("b")

    assert story.sent == ["told", "told2", "ended"]


def test_a_called_process_takes_its_message_inside_the_same_instance() -> None:
    call = Instance("call", DATES).do("c1").deliver("cr", "settled").do("c2")

    assert "mid" in call.waiting


def test_multi_instances_of_calls_and_boxes_tell_the_item_of_each_inner_task() -> None:
    for name, first in (("mi_call", "c1"), ("mi_sub", "m1")):
        many = Instance(name, {**UNITS, **DATES})
        assert [(task.element_id, task.item) for task in many.last.opened] == [(first, key) for key in "abc"]


def test_a_sequential_multi_instance_opens_one_after_another() -> None:
    many = Instance("mi_seq", UNITS)
    assert many.waiting == ["m"]
    assert many.do("m").do("m").do("m").waiting == ["next"]


def test_an_empty_collection_opens_nothing_and_goes_on() -> None:
    for name in ("mi_par", "mi_seq", "mi_sub", "mi_sub_seq"):
        assert Instance(name, {"units": {}}).waiting == ["next"]


def test_a_multi_instance_can_be_entered_again_from_stored_state() -> None:
    many = Instance("mi_par", UNITS).do("m").do("m").do("m").do("next", outcome="again")

    assert many.waiting == ["m", "m", "m"]


def test_a_finished_box_leaves_nothing_in_the_state() -> None:
    box = Instance("sub_loop", DATES).do("a").do("b", outcome="ok")

    assert len(box.last.live.workflow.subprocesses) == 0


def test_more_steps_than_a_command_may_take_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.MAX_STEPS == 500
    monkeypatch.setattr(runtime, "MAX_STEPS", 10)

    with pytest.raises(ModelFault, match="10 steps"):
        Engine(KEY).start(chain("gateway", 20), Step("i", 0, BEGIN), {}, Office())


def test_many_slow_steps_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "thread_time", count(0, 0.15).__next__)

    with pytest.raises(ModelFault, match=r"2\.0 seconds"):
        Engine(KEY).start(chain("gateway", 40), Step("i", 0, BEGIN), {}, Office())


def test_a_pause_in_a_few_steps_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "thread_time", count(0, 60.0).__next__)

    Engine(KEY).start(chain("gateway", 10), Step("i", 0, BEGIN), {}, Office())


def test_a_process_too_long_for_the_library_is_refused_as_a_definition() -> None:
    with pytest.raises(InvalidDefinition):
        chain("gateway", 600)


def test_more_tasks_than_an_instance_may_hold_are_a_fault() -> None:
    units = {"units": {f"u{number}": {"n": number} for number in range(2_000)}}

    with pytest.raises(ModelFault, match="2000 tasks"):
        Instance("mi_par", units)


def test_a_loop_over_a_call_in_which_nothing_waits_ends_as_a_fault() -> None:
    flow = '<sequenceFlow id="{}" sourceRef="{}" targetRef="{}">{}</sequenceFlow>'
    again = "<conditionExpression>again</conditionExpression>"
    ways = (("f1", "s", "h", ""), ("f2", "h", "n", ""), ("f3", "n", "g", ""), ("f4", "g", "e", ""))
    loop = (
        f'{HEAD}<startEvent id="s"/><exclusiveGateway id="h"/><callActivity id="n" calledElement="q"/>'
        f'<exclusiveGateway id="g" default="f4"/><endEvent id="e"/>{"".join(flow.format(*way) for way in ways)}'
        f'{flow.format("f5", "g", "h", again)}</process><process id="q" isExecutable="true"><startEvent id="qs"/>'
        f'<endEvent id="qe"/>{flow.format("qf", "qs", "qe", "")}</process></definitions>'
    )
    definition = load({"p.bpmn": loop.encode()}, "p")
    assert Engine(KEY).start(definition, Step("i", 0, BEGIN), {"again": False}, Office()).status == "completed"

    with pytest.raises(ModelFault, match="500 steps"):
        Engine(KEY).start(definition, Step("i", 0, BEGIN), {"again": True}, Office())


def test_instances_that_multiply_are_a_fault_and_the_state_before_holds() -> None:
    many = Instance("mi_nested", {"units": {f"u{number}": {"n": number} for number in range(40)}})
    assert len(many.waiting) == 1_600

    with pytest.raises(ModelFault, match=r"500 steps|2000 tasks"):
        Instance("mi_nested", {"units": {f"u{number}": {"n": number} for number in range(60)}})

    assert len(many.do("m").waiting) == 1_599


def test_a_collection_beyond_all_measure_never_enters_an_instance() -> None:
    with pytest.raises(ModelFault, match="more than 2000 items"):
        Instance("mi_par", {"units": {f"u{number}": {"n": number} for number in range(200_000)}})


def test_a_command_that_takes_too_long_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_SECONDS", 0.0)

    with pytest.raises(ModelFault, match=r"0\.0 seconds"):
        Instance("linear")


def test_an_instance_in_which_nothing_can_happen_any_more_is_a_fault() -> None:
    with pytest.raises(ModelFault, match="nothing is left"):
        Instance("mi_seq", {"units": {"a": None}})


def test_fifty_items_stay_within_a_few_kilobytes() -> None:
    many = Instance("mi_par", {"units": {f"u{number}": {"n": number} for number in range(50)}})

    assert len(many.state) < 6_000


def test_two_commands_in_one_instant_keep_their_order() -> None:
    def run(times: list[datetime]) -> list[list[tuple[str, str]]]:
        definition, engine, host = chain("user", 3), Engine(KEY), Office()
        last: Advance = engine.start(definition, Step("i", 0, times[0]), {}, host)
        traces = []
        for version, at in enumerate(times[1:], 1):
            last = engine.complete(definition, last.state, Step("i", version, at), last.opened[0].task_id, {}, host)
            traces.append([(entry.element_id, entry.state) for entry in last.trace])
        return traces

    forward = [BEGIN + timedelta(hours=number) for number in range(4)]

    assert run([BEGIN] * 4) == run(forward) == run(forward[::-1])


def test_the_cache_gives_an_object_once_and_never_one_that_was_not_kept() -> None:
    report = Instance("linear", warm=False)
    cache = report.engine._cache
    assert len(cache) == 0

    report.engine.keep(report.last)
    assert len(cache) == 1

    report.do("a")
    assert len(cache) == 0


def test_the_cache_lets_go_of_the_least_recently_used_beyond_its_bytes() -> None:
    workflow = Instance("linear").last.live.workflow
    cache = LiveCache(limit_bytes=100)
    for number in range(5):
        cache.put(("i", "d", str(number)), workflow, stored_bytes=2)

    assert [cache.take(("i", "d", str(number))) is not None for number in range(5)] == [False, False, False, True, True]


def test_a_version_is_parsed_once_and_named_by_its_bytes() -> None:
    assert chain("user", 2) is chain("user", 2)
    assert chain("user", 2).hash != chain("user", 3).hash
