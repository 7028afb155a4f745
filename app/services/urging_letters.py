"""催办单: the paper that goes with an urging. Issued once for each urging, and drawn again as often as it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.documents import urging_letter
from app.documents.paper import Letterhead
from app.errors import InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.organization import OFFICE, Unit
from app.models.plan import Plan
from app.models.process import WorkingRow
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.services import supervision
from app.services.commands import Answer, Command, handles, run
from app.services.document_numbers import next_numbers
from app.services.house import House
from app.services.work import Work
from app.terms import Role

ROWS, UNIT = table_of(WorkingRow), table_of(Unit)

KIND = "催"
ROW = "urging_letter"
LIMIT_DAYS = 3  # working days the letter gives, where the office names no day


def issue(house: House, actor: Actor, task_id: str, new_limit_on: date | None, *, key: str) -> Answer:
    """Give a letter its number; the answer is {id, times, number}. It is an urging itself, unless today had one.

    new_limit_on: by default so many working days from today. Raises NotPermitted, NotFound, AlreadyDone, Gone, and
    RuleViolation for a task that is not late or a limit that lies behind.
    """
    payload = {"task_id": task_id, "new_limit_on": new_limit_on.isoformat() if new_limit_on else None}
    return run(house, actor, Command("issue_urging_letter", key, payload))


@handles("issue_urging_letter")
def _issue(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    task = supervision.locked_task(work, payload["task_id"])
    today = clock.local(work.at).date()
    if task.due_on >= today:
        raise RuleViolation("task_id", "这件事尚未逾期，不必发催办单。")
    new_limit_on = _limit(work, today, payload["new_limit_on"])
    is_new_urging = not supervision.was_urged_today(work, task)
    times = task.urged_count + is_new_urging
    case = work.case(task.instance_id)
    known = case.row(ROW, _key(task.id, times))
    if known is not None:
        return {"id": task.id, "times": times, "number": known["number"]}
    plan = case.session.scalars(select(Plan).order_by(Plan.id.desc()).limit(1)).one()
    [number] = next_numbers(work.connection, plan.agency_code, KIND, today.year)
    if is_new_urging:
        supervision.note_urging(work, task, "", letter=number)
    letter = _row(work, task, plan, today, new_limit_on, times, number)
    case.put(ROW, _key(task.id, times), letter)
    return {"id": task.id, "times": times, "number": number}


def _limit(work: Work, today: date, wanted: str | None) -> date:
    if wanted is None:
        return work.house.calendar.add(today, LIMIT_DAYS)
    day = date.fromisoformat(wanted)
    if day <= today:
        raise InvalidForm([("new_limit_on", "新的办理时限应在今天之后。")])
    return day


def _row(
    work: Work, task: Row[Any], plan: Plan, today: date, new_limit_on: date, times: int, number: str
) -> dict[str, Any]:
    """What the paper says, as plain JSON: it must read the same whenever it is drawn."""
    return {
        "number": number,
        "issued_on": today.isoformat(),
        "unit_id": task.unit_id,
        "matter": f"{task.title}（{task.name}）",
        "basis": f"《{plan.title}》（{plan.number}）",
        "due_on": task.due_on.isoformat(),
        "days_late": max(-work.house.calendar.count(today, task.due_on), 0),
        "times": times,
        "new_limit_on": new_limit_on.isoformat(),
        "contact": work.actor.name,
    }


def _key(task_id: str, times: int) -> str:
    return f"{task_id}:{times}"


def draw(session: Session, task_id: str, times: int) -> tuple[str, bytes]:
    """The name and the bytes of the Word file. Raises NotFound where no letter was issued."""
    row = _issued(session.connection(), task_id, times)
    if row is None:
        raise NotFound("没有这份催办单。")
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_((OFFICE, row["unit_id"]))))}
    unit, office = units[row["unit_id"]], units[OFFICE]
    letter = urging_letter.UrgingLetter(
        letterhead=Letterhead(
            agency=office.name,
            number=row["number"],
            addressee=unit.name,
            issued_on=date.fromisoformat(row["issued_on"]),
            contact=row["contact"],
            printer=office.name,
        ),
        unit=unit.name,
        matter=row["matter"],
        basis=row["basis"],
        due_on=date.fromisoformat(row["due_on"]),
        days_late=row["days_late"],
        times=row["times"],
        new_limit_on=date.fromisoformat(row["new_limit_on"]),
    )
    return f"催办单 {row['number']} {unit.short_name}.docx", urging_letter.render(letter)


def _issued(connection: Connection, task_id: str, times: int) -> dict[str, Any] | None:
    task = table_of(UserTask)
    where = (ROWS.c.kind == ROW, ROWS.c.key == _key(task_id, times), task.c.id == task_id)
    found = select(ROWS.c.value).join(task, task.c.instance_id == ROWS.c.instance_id).where(*where)
    row: dict[str, Any] | None = connection.execute(found).scalar_one_or_none()
    return row
