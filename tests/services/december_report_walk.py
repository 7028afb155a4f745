"""Walks the campaign of 2024 and its units' reports through the services, as the persons who do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.models.december_report import DecemberReport
from app.models.organization import Unit
from app.models.plan import Indicator
from app.models.process import ProcessInstance, WorkingRow
from app.models.user_task import UserTask
from app.services import outbox, processes, tasks, timers
from app.services.december_report.casework import CASEWORK
from app.services.house import House
from app.services.work import Work
from app.terms import TaskStatus
from tests.factories import actor

YEAR = 2024
CAMPAIGN = f"december_report:{YEAR}"
OPEN = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)

Row = dict[str, Any]


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


def unit_key(unit: str) -> str:
    return f"december_report_unit:{YEAR}:{unit}"


class Walk:
    """One house on one day at a time. Every command has a key of its own, unless it is told one."""

    def __init__(self, house: House, day: str = "2024-11-20") -> None:
        self.house = house
        self.day = day
        self._commands = 0

    def on(self, day: str) -> Walk:
        """From now on it is the morning of this day, and all that was due has happened."""
        self.day = day
        with clock.held(morning(day)):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

    def open_campaign(self) -> str:
        """Its instance's id."""
        with clock.held(morning(self.day)):
            who = actor(self.house, "office")
            return str(processes.start(self.house, who, "december_report", {"year": YEAR}, key=self._key())["id"])

    def do(self, login: str, element_id: str, business_key: str, **answers: Any) -> Row:
        """Complete the step with the form as it stands, and these answers over it."""
        with clock.held(morning(self.day)):
            task = self.task(element_id, business_key)
            filled = {**self.form(task), **answers}
            done = tasks.complete(self.house, actor(self.house, login), task.id, filled, key=self._key())
            outbox.drain(self.house)
        return done

    def collect(self, *units: str) -> Walk:
        """The campaign up to 1 December, for these units only."""
        self.open_campaign()
        asked = self.form(self.task("confirm_notice", CAMPAIGN))["units"]
        rows = [
            {"unit": row["unit"], **({} if row["unit"] in units else {"exempt": True, "exempt_reason": "不在试点范围"})}
            for row in asked
        ]
        self.do("office", "confirm_notice", CAMPAIGN, units=rows, phone="0514-87936000")
        return self.on("2024-12-01")

    def draft(self, unit: str, key: str | None = None, **answers: Any) -> Row:
        """The unit's contact fills in all that is asked for."""
        business_key = key or unit_key(unit)
        form = self.form(self.task("draft_report", business_key))
        return self.do(f"contact.{unit}", "draft_report", business_key, **{**filled_in(form), **answers})

    def submit(self, unit: str, key: str | None = None, **answers: Any) -> Row:
        self.draft(unit, key, **answers)
        return self.do(f"head.{unit}", "sign_report", key or unit_key(unit), outcome="yes")

    def accept(self, unit: str, key: str | None = None, **answers: Any) -> Row:
        """By an office person whose home unit is the office."""
        verdict = {"outcome": "accepted", "quality_level": "good", **answers}
        return self.do("office", "review_report", key or unit_key(unit), **verdict)

    def give_back(self, unit: str, *fields: str) -> Row:
        points = [{"field": field, "point": "请补充说明"} for field in fields]
        return self.do("office", "review_report", unit_key(unit), outcome="returned", return_points=points)

    def task(self, element_id: str, business_key: str) -> UserTask:
        with self.house.database.reading() as session:
            wanted = (UserTask.element_id == element_id, UserTask.status.in_(OPEN))
            of_instance = ProcessInstance.business_key == business_key
            found = session.scalars(
                select(UserTask)
                .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
                .where(*wanted, of_instance)
            ).one()
            session.expunge(found)
            return found

    def open_elements(self, business_key: str) -> list[str]:
        with self.house.database.reading() as session:
            wanted = (ProcessInstance.business_key == business_key, UserTask.status.in_(OPEN))
            rows = select(UserTask.element_id).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            return sorted(session.scalars(rows.where(*wanted)))

    def form(self, task: UserTask) -> Row:
        return self.prefill(task)[0]

    def prefill(self, task: UserTask) -> tuple[Row, dict[str, dict[str, Any]]]:
        with clock.held(morning(self.day)), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), clock.now(), key="look")
            return CASEWORK.prefill(work.case(task.instance_id), task.element_id, None)

    def instance(self, business_key: str) -> ProcessInstance:
        with self.house.database.reading() as session:
            found = session.scalars(select(ProcessInstance).filter_by(business_key=business_key)).one()
            session.expunge(found)
            return found

    def row(self, business_key: str, kind: str, key: str = "") -> Row | None:
        with self.house.database.reading() as session:
            wanted = (ProcessInstance.business_key == business_key, WorkingRow.kind == kind, WorkingRow.key == key)
            rows = select(WorkingRow.value).join(ProcessInstance, ProcessInstance.id == WorkingRow.instance_id)
            found = session.scalars(rows.where(*wanted)).one_or_none()
            return None if found is None else dict(found)

    def report(self, unit: str) -> DecemberReport:
        return self.rows(DecemberReport, unit_id=unit)[0]

    def rows(self, model: Any, **where: Any) -> list[Any]:
        with self.house.database.reading() as session:
            found = list(session.scalars(select(model).filter_by(**where).order_by(model.id)))
            for row in found:
                session.expunge(row)
            return found

    def rows_of_units(self) -> list[Unit]:
        """In the plan's order."""
        found: list[Unit] = self.rows(Unit)
        return sorted(found, key=lambda unit: unit.position)

    def indicator(self, number: int) -> Indicator:
        found: Indicator = self.rows(Indicator, number=number)[0]
        return found

    def add(self, *rows: Any) -> None:
        with self.house.database.transaction() as session:
            session.add_all(rows)

    def _key(self) -> str:
        self._commands += 1
        return f"test:{self._commands}"


def filled_in(form: Mapping[str, Any]) -> Row:
    """A report without a fault: what is known is confirmed, the rest is told."""
    return {
        "figures": [{**row, "value": row.get("value", 10)} for row in form.get("figures", ())],
        "measures": [_told(row) for row in form.get("measures", ())],
        "priority_review": [{**row, "state": "done"} for row in form.get("priority_review", ())],
        "matters": [{**row, "note": "已按计划办结"} for row in form.get("matters", ())],
        "problems": "部分企业研发投入不足，服务力量仍较薄弱，政策兑现周期偏长，需要继续加强统筹和指导。",
        "priorities": [{"title": "梯队培育", "content": "继续开展入库培育，" * 5, "measure_no": 1}],
        "statement": True,
    }


def _told(row: Row) -> Row:
    text = f"第{row['no']}项工作按计划推进，" * 8
    return {**row, "state": "on_schedule", "result": text} if row["lead"] else {**row, "contribution": text}


def numbers(rows: Iterable[Row]) -> list[int]:
    return [row["no"] for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)
