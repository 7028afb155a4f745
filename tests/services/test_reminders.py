"""The reminder ladder at work: who is told, once a day, by message and by one letter."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.duties.reminders import Effect, Recipient
from app.duties.rule_tables import KINDS, REMINDERS
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.person import Person
from app.models.user_task import UserTask
from app.queries.rule_tables import KnownTable, Tables, shipped
from app.services import reminders
from app.services.check import check
from app.services.house import House
from app.services.reminder_preview import preview
from app.services.reminders import remind
from tests.services.december_report_walk import Walk, morning


@pytest.fixture
def campaign(house: House) -> Walk:
    """Drafts of two units, due on 24 December 2024."""
    return Walk(house).collect("sci", "fin").on("2024-12-02")


def told(house: House, day: str) -> set[str]:
    """Logins that got a message on this day."""
    with clock.held(morning(day)):
        remind(house)
        today = clock.today()
    with house.database.reading() as session:
        rows = session.execute(select(Person.login, Notification.at).join(Person, Person.id == Notification.person_id))
        return {login for login, at in rows if clock.local(at).date() == today}


def letters(house: House) -> list[dict[str, str]]:
    with house.database.reading() as session:
        return [row.payload for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail"))]


def test_contacts_are_told_three_working_days_before_and_not_on_the_days_between(campaign: Walk) -> None:
    house = campaign.house
    assert told(house, "2024-12-03") >= {"contact.sci", "contact.fin"}  # 15 working days before

    assert told(house, "2024-12-12") == set()
    assert told(house, "2024-12-13") == {"contact.sci", "contact.fin"}  # 7
    assert told(house, "2024-12-19") == {"contact.sci", "contact.fin"}  # 3


def test_a_second_run_on_the_same_day_tells_nobody_again(campaign: Walk) -> None:
    house = campaign.house
    told(house, "2024-12-19")
    before = len(letters(house))

    told(house, "2024-12-19")

    assert len(letters(house)) == before


def test_a_death_between_writing_and_recording_loses_nothing_and_tells_nobody_twice(
    campaign: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = campaign.house
    with monkeypatch.context() as dying:
        dying.setattr(reminders, "_record", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            told(house, "2024-12-19")
    before = len(letters(house))

    assert told(house, "2024-12-19") == {"contact.sci", "contact.fin"}
    assert len(letters(house)) == before == 2
    assert told(house, "2024-12-19") == {"contact.sci", "contact.fin"}
    assert len(letters(house)) == before


def test_missed_days_come_as_one_reminder(campaign: Walk) -> None:
    house = campaign.house

    assert told(house, "2024-12-23") == {"contact.sci", "contact.fin"}

    assert len(letters(house)) == 2
    assert letters(house)[0]["subject"] == "督办提醒：1 件待办"
    assert "2024年度反馈：市科技局" in letters(house)[0]["text"] + letters(house)[1]["text"]


def test_an_overdue_draft_goes_up_the_ladder(campaign: Walk) -> None:
    house = campaign.house
    told(house, "2024-12-24")

    assert told(house, "2024-12-25") == {"contact.sci", "contact.fin"}
    assert told(house, "2024-12-26") >= {"contact.sci", "head.sci"}
    assert told(house, "2024-12-27") >= {"contact.sci", "office", "office.drc"}
    assert told(house, "2024-12-28") == set()  # a Saturday
    assert told(house, "2024-12-31") >= {"contact.sci", "leader"}
    with clock.held(morning("2024-12-31")):
        assert [finding for finding in check(house) if finding.rule.value != "outbox"] == []


def test_a_return_begins_the_reminders_anew(campaign: Walk) -> None:
    house = campaign.house
    told(house, "2024-12-13")
    campaign.on("2024-12-13").submit("sci")
    campaign.give_back("sci", "problems")

    with house.database.reading() as session:
        task = session.scalars(select(UserTask).where(UserTask.status == "open", UserTask.unit_id == "sci")).one()
        assert task.reminded_on is None
        assert task.due_on.isoformat() == "2024-12-18"
    assert "contact.sci" in told(house, "2024-12-17")


def test_a_preview_tells_what_is_then_sent_and_sends_nothing(campaign: Walk) -> None:
    house = campaign.house
    before = len(letters(house))
    with clock.held(morning("2024-12-25")), house.database.reading() as session:
        found = preview(house, session, date(2024, 12, 26), house.ladder)

    assert len(letters(house)) == before
    assert found.day == date(2024, 12, 26)
    foretold = {(digest.person.login, one.to) for digest in found.digests for one in digest.messages}
    assert {("contact.sci", Recipient.ASSIGNEE), ("head.sci", Recipient.UNIT_HEAD)} <= foretold
    assert all(one.rung.offset_days == 2 for digest in found.digests for one in digest.messages)
    told(house, "2024-12-25")
    assert told(house, "2024-12-26") == {login for login, _to in foretold}


def test_a_day_off_is_previewed_as_the_next_working_day_and_a_draft_by_its_own_rungs(campaign: Walk) -> None:
    house = campaign.house
    rung = {"after": 4, "recipients": ["leader"], "effects": ["bulletin"], "meaning": "告知", "channels": ["message"]}
    limits = [{**row, "unit_head_on": None} for row in shipped(REMINDERS).content["limits"]]
    content = {**shipped(REMINDERS).content, "limits": limits, "overdue": [rung]}
    with clock.held(morning("2024-12-27")), house.database.reading() as session:
        found = preview(house, session, date(2024, 12, 28), KINDS[REMINDERS].table(content, 2))

    assert found.day == date(2024, 12, 30)
    own = [one for digest in found.digests for one in digest.messages if one.rung.offset_days == 4]
    assert {one.to for one in own} == {Recipient.ASSIGNEE, Recipient.LEADER}  # and each day whoever acts
    assert found.effects == {Effect.BULLETIN: 2}


def test_a_channel_that_a_rung_does_not_name_stays_silent(campaign: Walk) -> None:
    house, content = campaign.house, shipped(REMINDERS).content
    limits = [{**row, "channels": ["message"]} for row in content["limits"]]
    tables = Tables({REMINDERS: [KnownTable(KINDS[REMINDERS], 2, {**content, "limits": limits}, date(2024, 12, 3))]})
    with clock.held(morning("2024-12-19")):
        house._rules = (clock.today(), tables)
        assert told(house, "2024-12-19") == {"contact.sci", "contact.fin"}

    assert letters(house) == []
