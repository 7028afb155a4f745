"""Each construct of BPMN that is accepted, walked; from stored bytes at every step, and on the live object.

`docs/constructs.md` says for each construct which model and which test stand for it. That a state may also be stored
and restored after every single engine task is shown for all models in test_state.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.engine import ModelFault
from tests.engine.driver import BEGIN, HERE, UNITS, Instance, Office

DATES = {"due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}
EVERYTHING = {
    **UNITS, **DATES, "want_a": True, "want_b": True, "is_big": True, "skip": False, "notice_key": "n1",
}  # fmt: skip
VALID = sorted(path.stem.removeprefix("valid_") for path in HERE.glob("valid_*.bpmn"))
Begin = Callable[..., Instance]


@pytest.fixture(params=[False, True], ids=["stored", "live"])
def begin(request: pytest.FixtureRequest) -> Begin:
    """Starts an instance of a model, with both dates and all units unless said otherwise."""

    def started(name: str, data: Mapping[str, Any] | None = None, host: Office | None = None) -> Instance:
        return Instance(name, {**DATES, **UNITS} if data is None else data, host, warm=request.param)

    return started


def closed(instance: Instance) -> dict[str, str]:
    return {task.element_id: task.how for task in instance.last.closed}


def cancelled(instance: Instance) -> list[str]:
    return sorted(entry.element_id for entry in instance.last.trace if entry.state == "cancelled")


def test_a_manual_task_waits_for_a_person_as_a_user_task_does(begin: Begin) -> None:
    by_hand = begin("manual")
    assert by_hand.last.opened[0].group == "office"

    assert by_hand.do("by_hand").do("next").last.status == "completed"


def test_tasks_in_a_row_open_one_after_another(begin: Begin) -> None:
    row = begin("linear")

    assert [row.waiting, row.do("a").waiting, row.do("b").waiting] == [["a"], ["b"], ["c"]]


def test_an_exclusive_gateway_takes_the_condition_that_holds_or_else_its_default(begin: Begin) -> None:
    for outcome, round_, way in (("b", 0, "b"), ("c", 0, "c"), ("c", 2, "otherwise"), ("?", 0, "otherwise")):
        assert begin("gw_xor", {"round": round_}).do("a", outcome=outcome).waiting == [way]


def test_an_inclusive_gateway_opens_every_branch_whose_condition_holds(begin: Begin) -> None:
    both = begin("gw_inc", {"want_a": True, "want_b": True})
    assert both.waiting == ["a", "b"]
    assert both.do("a").waiting == ["b"]
    assert both.do("b").waiting == ["next"]

    neither = begin("gw_inc", {"want_a": False, "want_b": False})
    assert neither.waiting == ["c"]
    assert neither.do("c").waiting == ["next"]


def test_a_boxed_inclusive_join_waits_again_after_rework(begin: Begin) -> None:
    for first, second in ("ab", "ba"):
        box = begin("gw_inc_boxed", {"want_a": True, "want_b": True}).do("a").do("b").do("next", outcome="again")
        assert box.do(first).waiting == [second]
        assert box.do(second).do("next", outcome="").last.status == "completed"


def test_a_branch_may_loop_before_its_join(begin: Begin) -> None:
    loop = begin("gw_par_loop").do("a").do("a2", outcome="again").do("b")
    assert loop.waiting == ["a"]

    assert loop.do("a").do("a2", outcome="").do("next").last.status == "completed"


def test_a_fork_in_a_branch_of_another_joins_first(begin: Begin) -> None:
    nested = begin("gw_par_nested")
    assert nested.waiting == ["a", "b", "c"]

    assert nested.do("b").do("c").waiting == ["a"]
    assert nested.do("a").waiting == ["next"]


def test_a_fork_of_boxes_joins_when_both_have_ended_and_their_side_paths_go_on(begin: Begin) -> None:
    fork = begin("gw_par_sub", {**DATES, **UNITS, "skip": False}).fire("late").do("a").do("b").do("b").do("b")

    assert fork.waiting == ["next", "press"]
    assert fork.do("press").do("next").last.status == "completed"


def test_a_fork_of_boxes_passes_one_that_has_nothing_to_do(begin: Begin) -> None:
    assert begin("gw_par_sub", {**DATES, **UNITS, "skip": True}).do("a").waiting == ["next"]


def test_an_event_gateway_waits_for_all_its_events_and_the_first_cancels_the_others(begin: Begin) -> None:
    choice = begin("gw_event")
    assert choice.waiting == ["m", "t"]
    assert [timer.element_id for timer in choice.last.timers] == ["t"]
    assert [(wait.element_id, wait.message) for wait in choice.last.subscriptions] == [("m", "answer")]

    choice.deliver("m", "answer")

    assert choice.waiting == ["after_m"]
    assert cancelled(choice) == ["t"]
    assert choice.do("after_m").last.status == "completed"


def test_an_event_gateway_can_be_reached_again(begin: Begin) -> None:
    choice = begin("gw_event")
    for _ in range(3):
        assert choice.fire("t").waiting == ["after_t"]
        assert choice.do("after_t", outcome="again").waiting == ["m", "t"]

    assert choice.deliver("m", "answer").do("after_m").last.status == "completed"


def test_an_event_gateway_waits_for_receive_tasks_too(begin: Begin) -> None:
    choice = begin("gw_event_recv").deliver("other", "refusal")
    assert choice.waiting == ["next"]
    assert cancelled(choice) == ["day", "word"]

    choice.do("next", outcome="again")

    assert choice.waiting == ["day", "other", "word"]
    assert choice.deliver("word", "answer").waiting == ["next"]


def test_an_event_gateway_in_a_branch_leaves_the_other_branch_alone(begin: Begin) -> None:
    choice = begin("gw_event_par").fire("day")
    assert choice.waiting == ["a"]

    assert choice.do("a").do("next").last.status == "completed"


def test_events_between_tasks_wait_for_their_date_and_their_message(begin: Begin) -> None:
    between = begin("catch")
    assert between.waiting == ["day"]
    assert between.fire("day").waiting == ["word"]

    assert between.deliver("word", "answer").do("next").last.status == "completed"


def test_messages_leave_from_a_throw_event_a_send_task_and_an_end(begin: Begin) -> None:
    story = begin("msg_start").deliver("s", "wanted").do("a")
    assert [(sent.name, sent.element_id) for sent in story.last.sent] == [("told", "t"), ("told2", "snd")]

    story.deliver("c", "answer").do("b")

    assert [(sent.name, sent.element_id) for sent in story.last.sent] == [("ended", "e")]


def test_a_receive_task_is_left_by_its_message_or_by_either_of_its_guards(begin: Begin) -> None:
    assert begin("recv").deliver("await", "all_done").waiting == ["next"]
    assert begin("recv").fire("guard").waiting == ["mark"]
    assert begin("recv").deliver("closed", "collection_closed").waiting == ["mark"]

    chased = begin("recv").fire("due")
    assert chased.waiting == ["await", "chase", "closed", "guard"]
    assert chased.deliver("await", "all_done").do("chase").do("next").last.status == "completed"


def test_two_receive_tasks_of_one_message_get_it_one_by_one(begin: Begin) -> None:
    two = begin("two_keys").deliver("r2", "m1")
    assert two.waiting == ["r1"]

    assert two.deliver("r1", "m1").waiting == ["next"]


def test_four_boundaries_stand_on_one_box_and_only_interrupting_ones_end_it(begin: Begin) -> None:
    box = begin("sub_bnd").fire("reminded").deliver("nudged", "nudge_msg")
    assert box.waiting == ["a", "gone", "lapsed", "nudge", "remind"]

    box.deliver("gone", "gone_msg")

    assert box.waiting == ["after_gone", "nudge", "remind"]
    assert closed(box) == {"a": "cancelled"}
    assert box.do("nudge").do("remind").do("after_gone").last.status == "completed"


def test_a_box_restarts_from_its_own_boundary_again_and_again(begin: Begin) -> None:
    box = begin("sub_loop").do("a")
    for _ in range(3):
        assert "a" in box.fire("limit").waiting

    assert box.do("a").do("b").do("verify").last.status == "completed"


def test_a_box_is_reached_again_by_rework_and_left_by_a_message(begin: Begin) -> None:
    box = begin("sub_loop").do("a").do("b").do("verify", outcome="returned")

    assert box.deliver("done_msg", "subject_completed").waiting == ["verify"]


def test_a_boundary_stands_on_a_task_inside_a_box(begin: Begin) -> None:
    assert begin("user_bnd").fire("a_lapsed").waiting == ["next"]

    late = begin("user_bnd").fire("a_late").do("a").do("b")
    assert late.waiting == ["judge"]
    assert late.do("judge").waiting == ["next"]


def test_a_side_event_fires_once_for_each_entry_of_its_host(begin: Begin) -> None:
    side = begin("side_again").fire("late")
    assert side.waiting == ["a", "judge"]

    side.do("a").do("next", outcome="again")

    assert side.waiting == ["a", "judge", "late"]
    assert side.fire("late").waiting == ["a", "judge", "judge"]


def test_a_side_path_may_share_the_end_of_the_main_flow(begin: Begin) -> None:
    side = begin("side_again").fire("late").do("a").do("next")
    assert (side.last.status, side.waiting) == ("active", ["judge"])

    assert side.do("judge").last.status == "completed"


def test_a_multi_instance_of_tasks_bears_all_four_boundaries(begin: Begin) -> None:
    many = begin("mi_bnd").fire("late").deliver("nudged", "nudge_msg")
    assert many.waiting == ["gone", "lapsed", "m", "m", "m", "nudge", "press"]

    many.do("m").deliver("gone", "gone_msg")

    assert many.waiting == ["after_gone", "nudge", "press"]


def test_the_boundaries_of_a_boxed_multi_instance_interrupt_it_whole(begin: Begin) -> None:
    for name, first in (("mi_round", "m"), ("mi_sub_round", "m1")):
        many = begin(name).do(first).fire("lapsed")

        assert many.waiting == ["after_lapse"]
        assert many.do("after_lapse").last.status == "completed"


def test_a_multi_instance_of_boxes_one_after_another_opens_the_next_when_one_has_ended(begin: Begin) -> None:
    many = begin("mi_sub_seq")
    for item in "abc":
        assert [(task.element_id, task.item) for task in many.last.opened] == [("m1", item)]
        many.do("m1").do("m2")

    assert many.waiting == ["next"]


def test_a_multi_instance_of_calls_one_after_another_opens_the_next_when_one_has_ended(begin: Begin) -> None:
    many = begin("mi_call_seq")
    for item in "abc":
        assert [(task.element_id, task.item) for task in many.last.opened] == [("c1", item)]
        many.do("c1").deliver("cr", "settled").do("c2")

    assert many.do("next").last.status == "completed"


def test_multi_instances_may_stand_some_steps_behind_a_boundary(begin: Begin) -> None:
    many = begin("mi_behind").fire("late").do("look")
    assert many.waiting == ["m", "m", "m"]

    many.do("m").do("m").do("m")

    assert many.waiting == ["n"]
    assert many.do("n").do("n").do("n").waiting == ["next"]


def test_a_multi_instance_may_stand_within_another(begin: Begin) -> None:
    many = begin("mi_nested")
    assert len(many.waiting) == 9

    for _ in range(9):
        many.do("m")

    assert many.do("next").last.status == "completed"


def test_an_objection_that_ends_the_rest_is_not_in_the_data_behind(begin: Begin) -> None:
    many = begin("mi_cond", UNITS).do("m", outcome="no")

    assert many.last.opened[0].data["outcome"] == ""


def test_a_process_is_called_twice_and_its_guard_is_armed_anew(begin: Begin) -> None:
    twice = begin("call").do("c1").deliver("cr", "settled").do("c2").do("mid").do("c1").fire("cr_guard")
    assert twice.waiting == ["cr", "press_c"]

    assert twice.deliver("cr", "settled").do("press_c").do("c2").do("next").last.status == "completed"


def test_a_call_is_interrupted_with_all_that_waits_in_it(begin: Begin) -> None:
    assert begin("call").do("c1").fire("n1_lapsed").waiting == ["lapsed1"]


def test_a_called_process_calls_another(begin: Begin) -> None:
    nested = begin("call_nest").do("m_a").do("c1").deliver("cr", "settled").do("c2")

    assert nested.do("next").last.status == "completed"


def test_a_called_process_with_an_io_specification_gets_and_gives_only_what_is_named(begin: Begin) -> None:
    call = begin("call_io", {**DATES, "notice_key": "k", "secret": 1})
    assert sorted(call.last.opened[0].data) == ["due_at", "notice_key"]

    call.do("c1", upheld=True, other=1)

    assert call.waiting == ["next"]
    assert call.last.opened[0].data["upheld"] is True
    assert call.last.opened[0].data["secret"] == 1
    assert "other" not in call.last.opened[0].data


def test_a_named_input_or_output_that_is_missing_is_a_fault_of_the_model(begin: Begin) -> None:
    with pytest.raises(ModelFault, match="n1: You are missing a required Data Input"):
        begin("call_io", DATES)
    with pytest.raises(ModelFault, match="n1: The Data Output was not available"):
        begin("call_io", {**DATES, "notice_key": "k"}).do("c1")


def test_an_error_leaves_a_called_process_by_the_boundary_of_its_call(begin: Begin) -> None:
    assert begin("err_call").do("f", outcome="bad").waiting == ["handle"]
    assert begin("err_call").do("f").do("next").last.status == "completed"


def test_an_escalation_opens_a_side_path_and_the_box_goes_on(begin: Begin) -> None:
    raised = begin("esc").do("a")
    assert raised.waiting == ["b", "look"]

    assert raised.do("b").do("look").do("next").last.status == "completed"


def test_an_escalation_at_the_end_of_a_box_opens_its_side_path_too(begin: Begin) -> None:
    assert begin("esc_end").do("a").waiting == ["look", "next"]


def test_a_signal_is_caught_within_its_instance_between_tasks_and_at_a_boundary(begin: Begin) -> None:
    assert begin("signal").do("a").waiting == ["b"]

    stopped = begin("signal_bnd").do("b")
    assert stopped.last.status == "completed"
    assert closed(stopped) == {"a": "cancelled", "b": "completed"}


def test_a_terminate_end_in_a_box_ends_the_box_with_all_inside(begin: Begin) -> None:
    ended = begin("term_sub").do("a")

    assert closed(ended) == {"a": "completed", "b": "cancelled"}
    assert ended.do("next").last.status == "completed"


def test_a_service_task_and_a_rule_task_ask_the_host_by_their_operators(begin: Begin) -> None:
    service = begin("service", host=Office({"do.act": {"is_big": True}})).do("a")
    assert (service.waiting, service.host.asked) == (["b"], ["do.act"])

    assert begin("rule_op").host.asked == ["do.r"]


def test_an_action_that_fails_leaves_the_instance_as_it_was_and_can_be_done_again(begin: Begin) -> None:
    class Broken(Exception):
        pass

    def broken(data: Mapping[str, Any]) -> Mapping[str, Any]:
        raise Broken

    service = begin("service", host=Office({"do.act": broken}))
    for _ in range(2):
        with pytest.raises(Broken):
            service.do("a")
    service.host.answers["do.act"] = {"is_big": False}

    assert service.do("a").waiting == ["c"]


def test_what_was_sent_is_taken_back_while_the_receiver_has_not_answered(begin: Begin) -> None:
    sent = begin("withdraw").do("draft").do("sign").deliver("taken_back", "withdrawn")
    assert sent.waiting == ["draft"]

    assert sent.do("draft").do("sign").do("review").last.status == "completed"


def test_a_task_has_the_lane_it_is_drawn_in_or_that_of_its_properties(begin: Begin) -> None:
    lanes = begin("lanes")
    groups = {task.element_id: task.group for task in lanes.last.opened}
    groups |= {task.element_id: task.group for task in lanes.do("a").last.opened}
    groups |= {task.element_id: task.group for task in lanes.do("i1").last.opened}

    assert groups == {"a": "office", "i1": "unit_head", "m": "co_contact"}
    assert lanes.definition.elements["a"].documentation == "doc of a"
    assert lanes.definition.elements["m"].properties["lane"] == "责任单位联络员"


@pytest.mark.parametrize("name", VALID)
def test_an_instance_can_be_cancelled_wherever_it_stands(name: str) -> None:
    for steps in range(4):
        instance = Instance(name, EVERYTHING)
        for _ in range(steps):
            if instance.waiting:
                instance.move(instance.waiting[0], outcome="ok", upheld=True)

        if instance.last.status == "active":
            assert (instance.cancel().last.status, instance.waiting) == ("cancelled", [])


def test_a_boundary_that_is_merged_into_its_branch_lets_the_join_go_on(begin: Begin) -> None:
    assert begin("join_bnd_merged").do("a").do("b").waiting == ["next"]
    assert begin("join_bnd_merged").fire("late").do("a").waiting == ["next"]


def test_two_definitions_may_use_the_same_ids(begin: Begin) -> None:
    assert begin("same_sub_id").do("a").last.status == "completed"
    assert "b" in begin("sub_bnd").do("a").waiting
