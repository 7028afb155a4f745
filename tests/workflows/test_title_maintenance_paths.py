"""The paths of 称号动态管理 on its real diagrams: the update, a change, a re-verification, a case against titles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.workflows.walker import FAR, Walk, in_turn

CODE = "91321003MA1X2Y3Z4A"
KEY = {"enterprise_key": CODE}
FIRST = datetime(2023, 5, 4, 16, tzinfo=UTC)
SECOND = datetime(2023, 5, 11, 16, tzinfo=UTC)
LOOK = datetime(2023, 7, 9, 16, tzinfo=UTC)


def update(has_jump: bool = False, **says: Any) -> Walk:
    says = {"compare_profile": {"has_jump": has_jump}, "update_closes_at": FIRST, **says}
    return Walk("title_maintenance_update", KEY, **says)


def change() -> Walk:
    return Walk("title_maintenance_change", KEY, change_closes_at=FIRST)


def renewal(right_kept: bool = True, is_granted: bool = True) -> Walk:
    return Walk(
        "title_maintenance_renewal",
        {**KEY, "right_kept": right_kept},
        renewal_closes_at=FIRST,
        title_ends_at=SECOND,
        next_look_at=in_turn(LOOK, FAR),
        read_renewal={"title": is_granted},
    )


def case(**says: Any) -> Walk:
    says = {
        "hearing_closes_at": FIRST,
        "rectification_closes_at": SECOND,
        "notice_ends_at": SECOND,
        "objections_guard_at": FAR,
        "count_objections": {"has_open_objection": False},
        "close_notice": {"is_upheld": False},
        **says,
    }
    return Walk("title_maintenance", KEY, **says)


def investigated(walk: Walk) -> Walk:
    return walk.do("accept_case", outcome="yes").do("investigate_case").do("hear_enterprise")


def decided(walk: Walk, outcome: str, level: str = "city") -> Walk:
    notice = {"notice_key": "title_maintenance:1:notice:1", "notice_days": 5}
    return walk.do("propose_measure").do("decide_measure", outcome=outcome, level=level, **notice)


def over(walk: Walk, end: str) -> None:
    assert walk.is_over
    assert walk.ends[-1] == end
    assert (walk.open, walk.timers, walk.messages) == ([], {}, {})


class TestUpdate:
    def test_update_straight(self) -> None:
        walk = update()
        assert walk.timers == {"update_lapsed": FIRST}

        walk.do("update_profile")

        over(walk, "update_stored")
        assert walk.host.asked[-2:] == ["compare_profile", "store_update"]

    def test_update_jump(self) -> None:
        walk = update(has_jump=True, update_closes_at=in_turn(FIRST, SECOND)).do("update_profile")
        assert walk.open == ["check_update"]
        assert walk.timers == {}

        walk.do("check_update", outcome="returned")

        assert walk.open == ["update_profile"]
        assert walk.timers == {"update_lapsed": SECOND}
        walk.do("update_profile").do("check_update", outcome="accepted")
        over(walk, "update_stored")

    def test_an_outcome_that_is_not_offered_is_no_acceptance(self) -> None:
        assert update(has_jump=True).do("update_profile").do("check_update", outcome="").open == ["update_profile"]

    def test_update_lapsed(self) -> None:
        walk = update().fire("update_lapsed")

        over(walk, "update_stored")
        assert walk.closed == [("update_profile", "cancelled")]
        assert walk.host.asked[-2:] == ["mark_right_lost", "store_update"]

    def test_a_correction_that_does_not_come_lapses_too(self) -> None:
        walk = update(has_jump=True, update_closes_at=in_turn(FIRST, SECOND)).do("update_profile")

        walk.do("check_update", outcome="returned").fire("update_lapsed")

        over(walk, "update_stored")
        assert "mark_right_lost" in walk.host.asked


class TestChange:
    def test_rename(self) -> None:
        walk = change()
        assert walk.timers == {"change_lapsed": FIRST}

        walk.do("report_change").do("check_change", outcome="accepted")
        walk.do("decide_change_effect", outcome="carry_over")

        over(walk, "change_recorded")
        assert walk.host.asked[-1] == "carry_title_over"

    def test_moved_out(self) -> None:
        walk = change().do("report_change").do("check_change", outcome="returned")

        walk.do("decide_change_effect", outcome="move_out")

        over(walk, "change_recorded")
        assert walk.host.asked[-1] == "end_by_move"

    def test_doubted(self) -> None:
        walk = change().do("report_change").do("check_change", outcome="accepted")

        walk.do("decide_change_effect", outcome="doubt")

        over(walk, "change_recorded")
        assert [sent.name for sent in walk.last.sent] == ["title_doubted"]

    def test_an_effect_nobody_offered_is_asked_for_again(self) -> None:
        walk = change().do("report_change").do("check_change", outcome="accepted")

        assert walk.do("decide_change_effect", outcome="").open == ["decide_change_effect"]

    def test_change_lapsed(self) -> None:
        walk = change().fire("change_lapsed")

        over(walk, "change_recorded")
        assert walk.closed == [("report_change", "cancelled")]
        assert [sent.name for sent in walk.last.sent] == ["title_doubted"]


class TestRenewal:
    def test_renewal_passed(self) -> None:
        walk = renewal()
        assert walk.timers == {"renewal_not_wanted": FIRST}

        walk.do("apply_renewal")

        assert walk.messages == {"await_renewal": "batch_decided"}
        assert walk.timers == {"renewal_guard": SECOND}
        over(walk.deliver("await_renewal"), "title_prolonged")

    def test_renewal_failed(self) -> None:
        walk = renewal(is_granted=False).do("apply_renewal").deliver("await_renewal")

        over(walk, "title_lapsed")
        assert walk.host.asked[-1] == "title_ends"

    def test_renewal_no_right(self) -> None:
        walk = renewal(right_kept=False)

        over(walk, "title_lapsed")
        assert walk.host.asked[-2:] == ["tell_no_right", "title_ends"]
        assert "join_batch" not in walk.host.asked

    def test_renewal_not_wanted(self) -> None:
        walk = renewal().fire("renewal_not_wanted")

        over(walk, "title_lapsed")
        assert "join_batch" not in walk.host.asked

    def test_renewal_late_answer(self) -> None:
        walk = renewal().do("apply_renewal").fire("renewal_guard")
        assert walk.host.asked[-1] == "mark_pending"
        assert walk.open == ["arrange_renewal"]
        assert walk.messages == {"await_renewal": "batch_decided"}

        walk.deliver("await_renewal")

        over(walk, "title_prolonged")
        assert ("arrange_renewal", "cancelled") in walk.closed

    def test_somebody_looks_again_and_again_until_the_answer_comes(self) -> None:
        walk = renewal(is_granted=False).do("apply_renewal").fire("renewal_guard")
        walk.do("arrange_renewal", outcome="not_organised")
        assert (walk.open, walk.timers) == ([], {"next_look_due": LOOK})

        walk.fire("next_look_due")
        assert (walk.open, walk.timers) == (["arrange_renewal"], {})

        walk.do("arrange_renewal", outcome="joined")
        assert (walk.open, walk.timers) == ([], {"next_look_due": FAR})
        assert walk.messages == {"await_renewal": "batch_decided"}
        over(walk.deliver("await_renewal"), "title_lapsed")

    def test_a_title_that_ended_otherwise_needs_no_re_verification(self) -> None:
        walk = renewal().do("apply_renewal").fire("renewal_guard").do("arrange_renewal", outcome="needless")

        over(walk, "renewal_needless")


class TestCase:
    def test_fraud(self) -> None:
        walk = case().do("accept_case", outcome="yes")
        assert walk.open == ["hear_enterprise", "investigate_case"]
        assert walk.timers == {"hearing_lapsed": FIRST}
        walk.do("investigate_case").do("hear_enterprise")

        decided(walk, "revoke")
        assert walk.open == ["publish_notice"]
        walk.do("publish_notice")
        assert walk.timers == {"notice_ends": SECOND}
        walk.fire("notice_ends")

        over(walk, "title_revoked")
        assert walk.host.asked[-1] == "revoke_title"

    def test_hearing_silent(self) -> None:
        walk = case().do("accept_case", outcome="yes").fire("hearing_lapsed")
        assert walk.open == ["investigate_case"]

        walk.do("investigate_case")

        assert walk.open == ["propose_measure"]
        over(decided(walk, "keep"), "case_dismissed")

    def test_rectified(self) -> None:
        walk = decided(investigated(case()), "rectify")
        assert walk.open == ["report_rectification"]
        assert walk.timers == {"rectification_lapsed": SECOND}

        walk.do("report_rectification")

        assert walk.open == ["propose_measure"]
        over(decided(walk, "keep"), "case_dismissed")

    def test_rectification_lapsed(self) -> None:
        walk = decided(investigated(case()), "rectify").fire("rectification_lapsed")

        assert walk.open == ["propose_measure"]
        assert walk.closed[-1] == ("report_rectification", "cancelled")

    def test_returned_and_an_unknown_decision(self) -> None:
        walk = decided(investigated(case()), "returned")
        assert walk.open == ["propose_measure"]

        decided(walk, "")

        assert walk.open == ["decide_measure"]

    def test_upper_title(self) -> None:
        for outcome, end in (("yes", "title_revoked"), ("no", "case_dismissed")):
            walk = decided(investigated(case()), "revoke", level="province")
            assert walk.open == ["report_upwards"]

            walk.do("report_upwards").do("record_upper_decision", outcome="")
            assert walk.open == ["record_upper_decision"]
            walk.do("record_upper_decision", outcome=outcome)

            over(walk, end)

    def test_objection_upheld(self) -> None:
        upheld = in_turn({"is_upheld": True}, {"is_upheld": False})
        walk = decided(investigated(case(close_notice=upheld)), "revoke").do("publish_notice").fire("notice_ends")
        assert walk.open == ["propose_measure"]
        assert "revoke_title" not in walk.host.asked

        over(decided(walk, "keep"), "case_dismissed")

    def test_the_notice_waits_for_objections(self) -> None:
        counts = in_turn({"has_open_objection": True})
        walk = decided(investigated(case(count_objections=counts)), "revoke").do("publish_notice").fire("notice_ends")
        assert walk.messages == {"await_objections": "objections_settled"}

        over(walk.deliver("await_objections"), "title_revoked")

    def test_a_revocation_after_a_first_notice_is_shown_again(self) -> None:
        upheld = in_turn({"is_upheld": True}, {"is_upheld": False})
        walk = decided(investigated(case(close_notice=upheld)), "revoke").do("publish_notice").fire("notice_ends")

        decided(walk, "revoke").do("publish_notice").fire("notice_ends")

        over(walk, "title_revoked")

    def test_voluntary(self) -> None:
        over(case().do("accept_case", outcome="given_up"), "title_revoked")

    def test_not_opened_and_an_unknown_word(self) -> None:
        over(case().do("accept_case", outcome="no"), "case_dismissed")
        assert case().do("accept_case", outcome="").open == ["accept_case"]

    def test_the_join_waits_for_both_branches_in_any_order(self) -> None:
        walk = case().do("accept_case", outcome="yes").do("hear_enterprise")
        assert walk.open == ["investigate_case"]

        assert walk.do("investigate_case").open == ["propose_measure"]
