"""The paths of 高成长企业遴选 on its real diagrams: the selection, a locality's nomination, an enterprise's plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk, in_turn

LATER = datetime(2023, 4, 20, 16, tzinfo=UTC)
UNITS = {"units": {"drc": {}, "sci": {}}, "experts": {str(number): {} for number in (7, 8, 9)}}
FIRST = {
    "selection_key": "growth_selection:2023",
    "replacements": 0,
    "notice_key": "k",
    "notice_days": 5,
    "outcome": "",
}
STARTED = {**FIRST, **UNITS, "panel": False}


def selection(**says: Any) -> Walk:
    settled = {"count_objections": {"has_open_objection": False}, "close_notice": {"is_upheld": False}}
    says = {**settled, "apply_growth_objections": {"replacements": 0}, **says}
    return Walk("growth_selection", STARTED, notice_ends_at=LATER, **says)


def asked(walk: Walk, panel: bool = False) -> Walk:
    walk.do("set_selection", panel=panel)
    walk.do("countersign_selection").do("countersign_selection")
    return walk.do("sign_selection", outcome="yes")


def chosen(walk: Walk) -> Walk:
    return walk.do("choose_growth_list").do("sign_growth_list", outcome="yes")


def noticed(walk: Walk) -> Walk:
    return walk.do("publish_notice").fire("notice_ends")


def closed(walk: Walk) -> Walk:
    return noticed(chosen(walk).do("approve_growth_list", outcome="yes")).deliver("await_plans")


def test_straight_without_a_panel_to_the_plans_and_the_end() -> None:
    walk = asked(selection(nominations_close_at=LATER))
    assert walk.messages == {"await_nominations": "growth_nominations_done"}
    assert walk.timers == {"nominations_lapsed": LATER}

    closed(walk.deliver("await_nominations"))

    assert walk.is_over
    assert walk.ends[-1] == "selection_closed"
    assert "start_plans" in walk.host.asked


def test_silence_of_a_department_holds_nobody_up() -> None:
    walk = selection(countersign_close_at=LATER).do("set_selection").do("countersign_selection")
    assert walk.open == ["countersign_selection"]

    walk.fire("selection_silent")

    assert walk.open == ["sign_selection"]
    assert ("countersign_selection", "cancelled") in walk.closed


@pytest.mark.parametrize("refused", ["no", ""])
def test_an_unsigned_selection_is_set_and_countersigned_again(refused: str) -> None:
    again = datetime(2023, 4, 28, 16, tzinfo=UTC)
    walk = selection(countersign_close_at=in_turn(LATER, again)).do("set_selection")
    walk.do("countersign_selection").do("countersign_selection").do("sign_selection", outcome=refused)
    assert walk.open == ["set_selection"]

    walk.do("set_selection")

    assert walk.timers == {"selection_silent": again}
    assert walk.open == ["countersign_selection", "countersign_selection"]


def test_localities_that_are_silent_send_none() -> None:
    walk = asked(selection()).fire("nominations_lapsed")

    assert walk.open == ["choose_growth_list"]
    assert walk.messages == {}
    assert closed(walk).ends[-1] == "selection_closed"


def test_experts_score_the_band() -> None:
    walk = asked(selection(), panel=True).deliver("await_nominations")
    assert walk.open == ["panel_review"] * 3

    for _ in range(3):
        walk.do("panel_review")

    assert walk.open == ["choose_growth_list"]
    assert walk.timers == {}


def test_a_panel_that_lapses_leaves_what_it_gave() -> None:
    walk = asked(selection(panel_closes_at=LATER), panel=True).deliver("await_nominations").do("panel_review")
    assert walk.timers == {"panel_lapsed": LATER}

    walk.fire("panel_lapsed")

    assert walk.open == ["choose_growth_list"]
    assert walk.closed.count(("panel_review", "cancelled")) == 2


@pytest.mark.parametrize("refused", ["no", ""])
def test_the_head_and_the_leading_group_return_the_list(refused: str) -> None:
    walk = asked(selection()).deliver("await_nominations")

    walk.do("choose_growth_list").do("sign_growth_list", outcome=refused)
    assert walk.open == ["choose_growth_list"]
    chosen(walk).do("approve_growth_list", outcome=refused)
    assert walk.open == ["choose_growth_list"]
    assert "publish_growth_list" not in walk.host.asked
    assert closed(walk).ends[-1] == "selection_closed"


def test_whoever_moves_up_has_a_notice_of_their_own() -> None:
    moves = in_turn({"replacements": 1}, {"replacements": 0})
    walk = asked(selection(apply_growth_objections=moves)).deliver("await_nominations")
    noticed(chosen(walk).do("approve_growth_list", outcome="yes"))
    assert walk.open == ["publish_notice"]
    assert "publish_growth_list" not in walk.host.asked

    noticed(walk)

    assert walk.messages == {"await_plans": "growth_plans_done"}
    assert walk.deliver("await_plans").ends[-1] == "selection_closed"


def test_an_open_objection_is_waited_for() -> None:
    says = {"count_objections": {"has_open_objection": True}, "objections_guard_at": LATER}
    walk = asked(selection(**says)).deliver("await_nominations")
    noticed(chosen(walk).do("approve_growth_list", outcome="yes"))
    assert walk.messages == {"await_objections": "objections_settled"}

    walk.deliver("await_objections")

    assert walk.messages == {"await_plans": "growth_plans_done"}


def test_plans_that_are_open_at_the_years_end_do_not_keep_the_selection_open() -> None:
    walk = asked(selection(plans_close_at=LATER)).deliver("await_nominations")
    noticed(chosen(walk).do("approve_growth_list", outcome="yes"))
    assert walk.timers == {"plans_guard": LATER}

    walk.fire("plans_guard")

    assert walk.is_over
    assert walk.ends[-1] == "selection_closed"


def test_a_nomination_is_signed_or_sent_back() -> None:
    walk = Walk("growth_selection_nomination", {"selection_key": "growth_selection:2023", "outcome": ""})

    walk.do("nominate_growth").do("sign_growth_nomination", outcome="no")
    assert walk.open == ["nominate_growth"]
    assert walk.do("nominate_growth").do("sign_growth_nomination", outcome="yes").ends == ["nomination_sent"]


def plan(**says: Any) -> Walk:
    return Walk("growth_selection_plan", {"plan_key": "growth_selection_plan:2023:code", "outcome": ""}, **says)


def test_a_plan_is_agreed_given_to_the_departments_and_reviewed() -> None:
    walk = plan().do("draft_plan").do("confirm_plan", outcome="yes")
    assert walk.host.asked[-1] == "commit_departments"

    walk.do("review_plan_year")

    assert walk.ends == ["cultivating_ended", "plan_finished"]
    assert walk.is_over


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_firm_that_wants_a_change_gets_another_draft_and_another_limit(refused: str) -> None:
    again = datetime(2023, 6, 1, 16, tzinfo=UTC)
    walk = plan(plan_confirm_closes_at=in_turn(LATER, again)).do("draft_plan").do("confirm_plan", outcome=refused)
    assert walk.open == ["draft_plan"]

    walk.do("draft_plan")

    assert walk.timers == {"confirm_lapsed": again}
    assert "commit_departments" not in walk.host.asked
    assert walk.do("confirm_plan", outcome="yes").open == ["review_plan_year"]


def test_a_silent_firm_counts_as_agreed() -> None:
    walk = plan(plan_confirm_closes_at=LATER).do("draft_plan").fire("confirm_lapsed")

    assert walk.open == ["review_plan_year"]
    assert ("confirm_plan", "cancelled") in walk.closed


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_plan_is_dropped_wherever_it_stands(steps: int) -> None:
    walk = plan()
    for element, answers in (("draft_plan", {}), ("confirm_plan", {"outcome": "yes"}))[:steps]:
        walk.do(element, **answers)

    walk.deliver("plan_dropped_event")

    assert walk.host.asked[-1] == "record_drop"
    assert walk.ends == ["plan_stopped"]
    assert walk.is_over
