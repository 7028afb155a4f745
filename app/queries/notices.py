"""公示: what stands before the public now and what stood there, one notice with its list, and its objections.

A notice is for everybody who is signed in. That a row is being examined is shown to everybody; what was objected only
to the bureau and the readers of everything, and who objected to nobody on these pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound
from app.models.organization import UnitFunction
from app.models.process import ProcessInstance
from app.models.recognition import Objection, PublicNotice
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT, Descending, Page, page

PAGE = 30
BATCH = "enterprise_recognition_batch"
OPEN = ("received", "examining")
NOT_FOUND = "没有找到这个公示。"


@dataclass(frozen=True)
class RowLine:
    """One row of the list. mark: examining | out | remark, empty where nothing came against it."""

    key: str
    name: str
    locality: str
    remark: str
    mark: str


@dataclass(frozen=True)
class ObjectionLine:
    """about: names of the enterprises. instance_id: of its process, for whoever may open its history."""

    id: int
    number: int
    about: str
    status: str
    result: str
    received_on: date
    instance_id: str | None
    is_own: bool


@dataclass(frozen=True)
class NoticePage:
    notice: PublicNotice
    rows: Sequence[RowLine]
    objections: Sequence[ObjectionLine]
    is_bureau: bool
    is_head: bool
    takes_objections: bool


def notices(session: Session, cursor: str | None = None, limit: int = PAGE) -> Page[PublicNotice]:
    """The last published first."""
    order = (Descending(PublicNotice.published_on), Descending(PublicNotice.id))
    return page(session, select(PublicNotice), order, cursor, limit, counts=True)


def notice_page(session: Session, actor: Actor, notice_id: int, today: date) -> NoticePage:
    notice = session.get(PublicNotice, min(notice_id, LARGEST_INT))
    if notice is None:
        raise NotFound(NOT_FOUND)
    bureaus = _bureaus(session, notice)
    is_bureau = not bureaus.isdisjoint(actor.unit_ids)
    found = session.scalars(select(Objection).where(Objection.notice_id == notice.id).order_by(Objection.number)).all()
    shown = found if is_bureau or actor.reads_all else [row for row in found if _is_own(row, actor)]
    return NoticePage(
        notice=notice,
        rows=_rows(notice, found),
        objections=[_line(row, notice, actor) for row in shown],
        is_bureau=is_bureau,
        is_head=any(f"head:{unit}" in actor.principals for unit in bureaus),
        takes_objections=notice.status == "running" and notice.published_on <= today <= notice.ends_on,
    )


def _bureaus(session: Session, notice: PublicNotice) -> set[str]:
    """The unit whose batch it is, else those that recognise."""
    caller = session.get_one(ProcessInstance, notice.instance_id)
    if caller.definition_key == BATCH and caller.unit_id:
        return {caller.unit_id}
    recognises = select(UnitFunction.unit_id).where(UnitFunction.function == "recognition")
    return set(session.scalars(recognises))


def _rows(notice: PublicNotice, objections: Sequence[Objection]) -> list[RowLine]:
    marks: dict[str, str] = {}
    for objection in objections:
        for row in objection.rows:
            mark = _mark(objection, row.get("result", ""))
            if mark and marks.get(row["key"]) != "out":
                marks[row["key"]] = mark
    return [
        RowLine(row["key"], row["name"], row.get("locality", ""), row.get("remark", ""), marks.get(row["key"], ""))
        for row in notice.rows
    ]


def _mark(objection: Objection, result: str) -> str:
    if objection.status in OPEN:
        return "examining"
    if objection.status != "answered":
        return ""
    return {"upheld": "out", "partly": "remark"}.get(result, "")


def _line(row: Objection, notice: PublicNotice, actor: Actor) -> ObjectionLine:
    names = {each["key"]: each["name"] for each in notice.rows}
    return ObjectionLine(
        id=row.id,
        number=row.number,
        about="、".join(names.get(each["key"], each["key"]) for each in row.rows),
        status=row.status,
        result=row.result,
        received_on=clock.local(row.received_at).date(),
        instance_id=row.instance_id,
        is_own=_is_own(row, actor),
    )


def _is_own(row: Objection, actor: Actor) -> bool:
    return row.person_id is not None and row.person_id == actor.person_id
