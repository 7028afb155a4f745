"""Leads consultations through the command path: what a person would see in a form and send, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.process import ProcessInstance, WorkingRow
from app.models.user_task import UserTask
from app.queries.actor import CLOCK
from app.services import outbox, processes, tasks, timers
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import Work
from tests.factories import actor

MORNING = datetime(2023, 6, 1, 9, tzinfo=ZONE)
CALLER = "annual_target_indicator:2023:08:r1"
QUESTION = {
    "text": "指标8“省级企业技术中心”的年度目标值",
    "kind": "number",
    "concerns": "other",
    "precision": 0,
}
SETTING = {"background": "牵头单位建议30家，责任单位认为基数偏高，双方数据来源不同，请予明确。"}
GROUND = "按上年基数和在手项目逐家测算"


class Office:
    """Everything that happens in one house. at: the instant it is now."""

    def __init__(self, house: House, at: datetime = MORNING) -> None:
        self.house = house
        self.at = at
        self.keys = count()

    def ask(self, caller: str = CALLER, **told: Any) -> Office:
        """The message of a duty that wants a consultation."""
        wanted = {"subject": "指标8年度目标会商", "question": [QUESTION], "units": ["miit", "sci", "drc"], **told}
        with clock.held(self.at):
            processes.deliver(self.house, CLOCK, "consultation_wanted", caller, key=self.key(), told=wanted)
            outbox.drain(self.house)
        return self

    def drop(self, caller: str = CALLER) -> Office:
        with clock.held(self.at):
            processes.deliver(self.house, CLOCK, "caller_dropped", caller, key=self.key())
            outbox.drain(self.house)
        return self

    def open(self, **variables: Any) -> str:
        with clock.held(self.at):
            who = actor(self.house, "office")
            return str(processes.start(self.house, who, "consultation", variables, key=self.key())["id"])

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def later(self, days: int = 1) -> Office:
        self.at += timedelta(days=days)
        with clock.held(self.at):
            timers.fire_all_due(self.house)
            outbox.drain(self.house)
        return self

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

    def open_elements(self) -> list[str]:
        return sorted({task.element_id for task in self.tasks()})

    def form(self, task: UserTask) -> dict[str, Any]:
        """What the form shows when it is opened."""
        with clock.held(self.at), self.house.database.writing() as connection:
            work = Work(self.house, connection, actor(self.house, "office"), self.at, "look")
            values, _ = casework_of(task.definition_key).prefill(
                work.case(task.instance_id), task.element_id, task.item
            )
            return values

    def send(self, task: UserTask, login: str | None = None, **answers: Any) -> Office:
        """Send the form as it is shown, with these answers laid over it."""
        form = self.form(task) | answers
        with clock.held(self.at):
            who = actor(self.house, login or login_for(task))
            tasks.complete(self.house, who, task.id, form, key=self.key())
            outbox.drain(self.house)
        return self

    def do(self, element: str, login: str | None = None, **answers: Any) -> Office:
        found = self.tasks(element)
        assert len(found) == 1, (element, self.open_elements())
        return self.send(found[0], login, **answers)

    def settle(self, outcome: str = "written", **answers: Any) -> Office:
        return self.do("set_consultation", outcome=outcome, **SETTING, **answers)

    def answer(self, **values: str | None) -> Office:
        """Unit -> its figure; None where it stays silent."""
        for task in self.tasks("answer_consultation"):
            value = values.get(task.item or "")
            if value is not None:
                row = {"no": 1, "value": value, "ground": GROUND}
                self.send(task, answers=[row])
        return self

    def minutes(self, value: str, **more: Any) -> Office:
        return self.do("draft_minutes", decisions=[{"no": 1, "value": value}], **more)

    def instance(self, business_key: str = "consultation:2023-01") -> ProcessInstance:
        with self.house.database.reading() as session:
            return session.scalars(select(ProcessInstance).where(ProcessInstance.business_key == business_key)).one()

    def row(self, kind: str, key: str = "", business_key: str = "consultation:2023-01") -> dict[str, Any]:
        with self.house.database.reading() as session:
            return dict(session.get_one(WorkingRow, (self.instance(business_key).id, kind, key)).value)

    def rows(self, model: Any, **where: Any) -> list[Any]:
        with self.house.database.reading() as session:
            return list(session.scalars(select(model).filter_by(**where)))


def login_for(task: UserTask) -> str:
    kind, _, unit_id = task.principal.partition(":")
    people = {"office": "office", "office_signer": "signer", "leader": "leader"}
    return people.get(kind) or f"{kind}.{unit_id}"
