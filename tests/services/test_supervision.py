"""催办: who may, who is told, and that nobody is urged twice on one day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm, NotPermitted
from app.models.event import EventRow
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.person import Person, Substitution
from app.models.user_task import UserTask
from app.queries.actor import SYSTEM
from app.services import processes, tasks
from app.services.definitions import deploy
from app.services.house import House
from app.services.supervision import urge
from tests.factories import actor

ENGINE = Path(__file__).parents[1] / "engine"
MORNING = datetime(2023, 12, 14, 2, tzinfo=UTC)
NEXT_MORNING = datetime(2023, 12, 15, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    with clock.held(MORNING):
        yield


@pytest.fixture
def task(house: House) -> UserTask:
    """An open task in the inbox of the office."""
    deploy(house, SYSTEM, {"linear.bpmn": (ENGINE / "valid_linear.bpmn").read_bytes()})
    processes.start(house, actor(house, "office"), "linear", {"outcome": "", "round": 0}, key="start")
    with house.database.reading() as session:
        return session.scalars(select(UserTask)).one()


def logins_told(house: House) -> list[str]:
    with house.database.reading() as session:
        told = select(Person.login).join(Notification, Notification.person_id == Person.id)
        return sorted(session.scalars(told.where(Notification.kind == "urging")))


def test_everybody_who_can_act_is_told_in_the_house_and_by_mail(house: House, task: UserTask) -> None:
    answer = urge(house, actor(house, "office"), [task.id], "请于今天报送", key="k")

    assert answer == {"urged": 1, "skipped": []}
    assert logins_told(house) == ["office", "office.drc", "office.miit"]
    with house.database.reading() as session:
        urged = session.get_one(UserTask, task.id)
        assert (urged.urged_count, urged.urged_at) == (1, MORNING)
        mails = session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).all()
        assert {mail.payload["to"] for mail in mails} == {f"{login}@example.org" for login in logins_told(house)}
        assert all("请于今天报送" in mail.payload["text"] for mail in mails)
        events = session.scalars(select(EventRow.type).where(EventRow.stream == task.instance_id)).all()
        assert events[-1] == "user_task_urged"


def test_the_same_command_again_urges_nobody_again(house: House, task: UserTask) -> None:
    office = actor(house, "office")

    first = urge(house, office, [task.id], "", key="k")
    again = urge(house, office, [task.id], "", key="k")

    assert first == again
    assert len(logins_told(house)) == 3


def test_nobody_is_urged_twice_on_one_day(house: House, task: UserTask) -> None:
    office = actor(house, "office")
    urge(house, office, [task.id], "", key="a")

    second = urge(house, office, [task.id], "", key="b")
    with clock.held(NEXT_MORNING):
        third = urge(house, office, [task.id], "", key="c")

    assert second == {"urged": 0, "skipped": [{"id": task.id, "why": "今天已催办"}]}
    assert third == {"urged": 1, "skipped": []}


def test_a_claimed_task_urges_its_assignee_and_who_stands_in(house: House, task: UserTask) -> None:
    tasks.claim(house, actor(house, "office.drc"), task.id, key="claim")
    with house.database.transaction() as session:
        absent = session.scalars(select(Person).where(Person.login == "office.drc")).one()
        substitute = session.scalars(select(Person).where(Person.login == "contact.sci")).one()
        today = date(2023, 12, 14)
        session.add(Substitution(absent_id=absent.id, substitute_id=substitute.id, from_on=today, until_on=today))

    urge(house, actor(house, "office"), [task.id], "", key="k")

    assert logins_told(house) == ["contact.sci", "office.drc"]


def test_who_wants_no_mail_gets_none(house: House, task: UserTask) -> None:
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == "office.drc")).one().wants_mail = False
        session.scalars(select(Person).where(Person.login == "office.miit")).one().email = ""

    urge(house, actor(house, "office"), [task.id], "", key="k")

    with house.database.reading() as session:
        assert [row.payload["to"] for row in session.scalars(select(OutboxRow))] == ["office@example.org"]


def test_what_is_done_or_unknown_is_skipped_and_the_rest_urged(house: House, task: UserTask) -> None:
    office = actor(house, "office")
    answer = tasks.complete(house, office, task.id, {}, key="done")
    following = answer["opened"][0]["id"]

    answer = urge(house, office, [task.id, following, "nothing"], "", key="k")

    assert answer["urged"] == 1
    assert [skipped["id"] for skipped in answer["skipped"]] == [task.id, "nothing"]


@pytest.mark.parametrize("login", ["leader", "auditor", "contact.sci", "signer"])
def test_only_the_office_urges(house: House, task: UserTask, login: str) -> None:
    with pytest.raises(NotPermitted):
        urge(house, actor(house, login), [task.id], "", key="k")


def test_a_text_too_long_is_refused(house: House, task: UserTask) -> None:
    with pytest.raises(InvalidForm):
        urge(house, actor(house, "office"), [task.id], "催" * 301, key="k")
