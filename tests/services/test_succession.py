"""Tasks whose people are gone: the unit was merged, the account locked, the head is away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.errors import NotPermitted
from app.models.organization import Unit
from app.models.person import Person, Substitution
from app.models.user_task import Draft, InboxEntry, UserTask
from app.services import succession, tasks
from app.services.check import check
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor
from tests.services.december_report_walk import Walk, morning


def begun(house: House) -> Walk:
    return Walk(house).collect("sci", "gov_service").on("2024-12-02")


def task_of(house: House, unit_id: str, element_id: str = "draft_report") -> UserTask:
    with house.database.reading() as session:
        where = (UserTask.unit_id == unit_id, UserTask.element_id == element_id, UserTask.status != "cancelled")
        return session.scalars(select(UserTask).where(*where)).one()


def inboxes_of(house: House, task_id: str) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(InboxEntry.principal).where(InboxEntry.task_id == task_id)))


def test_a_merged_units_task_goes_to_its_successor_with_its_draft(house: House) -> None:
    walk = begun(house)
    task = task_of(house, "gov_service")
    with clock.held(morning(walk.day)):
        tasks.save_draft(house, actor(house, "contact.gov_service"), task.id, {"problems": "写到一半"})
        with house.database.transaction() as session:
            session.get_one(Unit, "gov_service").successor_id = "drc"

        assert succession.move_to_successor(house, actor(house, "system_admin"), "gov_service") == 1

    assert inboxes_of(house, task.id) == ["contact:drc"]
    with house.database.reading() as session:
        assert session.get_one(Draft, task.id).data == {"problems": "写到一半"}
    assert check(house) == []


def test_a_locked_persons_task_falls_back_to_the_group(house: House) -> None:
    walk = begun(house)
    task = task_of(house, "sci")
    with clock.held(morning(walk.day)):
        contact = actor(house, "contact.sci")
        tasks.claim(house, contact, task.id, key="claim")
        assert contact.person_id is not None

        assert succession.give_back(house, actor(house, "system_admin"), contact.person_id) == 1

    assert inboxes_of(house, task.id) == ["contact:sci"]
    assert task_of(house, "sci").status == "open"


def test_who_drafted_does_not_sign_as_the_heads_substitute(house: House) -> None:
    walk = begun(house)
    with house.database.transaction() as session:
        head = session.scalars(select(Person).where(Person.login == "head.sci")).one()
        contact = session.scalars(select(Person).where(Person.login == "contact.sci")).one()
        days = {"from_on": date(2024, 12, 1), "until_on": date(2024, 12, 31)}
        session.add(Substitution(absent_id=head.id, substitute_id=contact.id, **days))
    walk.draft("sci")
    task = task_of(house, "sci", "sign_report")

    with clock.held(morning(walk.day)), pytest.raises(NotPermitted, match="不能代为审签"):
        tasks.complete(house, actor(house, "contact.sci"), task.id, {"outcome": "yes"}, key="sign")


def test_the_page_tells_her_so_and_offers_no_form(house: House, sign_in: SignIn) -> None:
    walk = begun(house)
    with house.database.transaction() as session:
        head = session.scalars(select(Person).where(Person.login == "head.sci")).one()
        contact = session.scalars(select(Person).where(Person.login == "contact.sci")).one()
        days = {"from_on": date(2024, 12, 1), "until_on": date(2024, 12, 31)}
        session.add(Substitution(absent_id=head.id, substitute_id=contact.id, **days))
    walk.draft("sci")

    with clock.held(morning(walk.day)):
        page = sign_in("contact.sci").get(f"/tasks/{task_of(house, 'sci', 'sign_report').id}").get_data(as_text=True)

    assert "不能为自己办理的内容审签" in page
    assert "签发并报领导小组办公室" not in page
