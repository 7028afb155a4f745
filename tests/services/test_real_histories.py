"""What the duties leave behind holds: every chain, every step done again, and nothing for the oracle to find."""

from __future__ import annotations

import pytest

from app import clock
from app.services import audit, check, reexecution
from app.services.house import House
from tests.services.annual_targets import Campaign
from tests.services.december_report_walk import Walk, morning

pytestmark = pytest.mark.slow


def prove(house: House) -> int:
    """Raises where anything does not hold; how many steps were done again."""
    assert audit.verify(house).faults == ()
    again = list(reexecution.replay_all(house))
    assert [repetition.departure for repetition in again if repetition.departure] == []
    assert check.check(house) == []
    return sum(repetition.recorded for repetition in again)


def test_a_december_report_returned_sent_again_and_late(house: House) -> None:
    walk = Walk(house).collect("miit", "sci", "drc")
    walk.on("2024-12-05").submit("sci")
    walk.on("2024-12-10").give_back("sci", "problems")
    walk.on("2024-12-16").submit("sci")
    walk.on("2024-12-18").accept("sci")
    walk.on("2024-12-20").submit("miit")
    walk.on("2025-01-08")

    with clock.held(morning("2025-01-08")):
        assert prove(house) >= 16


def test_an_annual_target_with_countersigning_returns_and_localities(house: House) -> None:
    campaign = Campaign(house).settled().open(indicators=[1, 2, 25]).later(21).fire()
    campaign.propose_all().approve().publish()

    with clock.held(campaign.at):
        assert prove(house) >= 30
