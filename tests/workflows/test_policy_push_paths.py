"""The paths of 政策推送 on its real diagrams: the round, and the package of one enterprise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.walker import Walk

CONFIRMED_BY = datetime(2023, 1, 16, 16, tzinfo=UTC)
READ_BY = datetime(2023, 2, 14, 16, tzinfo=UTC)
ROUND_ENDS = datetime(2023, 2, 28, 16, tzinfo=UTC)
DEPARTMENTS = {"departments": {unit: {} for unit in ("miit", "sci", "fin", "hrss", "amr", "tax", "pbc")}}


def a_round(**says: Any) -> Walk:
    says = {
        "match_policies": DEPARTMENTS,
        "match_closes_at": CONFIRMED_BY,
        "packages_close_at": ROUND_ENDS,
        **says,
    }
    return Walk("policy_push", {"round_key": "policy_push:2023-1", "departments": {}}, **says)


def matched(walk: Walk) -> Walk:
    return walk.do("choose_policies")


def confirmed(walk: Walk, times: int = 7) -> Walk:
    for _ in range(times):
        walk.do("confirm_match")
    return walk


def a_package(specialist: bool = True) -> Walk:
    data = {
        "package_key": "policy_push_enterprise:2023-1:91321000MA00000014",
        "enterprise_key": "91321000MA00000014",
        "round_key": "2023-1",
        "specialist_present": specialist,
    }
    return Walk("policy_push_enterprise", data, confirm_closes_at=CONFIRMED_BY, read_closes_at=READ_BY)


def pushed(walk: Walk) -> Walk:
    return walk.do("confirm_package", outcome="push")


def closed(walk: Walk) -> bool:
    return walk.is_over and walk.ends[-1] == "package_closed" and walk.host.asked[-1] == "store_package"


def test_a_round_is_chosen_confirmed_and_waits_for_its_packages() -> None:
    walk = a_round()
    assert walk.open == ["choose_policies"]

    confirmed(matched(walk))

    assert walk.open == []
    assert walk.messages == {"await_packages": "policy_packages_done"}
    assert walk.timers == {"packages_guard": ROUND_ENDS}
    walk.deliver("await_packages")
    assert walk.is_over
    assert walk.ends == ["round_closed"]
    assert walk.host.asked[-1] == "summarize_round"


def test_department_silent() -> None:
    walk = confirmed(matched(a_round()), 6)
    assert walk.open == ["confirm_match"]
    assert walk.timers == {"match_unanswered": CONFIRMED_BY}

    walk.fire("match_unanswered")

    assert walk.closed[-1] == ("confirm_match", "cancelled")
    assert "start_packages" in walk.host.asked
    walk.deliver("await_packages")
    assert walk.ends == ["round_closed"]


def test_round_guard() -> None:
    walk = confirmed(matched(a_round()))

    walk.fire("packages_guard")

    assert walk.messages == {}
    assert walk.is_over
    assert walk.ends == ["round_closed"]


def test_with_specialist() -> None:
    walk = a_package()
    assert walk.open == ["confirm_package"]
    assert walk.messages == {"package_void_event": "package_void"}

    pushed(walk)

    assert walk.open == ["read_package"]
    walk.do("read_package", outcome="done")
    assert closed(walk)


def test_without_specialist() -> None:
    walk = a_package(specialist=False)
    assert walk.open == ["read_package"]

    walk.do("read_package", outcome="done")

    assert closed(walk)
    assert walk.host.asked.count("send_package") == 1


def test_specialist_silent() -> None:
    walk = a_package()
    assert walk.timers == {"confirm_unanswered": CONFIRMED_BY}

    walk.fire("confirm_unanswered")

    assert walk.closed == [("confirm_package", "cancelled")]
    assert walk.open == ["read_package"]
    walk.do("read_package", outcome="done")
    assert closed(walk)


def test_nothing_kept() -> None:
    walk = a_package().do("confirm_package", outcome="none")

    assert closed(walk)
    assert "send_package" not in walk.host.asked


def test_unread() -> None:
    walk = pushed(a_package())
    assert walk.timers == {"unread_closed": READ_BY}

    walk.fire("unread_closed")

    assert walk.closed[-1] == ("read_package", "cancelled")
    assert closed(walk)


def test_wants_help() -> None:
    walk = pushed(a_package()).do("read_package", outcome="help")

    assert [message.name for message in walk.last.sent] == ["demand_raised"]
    assert closed(walk)


@pytest.mark.parametrize("is_sent", [False, True])
def test_repealed(is_sent: bool) -> None:
    walk = pushed(a_package()) if is_sent else a_package()

    walk.deliver("package_void_event")

    assert walk.is_over
    assert walk.ends == ["package_withdrawn"]
    assert walk.host.asked[-1] == "withdraw_package"
    assert walk.closed[-1] == ("read_package" if is_sent else "confirm_package", "cancelled")
