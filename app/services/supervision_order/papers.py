"""督办通知单 of one colour, as it was issued: it reads the same whenever it is drawn."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import order_notice
from app.documents.order_notice import OrderNotice
from app.duties.supervision_order import LEVEL_WORDS, LEVELS, SOURCES, WANTED_WORDS
from app.errors import NotFound
from app.models.organization import Unit
from app.models.process import WorkingRow
from app.models.supervision_order import OrderColour, SupervisionOrder
from app.services import letterheads

ISSUED = "issued"


def notice_of(session: Session, number: str, position: int) -> OrderNotice:
    """Raises NotFound where this colour was not issued."""
    order = session.get(SupervisionOrder, number)
    where = (OrderColour.order_number == number, OrderColour.position == position)
    colour = session.scalars(select(OrderColour).where(*where)).one_or_none()
    if order is None or colour is None:
        raise NotFound("没有这份督办单。")
    row = session.get(WorkingRow, (order.instance_id, ISSUED, colour.document_no))
    told = dict(row.value) if row else {}
    unit = session.get_one(Unit, told.get("unit", colour.unit_id))
    co_units = tuple(session.get_one(Unit, id_).name for id_ in told.get("co_units", ()))
    letterhead = letterheads.of_office(session, colour.document_no, unit.name, colour.issued_on)
    return OrderNotice(
        letterhead=replace(letterhead, contact=colour.contact, copies=co_units),
        level=LEVEL_WORDS[colour.level] + ("，紧急" if colour.is_urgent else ""),
        unit=unit.name,
        basis=_basis(SOURCES[order.source], told.get("subject", order.subject), told.get("title", order.title)),
        matter=told.get("title", order.title),
        demands=told.get("content", order.content),
        limit_on=colour.first_limit_on,
        wanted=tuple(WANTED_WORDS[name] for name in told.get("wanted", order.wanted)),
        co_units=co_units,
        former=colour.former_no,
        instruction=told.get("instruction", ""),
        is_final=colour.level == LEVELS[-1],
        urgent_reason=told.get("urgent_reason", "") if colour.is_urgent else "",
    )


def _basis(source: str, subject: str, matter: str) -> str:
    """The subject stands there only where it says more than the matter itself."""
    return source if subject == matter else f"{source}，{subject}"


def draw(session: Session, number: str, position: int) -> tuple[str, bytes]:
    """The name without its ending, and the bytes of the Word file."""
    notice = notice_of(session, number, position)
    return f"督办通知单 {notice.letterhead.number}", order_notice.render(notice)
