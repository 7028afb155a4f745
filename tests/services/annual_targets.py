"""Leads 年度目标设定 through the command path: what a person would see in a form and send, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Discrepancy, Indicator
from app.models.process import Incident, ProcessInstance, WorkingRow
from app.models.user_task import UserTask
from app.services import outbox, processes, tasks, timers
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import Work
from tests.factories import actor

MORNING = datetime(2023, 1, 10, 9, tzinfo=ZONE)
# what 2022 brought, by indicator; a period-end indicator's value at the end of the year
FIGURES_OF_2022 = {
    1: "3", 2: "41", 3: "110", 4: "1180", 5: "230", 6: "3.65", 7: "52", 8: "104", 9: "33", 10: "11", 11: "0.95",
    12: "15", 13: "22", 14: "120", 15: "2", 16: "19", 17: "3", 18: "10", 19: "30", 20: "51000", 21: "1100",
    22: "5200", 23: "3", 24: "4", 25: "63.2", 26: "3", 27: "1", 28: "38",
}  # fmt: skip


class Campaign:
    """One year's targets. at: the instant it is now."""

    def __init__(self, house: House, at: datetime = MORNING) -> None:
        self.house = house
        self.at = at
        self.keys = count()
        self.id = ""

    def settled(self) -> Campaign:
        """Every contradiction of the plan settled for the annex, and 2022 closed with its figures."""
        with self.house.database.transaction() as session:
            for row in session.scalars(select(Discrepancy).where(Discrepancy.must_settle)):
                row.binding, row.basis_text, row.settled_at = "annex", f"{row.subject}按附件1统计", self.at
                row.lead_id = row.annex_side.get("lead")
            for indicator in session.scalars(select(Indicator)):
                session.add(figure(indicator, 2022, FIGURES_OF_2022[indicator.number], self.at))
        return self

    def open(self, **variables: Any) -> Campaign:
        with clock.held(self.at):
            who = actor(self.house, "office")
            answer = processes.start(self.house, who, "annual_target", {"year": 2023, **variables}, key=self.key())
        self.id = answer["id"]
        return self

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def later(self, days: int = 1) -> Campaign:
        self.at += timedelta(days=days)
        return self

    def tasks(self, element: str | None = None, business_key: str | None = None) -> list[UserTask]:
        """Open user tasks of all instances, in the order of their instances' business keys."""
        query = (
            select(UserTask)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(UserTask.status.in_(("open", "claimed")))
            .order_by(ProcessInstance.business_key, UserTask.item)
        )
        if element:
            query = query.where(UserTask.element_id == element)
        if business_key:
            query = query.where(ProcessInstance.business_key == business_key)
        with self.house.database.reading() as session:
            return list(session.scalars(query))

    def open_elements(self) -> list[str]:
        return sorted({task.element_id for task in self.tasks()})

    def form(self, task: UserTask) -> dict[str, Any]:
        """What the form shows when it is opened."""
        values, _ = self.form_with_marks(task)
        return values

    def form_with_marks(self, task: UserTask) -> tuple[dict[str, Any], Mapping[str, Mapping[str, Any]]]:
        with clock.held(self.at), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), self.at, "look")
            case = work.case(task.instance_id)
            return casework_of(task.definition_key).prefill(case, task.element_id, task.item)

    def send(self, task: UserTask, login: str | None = None, **answers: Any) -> Campaign:
        """Send the form as it is shown, with these answers laid over it."""
        form = self.form(task) | answers
        with clock.held(self.at):
            who = actor(self.house, login or login_for(task))
            tasks.complete(self.house, who, task.id, form, key=self.key())
            outbox.drain(self.house)
        return self

    def do(self, element: str, login: str | None = None, business_key: str | None = None, **answers: Any) -> Campaign:
        """Complete the one open task of this element."""
        found = self.tasks(element, business_key)
        assert len(found) == 1, (element, [task.title for task in found], self.open_elements())
        return self.send(found[0], login, **answers)

    def do_all(self, element: str, **answers: Any) -> Campaign:
        for task in self.tasks(element):
            self.send(task, **answers)
        return self

    def drain(self) -> Campaign:
        with clock.held(self.at):
            outbox.drain(self.house)
        return self

    def fire(self) -> Campaign:
        """Let every timer pass that is due by now."""
        with clock.held(self.at):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def propose_all(self) -> Campaign:
        """Every lead proposes what is suggested, its head signs, all that are asked agree."""
        return (
            self.do_all("propose_target")
            .do_all("sign_proposal", outcome="yes")
            .do_all("countersign_target", outcome="yes")
        )

    def approve(self) -> Campaign:
        """The package goes up and is approved on screen."""
        self.do("review_package", outcome="submit", cover_note="各项均衡安排").do("sign_package", outcome="yes")
        return self.do("approve_package", outcome="approved")

    def publish(self) -> Campaign:
        """From an approved package to its letters, with all localities accepting."""
        self.do("confirm_breakdown").do_all("answer_breakdown").do_all("sign_breakdown", outcome="yes")
        return self.do("issue_letters", outcome="yes")

    def instance(self, business_key: str) -> ProcessInstance:
        with self.house.database.reading() as session:
            return session.scalars(select(ProcessInstance).where(ProcessInstance.business_key == business_key)).one()

    def status(self) -> tuple[str, str, str]:
        with self.house.database.reading() as session:
            row = session.get_one(ProcessInstance, self.id)
            return row.status, row.stage, row.end_element

    def rows(self, kind: str, instance_id: str | None = None) -> dict[str, dict[str, Any]]:
        with self.house.database.reading() as session:
            where = (WorkingRow.instance_id == (instance_id or self.id), WorkingRow.kind == kind)
            return {row.key: row.value for row in session.scalars(select(WorkingRow).where(*where))}

    def targets(self, year: int = 2023) -> dict[int, AnnualTarget]:
        """The targets in force by indicator number."""
        with self.house.database.reading() as session:
            rows = session.execute(
                select(Indicator.number, AnnualTarget)
                .join(AnnualTarget, AnnualTarget.indicator_id == Indicator.id)
                .where(AnnualTarget.year == year)
                .order_by(AnnualTarget.revision)
            ).all()
        return {row.number: row.AnnualTarget for row in rows}

    def incidents(self) -> list[str]:
        with self.house.database.reading() as session:
            return [row.text for row in session.scalars(select(Incident))]


def figure(indicator: Indicator, year: int, value: str, at: datetime) -> IndicatorActual:
    return IndicatorActual(
        indicator_id=indicator.id,
        year=year,
        as_of=date(year, 12, 31),
        value=Decimal(value),
        nature="actual",
        source="ledger",
        unit_id=indicator.lead_id,
        recorded_at=at,
        recorded_by="office",
    )


def login_for(task: UserTask) -> str:
    """Somebody of the fixture's office who may do it."""
    kind, _, unit_id = task.principal.partition(":")
    people = {"office": "office", "office_signer": "signer", "leader": "leader"}
    return people.get(kind) or f"{kind}.{unit_id}"
