"""One house in which enterprises are served: specialists, pairings, visits and demands, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.demand import Demand
from app.models.enterprise import Enterprise
from app.models.notification import Notification
from app.models.pairing import Pairing, Specialist, Visit
from app.models.person import Person
from app.models.process import ProcessInstance, WorkingRow
from app.models.user_task import UserTask
from app.queries.actor import CLOCK
from app.services import outbox, processes, tasks, timers
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import Work
from app.terms import Role
from tests import factories
from tests.factories import actor

MORNING = datetime(2022, 8, 8, 9, tzinfo=ZONE)
CHAIN = "高端装备"
VISITED = {
    "people": "王敏；企业负责人",
    "state": "good",
    "state_text": "订单增长两成，正在扩建二期厂房，现金流平稳。",
    "no_demands": True,
}
STARS = {"timely": 5, "professional": 4, "solved": 3}


class City:
    """Everything that happens in one house. at: the instant it is now."""

    def __init__(self, house: House, at: datetime = MORNING) -> None:
        self.house = house
        self.at = at
        self.keys = count()

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def on(self, day: str) -> City:
        """From now on it is the morning of this day, and all that was due has happened."""
        self.at = datetime.fromisoformat(f"{day}T09:00:00+08:00")
        return self.settle()

    def later(self, days: int = 1) -> City:
        self.at += timedelta(days=days)
        return self.settle()

    def settle(self) -> City:
        with clock.held(self.at):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def firm(self, number: int = 1, locality_id: str = "hanjiang", **fields: Any) -> str:
        """An enterprise with an account `firm.<number>`; its credit code."""
        with clock.held(self.at), self.house.database.transaction() as session:
            made = factories.enterprise(session, number, locality_id, **{"chain": CHAIN, **fields})
            factories.account(session, made, f"firm.{number}")
            return made.id

    def specialist(self, login: str, unit_id: str = "hanjiang", **profile: Any) -> int:
        """A person with the role and a profile; her id."""
        with clock.held(self.at), self.house.database.transaction() as session:
            made = factories.person(login, f"专员{login}", unit_id, (Role.SPECIALIST, None))
            made.phone = "0514-80000000"
            session.add(made)
            session.flush()
            session.add(Specialist(person_id=made.id, changed_at=clock.now(), **profile))
            return made.id

    def paired(self, code: str, login: str, from_on: str = "2022-01-04") -> Pairing:
        """An enterprise that has a specialist for long."""
        with clock.held(self.at), self.house.database.transaction() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            row = Pairing(
                key=f"specialist_pairing:{code}:1",
                enterprise_id=code,
                kind="service",
                person_id=person.id,
                unit_id=person.unit_id,
                from_on=datetime.fromisoformat(from_on).date(),
            )
            session.add(row)
            session.flush()
            session.expunge(row)
            return row

    def say(self, name: str, key: str, **told: Any) -> City:
        """A message as another duty would send it."""
        with clock.held(self.at):
            processes.deliver(self.house, CLOCK, name, key, key=self.key(), told=told)
            outbox.drain(self.house)
        return self

    def granted(self, code: str, level: str = "little_giant") -> City:
        return self.say("title_granted", code, enterprise_id=code, level=level)

    def start(self, login: str, duty: str, **variables: Any) -> str:
        with clock.held(self.at):
            answer = processes.start(self.house, actor(self.house, login), duty, variables, key=self.key())
            outbox.drain(self.house)
        return str(answer["id"])

    def ask(self, code: str, login: str = "firm.1", **variables: Any) -> Demand:
        """A demand of the enterprise, as it stands after that."""
        told = {"category": "finance", "title": "流动资金不足", "text": "企业流动资金不足，希望办理续贷。"}
        self.start(login, "demand_response", enterprise_id=code, source_key=self.key(), **{**told, **variables})
        return self.demands()[-1]

    def demands(self) -> list[Demand]:
        return self.rows(Demand, order=Demand.id)

    def demand(self, number: str) -> Demand:
        return next(row for row in self.demands() if row.number == number)

    def tasks(self, element: str | None = None) -> list[UserTask]:
        query = (
            select(UserTask)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.status.in_(("open", "claimed")))
            .order_by(ProcessInstance.business_key, UserTask.item)
        )
        if element:
            query = query.where(UserTask.element_id == element)
        with self.house.database.reading() as session:
            return list(session.scalars(query))

    @property
    def open_elements(self) -> list[str]:
        return sorted({task.element_id for task in self.tasks()})

    def task(self, element: str) -> UserTask:
        found = self.tasks(element)
        assert len(found) == 1, (element, self.open_elements)
        return found[0]

    def form(self, task: UserTask) -> dict[str, Any]:
        """What the form shows when it is opened."""
        with clock.held(self.at), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), self.at, "look")
            casework = casework_of(task.definition_key)
            return casework.prefill(work.case(task.instance_id), task.element_id, task.item)[0]

    def send(self, task: UserTask, login: str | None = None, **answers: Any) -> City:
        """Send the form as it is shown, with these answers laid over it."""
        filled = self.form(task) | answers
        with clock.held(self.at):
            who = actor(self.house, login or self.login_for(task))
            tasks.complete(self.house, who, task.id, filled, key=self.key())
            outbox.drain(self.house)
        return self

    def do(self, element: str, login: str | None = None, **answers: Any) -> City:
        return self.send(self.task(element), login, **answers)

    def login_for(self, task: UserTask) -> str:
        """Whoever opens the inbox in which the task lies."""
        kind, _, whose = task.principal.partition(":")
        if kind in ("person", "enterprise"):
            column = Person.id == int(whose) if kind == "person" else Person.enterprise_id == whose
            with self.house.database.reading() as session:
                return session.scalars(select(Person.login).where(column)).one()
        people = {"office": "office", "office_signer": "signer", "leader": "leader"}
        return people.get(kind) or f"{kind}.{whose}"

    def visit(self, element: str, **answers: Any) -> City:
        """A visit without a demand, on this day."""
        photos = {"photos": ["p1"]} if element == "first_visit" else {}
        return self.do(element, **{**VISITED, **photos, **answers})

    def established(self, code: str) -> City:
        """From the title to the end of the pairing, the first candidate accepting."""
        self.granted(code).do("choose_specialist").do("accept_pairing", outcome="yes")
        return self.visit("first_visit").do("ask_enterprise", **STARS)

    def pairing(self, code: str, kind: str = "service") -> Pairing | None:
        """The one that lasts."""
        lasting = [row for row in self.rows(Pairing, enterprise_id=code, kind=kind) if row.to_on is None]
        return lasting[0] if lasting else None

    def visits(self, code: str) -> list[Visit]:
        return self.rows(Visit, order=Visit.id, enterprise_id=code)

    def instances(self, process: str) -> list[ProcessInstance]:
        return self.rows(ProcessInstance, order=ProcessInstance.started_at, definition_key=process)

    def told(self, login: str) -> list[str]:
        """Titles of what a person was told."""
        person_id = actor(self.house, login).person_id
        return [row.title for row in self.rows(Notification, order=Notification.id, person_id=person_id)]

    def row(self, instance_id: str, kind: str, key: str = "") -> dict[str, Any] | None:
        with self.house.database.reading() as session:
            found = session.get(WorkingRow, (instance_id, kind, key))
            return dict(found.value) if found else None

    def rows(self, model: Any, order: Any = None, **where: Any) -> list[Any]:
        query = select(model).filter_by(**where)
        with self.house.database.reading() as session:
            found = list(session.scalars(query if order is None else query.order_by(order)))
            session.expunge_all()
            return found

    def change(self, model: Any, key: Any, **values: Any) -> City:
        with self.house.database.transaction() as session:
            row = session.get_one(model, key)
            for name, value in values.items():
                setattr(row, name, value)
        return self

    def close_down(self, code: str) -> City:
        return self.change(Enterprise, code, state="deregistered").say("pairing_needless", code, reason="deregistered")
