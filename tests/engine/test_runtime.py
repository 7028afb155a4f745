"""What a command does to a running instance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.engine import BadState, Engine, ModelFault, NotWaiting, ReplayHost, Step
from tests.engine.driver import BEGIN, KEY, START, UNITS, Instance, Office, model

CORRECTING = {"do.set_correction": lambda data: {"round": data["round"] + 1}}


def combined(warm: bool = False) -> Instance:
    return Instance("combined", host=Office(CORRECTING), warm=warm)


def walk_combined(report: Instance) -> Instance:
    report.do("draft").do("sign", outcome="no").fire("overdue").do("draft").do("sign", outcome="yes")
    report.deliver("report_back", "submission_withdrawn").do("draft").do("sign", outcome="yes")
    report.do("review", outcome="returned").do("draft").do("sign", outcome="yes")
    return report.do("review", outcome="accepted")


def test_a_report_goes_through_rework_withdrawal_side_path_and_correction_to_its_end() -> None:
    report = walk_combined(combined())

    assert report.last.status == "completed"
    assert report.waiting == []
    assert ("escalate", "cancelled") in [(closed.element_id, closed.how) for closed in report.last.closed]


def test_a_live_object_and_a_restored_one_give_the_same_hash_at_every_step() -> None:
    assert walk_combined(combined(warm=True)).hashes == walk_combined(combined(warm=False)).hashes


def test_a_return_beyond_the_last_round_opens_the_review_again() -> None:
    report = combined().do("draft").do("sign", outcome="yes")
    for _ in range(2):
        report.do("review", outcome="returned").do("draft").do("sign", outcome="yes")

    report.do("review", outcome="returned")

    assert "review" in report.waiting


def test_a_withdrawal_cancels_the_review_and_opens_the_draft() -> None:
    report = combined().do("draft").do("sign", outcome="yes")

    report.deliver("report_back", "submission_withdrawn")

    assert [(closed.element_id, closed.how) for closed in report.last.closed] == [("review", "cancelled")]
    assert "draft" in report.waiting


def test_a_message_that_leaves_names_its_sender_and_a_terminate_end_sends_nothing() -> None:
    report = combined().fire("overdue").do("escalate", outcome="yes")

    assert [(sent.name, sent.element_id) for sent in report.last.sent] == [("supervision_wanted", "supervise")]
    assert walk_combined(combined()).sent == []


def test_the_trace_names_the_flow_by_which_each_element_was_entered() -> None:
    report = combined().do("draft").do("sign", outcome="no")

    assert [(entry.element_id, entry.state, entry.flow_id) for entry in report.last.trace] == [
        ("sign", "completed", None),
        ("is_signed", "entered", "f_sign_is_signed_4"),
        ("is_signed", "completed", None),
        ("to_draft", "entered", "f_is_signed_to_draft_5"),
        ("to_draft", "completed", None),
        ("draft", "entered", "f_to_draft_draft_2"),
    ]


def test_a_task_that_was_completed_cannot_be_completed_again() -> None:
    report = combined()
    task_id = report.id("draft")
    report.do("draft")

    with pytest.raises(NotWaiting):
        report.engine.complete(report.definition, report.state, Step("instance-1", 2, BEGIN), task_id, {}, report.host)


def test_an_id_that_is_none_is_not_waiting() -> None:
    report = combined()

    with pytest.raises(NotWaiting):
        report.engine.fire(report.definition, report.state, Step("instance-1", 1, BEGIN), "draft", report.host)


def test_a_message_of_another_name_is_refused() -> None:
    report = combined().do("draft")

    with pytest.raises(NotWaiting):
        report.deliver("draft_back", "submission_withdrawn")


def test_what_the_host_raises_leaves_unchanged_and_the_old_state_still_holds() -> None:
    class Refused(Exception):
        pass

    def refuse(data: object) -> None:
        raise Refused("不符合规定")

    report = combined(warm=True).do("draft")
    report.host.answers["do.submit"] = refuse

    with pytest.raises(Refused, match="不符合规定"):
        report.do("sign", outcome="yes")

    del report.host.answers["do.submit"]
    assert "review" in report.do("sign", outcome="yes").waiting


def test_a_name_that_is_missing_in_the_data_is_a_fault_of_the_model_at_its_element() -> None:
    definition = model("combined")
    engine = Engine(KEY)
    first = engine.start(definition, Step("i", 0, BEGIN), {}, Office())
    second = engine.complete(definition, first.state, Step("i", 1, BEGIN), first.opened[0].task_id, {}, Office())

    with pytest.raises(ModelFault) as caught:
        engine.complete(definition, second.state, Step("i", 2, BEGIN), second.opened[0].task_id, {}, Office())

    assert caught.value.element_id == "is_signed"


@pytest.mark.parametrize("bad", [{"typename": 1}, {"x": {"typename": 1}}, {"x": [1]}, {"x": float("nan")}, {"_x": 1}])
def test_what_would_spoil_an_instance_never_enters_its_data(bad: dict[str, object]) -> None:
    with pytest.raises(ModelFault):
        combined().do("draft", **bad)


def test_a_timer_fires_alone_however_late_its_neighbour_is() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    due = Instance("user_bnd", {"due_at": past.isoformat(), "remind_at": past.isoformat()})

    due.fire("a_late")

    assert "a_lapsed" in due.waiting


def test_a_moved_timer_keeps_its_new_instant() -> None:
    report = combined()
    moved = report.engine.move_timers(
        report.definition,
        report.state,
        Step("instance-1", 1, BEGIN),
        {report.id("overdue"): datetime(2030, 1, 1, tzinfo=UTC)},
    )

    assert moved.state_hash != report.last.state_hash
    assert (moved.closed, moved.opened, moved.timers_closed) == ((), (), ())


def test_a_due_rule_must_answer_an_aware_instant() -> None:
    with pytest.raises(ModelFault, match="aware"):
        Instance("combined", host=Office({"escalate_at": datetime(2024, 1, 1)}))  # noqa: DTZ001  # the defect itself


def test_a_step_replays_from_what_the_host_said() -> None:
    report = combined()
    said = ReplayHost(report.last.answers)

    again = Engine(KEY).start(report.definition, Step("instance-1", 0, BEGIN), START, said)

    assert again.state == report.last.state
    assert said.is_used_up()


def test_a_cancelled_instance_waits_for_nothing() -> None:
    for name in ("combined", "sub_bnd", "mi_sub_round"):
        instance = Instance(name, {**UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}).cancel()

        assert (instance.last.status, instance.waiting) == ("cancelled", [])


def test_a_state_that_was_touched_or_moved_is_refused() -> None:
    report = combined()
    touched = bytearray(report.state)
    touched[-1] ^= 1

    for state, instance_id in ((bytes(touched), "instance-1"), (report.state, "instance-2"), (b"{}", "instance-1")):
        with pytest.raises(BadState):
            report.engine.cancel(report.definition, state, Step(instance_id, 1, BEGIN))


def test_a_state_sealed_by_another_key_is_refused() -> None:
    report = combined()

    with pytest.raises(BadState):
        Engine(b"another key, also 32 bytes in length").cancel(
            report.definition, report.state, Step("instance-1", 1, BEGIN)
        )


def test_a_multi_instance_restored_at_each_step_ends_and_leaks_nothing() -> None:
    many = Instance("mi_par", UNITS)
    assert sorted(task.item or "" for task in many.last.opened) == ["a", "b", "c"]

    many.do("m", outcome="yes", x=1).do("m").do("m")

    assert many.waiting == ["next"]
    assert "x" not in many.last.data
    assert many.last.data["units"] == UNITS["units"]


def test_the_first_objection_ends_the_other_instances() -> None:
    many = Instance("mi_cond", UNITS).do("m", outcome="no")

    assert many.waiting == ["next"]
    assert sorted(closed.how for closed in many.last.closed) == ["cancelled", "cancelled", "completed"]


def test_an_interrupted_multi_instance_closes_every_open_task() -> None:
    many = Instance("mi_bnd", {**UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}).do("m")

    many.fire("lapsed")

    assert [closed.how for closed in many.last.closed] == ["cancelled", "cancelled"]
    assert len(many.waiting) == 1


def test_one_of_several_that_wait_for_a_message_gets_it() -> None:
    many = Instance("mi_recv", UNITS).deliver("m", "m1", nth=1)

    assert many.waiting == ["m", "m"]


@pytest.mark.parametrize("name", ["combined", "sub_loop", "mi_sub_round"])
def test_the_same_command_gives_the_same_bytes_again(name: str) -> None:
    data = {**UNITS, "due_at": BEGIN.isoformat(), "remind_at": BEGIN.isoformat()}

    assert Instance(name, data).state == Instance(name, data).state
