"""Objections from outside: entered by the bureau from a letter or a call, by an enterprise in the portal, taken back.

The name goes into the table and nowhere else: no event, no message tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.limits import ZONE
from app.duties.objection import check_entry
from app.duties.public_notice import is_in_period
from app.errors import InvalidForm, NotFound, NotPermitted, StaleProcess
from app.models.process import ProcessInstance, Subscription
from app.models.recognition import Objection, PublicNotice
from app.queries.actor import Actor
from app.services import steps, tasks
from app.services.assignment import RECOGNITION, unit_with
from app.services.cases import Start
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.objection.rows import PROCESS
from app.services.work import Work
from app.terms import EventType, Role

SUBSCRIPTION = table_of(Subscription)
OF_THE_PORTAL = ("rows", "received_on", "proof")  # what stops an entry there; the bureau registers all and then refuses
LEAST_FACTS, MOST_FACTS = 20, 2000
WITHDRAWN = "objection_withdrawn"


def raise_objection(house: House, actor: Actor, notice_id: int, entry: Mapping[str, Any], *, key: str) -> Answer:
    """Open an objection; {id, instance_id}. Raises NotFound, NotPermitted, InvalidForm.

    entry: {rows: [credit codes], facts, proof, name, phone, received_on}; an enterprise gives only the first three.
    """
    return run(house, actor, Command("raise_objection", key, {"notice_id": notice_id, "entry": dict(entry)}))


def take_back_objection(house: House, actor: Actor, objection_id: int, *, key: str) -> Answer:
    """The objector withdraws. Raises StaleProcess where it is not being examined."""
    return run(house, actor, Command("take_back_objection", key, {"objection_id": objection_id}))


def bureau_of(work: Work, notice: PublicNotice) -> str:
    """The unit that has the notice: the one whose batch or list it is, else the one that recognises."""
    with Session(work.connection) as session:
        caller = session.get_one(ProcessInstance, notice.instance_id)
    is_batch = caller.definition_key == "enterprise_recognition_batch"
    return (caller.unit_id if is_batch else None) or unit_with(work.connection, RECOGNITION)


@handles("raise_objection")
def _raise(work: Work, payload: Mapping[str, Any]) -> Answer:
    with Session(work.connection, expire_on_commit=False) as session:
        notice = session.get(PublicNotice, payload["notice_id"], with_for_update=True)
        if notice is None:
            raise NotFound("没有找到这个公示。")
        bureau = bureau_of(work, notice)
        row = _row(work, session, notice, bureau, payload["entry"])
        session.add(row)
        session.flush()
        row_id, what = row.id, _start(notice, row, bureau)
        instance_id = steps.start(work, what)
        row.instance_id = instance_id
        session.flush()
    return {"id": row_id, "instance_id": instance_id}


def _start(notice: PublicNotice, row: Objection, bureau: str) -> Start:
    title = f"异议核查：{notice.subject}（第{row.number}号）"
    data = {"objection_key": row.key, "notice_key": notice.key}
    return Start(PROCESS, row.key, title, notice.published_on.year, bureau, data=data)


def _row(work: Work, session: Session, notice: PublicNotice, bureau: str, entry: Mapping[str, Any]) -> Objection:
    is_bureau = bureau in work.actor.unit_ids or work.actor.has(Role.OFFICE)
    if not is_bureau and work.actor.enterprise_id is None:
        raise NotPermitted
    told = _bureaus(work, entry) if is_bureau else _enterprises(work)
    told |= {"facts": str(entry.get("facts") or "").strip(), "proof_list": str(entry.get("proof") or "").strip()}
    rows = list(dict.fromkeys(str(code) for code in entry.get("rows", ())))
    _check(notice, told, rows, is_bureau)
    number = 1 + (session.scalar(select(func.max(Objection.number)).where(Objection.notice_id == notice.id)) or 0)
    return Objection(
        key=f"objection:{notice.key}:{number}",
        notice_id=notice.id,
        number=number,
        rows=[{"key": code} for code in rows],
        **told,
    )


def _check(notice: PublicNotice, told: Mapping[str, Any], rows: list[str], is_bureau: bool) -> None:
    facts = {
        "received_at": told["received_at"],
        "published_on": notice.published_on,
        "ends_on": notice.ends_on,
        "listed": {row["key"] for row in notice.rows},
        "has_name": bool(told["name"]),
        "has_proof": bool(told["proof_list"]),
    }
    stopping = ("rows",) if is_bureau else OF_THE_PORTAL
    errors = [(error.field, error.text) for error in check_entry(rows, facts) if error.field in stopping]
    if not LEAST_FACTS <= len(told["facts"]) <= MOST_FACTS:
        errors.append(("facts", f"请写明事实与理由，{LEAST_FACTS} 至 {MOST_FACTS} 字"))
    if told["name"] and not told["phone"] and is_bureau:
        errors.append(("phone", "实名异议请填写联系方式"))
    if errors:
        raise InvalidForm(errors)


def _bureaus(work: Work, entry: Mapping[str, Any]) -> dict[str, Any]:
    """From a letter, a call or a mail: the day is the one on which it came."""
    name, phone = (str(entry.get(part) or "").strip() for part in ("name", "phone"))
    return {"name": name, "phone": phone, "received_at": _received(work, str(entry.get("received_on") or ""))}


def _received(work: Work, text: str) -> datetime:
    if not text:
        return work.at
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidForm([("received_on", "请填写日期，例如 2024-12-31")]) from None
    if day > clock.local(work.at).date():
        raise InvalidForm([("received_on", "收到日期不得晚于今日")])
    return work.at if day == clock.local(work.at).date() else datetime.combine(day, time(12), ZONE)


def _enterprises(work: Work) -> dict[str, Any]:
    return {"name": work.actor.name, "phone": "", "person_id": work.actor.person_id, "received_at": work.at}


@handles("take_back_objection")
def _take_back(work: Work, payload: Mapping[str, Any]) -> Answer:
    with Session(work.connection, expire_on_commit=False) as session:
        row = session.get(Objection, payload["objection_id"])
        if row is None or row.instance_id is None:
            raise NotFound("没有找到这个异议。")
        notice = session.get_one(PublicNotice, row.notice_id)
    is_objector = row.person_id is not None and row.person_id == work.actor.person_id
    if not (is_objector or bureau_of(work, notice) in work.actor.unit_ids or work.actor.has(Role.OFFICE)):
        raise NotPermitted
    case = work.case(row.instance_id)
    where = (SUBSCRIPTION.c.instance_id == row.instance_id, SUBSCRIPTION.c.message == WITHDRAWN)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise StaleProcess("异议尚未受理或已经办结，不能撤回。")
    return tasks.deliver_to(work, case, waiting, WITHDRAWN, EventType.MESSAGE_DELIVERED)


def is_running(notice: PublicNotice, now: datetime) -> bool:
    """Whether objections are still taken."""
    return notice.status == "running" and is_in_period(now, notice.published_on, notice.ends_on)
