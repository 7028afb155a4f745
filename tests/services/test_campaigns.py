"""Campaigns from the office's side: opened for a year, and closed with a reason while some are still missing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.event import EventPayload, EventRow
from app.models.process import WorkingRow
from app.queries import campaigns as found_campaigns
from app.services import campaigns
from app.services.house import House
from app.terms import Progress
from app.workdays import STATUTORY
from tests.factories import actor
from tests.services.annual_targets import Campaign
from tests.services.december_report_walk import Walk, day, morning


def test_a_campaign_is_opened_for_a_year_once(house: House) -> None:
    office = actor(house, "office")

    first = campaigns.open_campaign(house, office, "december_report", {"year": 2024}, key="a")
    again = campaigns.open_campaign(house, office, "december_report", {"year": 2024}, key="b")

    assert first == again
    with pytest.raises(RuleViolation):
        campaigns.open_campaign(house, office, "december_report", {"year": 2031}, key="c")
    with pytest.raises(NotFound):
        campaigns.open_campaign(house, office, "nothing", {"year": 2024}, key="d")
    with pytest.raises(NotPermitted):
        campaigns.open_campaign(house, actor(house, "leader"), "december_report", {"year": 2023}, key="e")


def test_the_office_closes_the_reports_and_its_reason_stays(house: House) -> None:
    walk = Walk(house).collect("sci", "fin")
    campaign_id = walk.instance("december_report:2024").id
    office = actor(house, "office")
    with house.database.reading() as session:
        before = found_campaigns.campaign(session, campaign_id, day("2024-12-02"), STATUTORY)
    assert before.closing == "december_collection_closed"
    assert before.counts[Progress.UNREAD] == 2
    assert all(child.last_act is not None for child in before.children)

    with clock.held(morning("2024-12-31")):
        campaigns.close_collection(house, office, campaign_id, "领导小组要求提前汇总", key="close")

    with house.database.reading() as session:
        after = found_campaigns.campaign(session, campaign_id, day("2024-12-31"), STATUTORY)
        row = session.get_one(WorkingRow, (campaign_id, "collection", ""))
        last = (
            EventRow.stream == campaign_id,
            EventPayload.stream == EventRow.stream,
            EventPayload.seq == EventRow.seq,
        )
        told = session.execute(
            select(EventRow.actor, EventPayload.body).where(*last).order_by(EventRow.seq.desc()).limit(1)
        ).one()
    assert after.closing == ""
    assert row.value == {"reason": "领导小组要求提前汇总"}
    assert told.actor == "office"
    assert "领导小组要求提前汇总" in told.body
    with clock.held(morning("2024-12-31")), pytest.raises(NotFound):
        campaigns.close_collection(house, office, campaign_id, "再次截止", key="again")


def test_nobody_else_closes_and_nobody_without_a_reason(house: House) -> None:
    campaign_id = Campaign(house).settled().open().id
    office = actor(house, "office")

    with pytest.raises(InvalidForm):
        campaigns.close_collection(house, office, campaign_id, " ", key="a")
    with pytest.raises(NotPermitted):
        campaigns.close_collection(house, actor(house, "signer"), campaign_id, "提前截止", key="b")
    with house.database.reading() as session:
        found = found_campaigns.campaign(session, campaign_id, day("2023-01-11"), STATUTORY)
    assert found.closing == "target_collection_closed"
    assert len(found.children) == 28
