"""Leads 称号动态管理 through the command path: what enterprises with titles owe, and cases against them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.duties.credit_code import with_check_character
from app.models.enterprise import Enterprise, EnterpriseYear, Title
from app.models.process import ProcessInstance, WorkingRow
from app.models.user_task import UserTask
from app.queries.actor import CLOCK
from app.services import outbox, processes, tasks, timers, title_calendar
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import Work
from tests.factories import account, actor, enterprise

MORNING = datetime(2023, 2, 1, 9, tzinfo=ZONE)
FIGURES = {
    "revenue_wan": "5000",
    "main_revenue_wan": "4500",
    "rd_wan": "300",
    "net_profit_wan": "400",
    "assets_wan": "6000",
    "liabilities_wan": "2500",
    "staff": 80,
    "rd_staff": 12,
}
CONTACT = {"rd_body": "city", "product": "精密轴承", "contact_name": "王小明", "contact_phone": "0514-87654321"}


def code_of(number: int) -> str:
    return with_check_character(f"91321000MA{number:07d}")


class Register:
    """One house with enterprises; at: the instant it is now."""

    def __init__(self, house: House, at: datetime = MORNING) -> None:
        self.house = house
        self.at = at
        self.keys = count()

    def on(self, day: str) -> Register:
        """From now on it is the morning of this day, and all that was due has happened."""
        self.at = datetime.combine(date.fromisoformat(day), MORNING.timetz())
        return self.fire()

    def later(self, days: int = 1) -> Register:
        self.at += timedelta(days=days)
        return self.fire()

    def fire(self) -> Register:
        with clock.held(self.at):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def firm(self, number: int = 1, *levels: str, **title: Any) -> str:
        """An enterprise with an account, figures of the year before last, and titles; its code."""
        with clock.held(self.at), self.house.database.transaction() as session:
            made = enterprise(session, number)
            account(session, made, f"firm{number}")
            closed = self.at.year - 2
            session.add(
                EnterpriseYear(
                    enterprise_id=made.id,
                    year=closed,
                    figures=FIGURES,
                    as_of=date(closed, 12, 31),
                    source="enterprise",
                    recorded_at=self.at,
                    recorded_by="test",
                )
            )
            for level in levels:
                session.add(
                    Title(
                        **{
                            "enterprise_id": made.id,
                            "level": level,
                            "announced_on": date(2022, 12, 30),
                            "from_on": date(2022, 12, 30),
                            "until_on": date(2025, 12, 29),
                            "rule_version": "",
                            **title,
                        }
                    )
                )
            return made.id

    def open_due(self) -> int:
        """What the calendar opens today, all pages of it."""
        opened = 0
        with clock.held(self.at):
            while page := title_calendar.open_due(self.house):
                opened += page
            title_calendar.end_titles(self.house)
            outbox.drain(self.house)
        return opened

    def start(self, process: str, login: str = "office", **variables: Any) -> str:
        with clock.held(self.at):
            answer = processes.start(self.house, actor(self.house, login), process, variables, key=self.key())
            outbox.drain(self.house)
        return str(answer["id"])

    def deliver(self, name: str, key: str, **told: Any) -> Register:
        with clock.held(self.at):
            processes.deliver(self.house, CLOCK, name, key, key=self.key(), told=told)
            outbox.drain(self.house)
        return self

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def tasks(self, element: str | None = None) -> list[UserTask]:
        query = (
            select(UserTask)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.status.in_(("open", "claimed")))
            .order_by(ProcessInstance.business_key, UserTask.element_id)
        )
        if element:
            query = query.where(UserTask.element_id == element)
        with self.house.database.reading() as session:
            return list(session.scalars(query))

    def open_elements(self) -> list[str]:
        return sorted({task.element_id for task in self.tasks()})

    def form(self, element: str) -> dict[str, Any]:
        """What the form shows when it is opened."""
        task = self.one(element)
        with clock.held(self.at), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), self.at, "look")
            values, _ = casework_of(task.definition_key).prefill(work.case(task.instance_id), element, task.item)
            return values

    def one(self, element: str) -> UserTask:
        found = self.tasks(element)
        assert len(found) == 1, (element, self.open_elements())
        return found[0]

    def do(self, element: str, login: str | None = None, **answers: Any) -> Register:
        """Send the form as it is shown, with these answers laid over it."""
        form = self.form(element) | answers
        with clock.held(self.at):
            task = self.one(element)
            who = actor(self.house, login or login_for(task))
            tasks.complete(self.house, who, task.id, form, key=self.key())
            outbox.drain(self.house)
        return self

    def file_update(self, revenue: int = 5200, note: str | None = None, **answers: Any) -> Register:
        """The yearly update of the only enterprise that owes one."""
        figures = []
        for row in self.form("update_profile")["figures"]:
            value = {"营业收入": revenue, "主营业务收入": 4600}.get(row["name"], row.get("last", 10))
            figures.append({"no": row["no"], "value": value} | ({"note": note} if note and row["no"] == 1 else {}))
        attached = {"audit_report": ["1"], "commitment": True}
        return self.do("update_profile", figures=figures, **{**CONTACT, **attached, **answers})

    def instance(self, business_key: str) -> ProcessInstance:
        with self.house.database.reading() as session:
            return session.scalars(select(ProcessInstance).where(ProcessInstance.business_key == business_key)).one()

    def end_of(self, business_key: str) -> str:
        return self.instance(business_key).end_element

    def row(self, business_key: str, kind: str, key: str = "") -> dict[str, Any]:
        with self.house.database.reading() as session:
            return dict(session.get_one(WorkingRow, (self.instance(business_key).id, kind, key)).value)

    def rows(self, model: Any, **where: Any) -> list[Any]:
        with self.house.database.reading() as session:
            return list(session.scalars(select(model).filter_by(**where)))

    def titles(self, code: str) -> dict[str, Title]:
        return {title.level: title for title in self.rows(Title, enterprise_id=code)}

    def form_of_file(self, code: str, year: int) -> dict[str, Any]:
        """The figures of a year as they lie in the enterprise's file."""
        return dict(self.rows(EnterpriseYear, enterprise_id=code, year=year)[0].figures)

    def enterprise(self, code: str) -> Enterprise:
        with self.house.database.reading() as session:
            return session.get_one(Enterprise, code)


def login_for(task: UserTask) -> str:
    """Somebody of the fixture's office who may do it."""
    kind, _, whose = task.principal.partition(":")
    if kind == "enterprise":
        return next(f"firm{number}" for number in range(1, 1000) if code_of(number) == whose)
    return "office" if kind == "office" else f"{kind}.{whose}"
