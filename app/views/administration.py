"""管理记录: what was done to accounts, units, plans and definitions, for those who watch over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from app.errors import BadRequest
from app.queries.administration_events import AdministrationEvent, EventFilter, administration_events, subject_of
from app.terms import Act, EventType
from app.views.administration_words import told_texts
from app.views.context import current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("administration", __name__, url_prefix="/administration-events")


@dataclass(frozen=True)
class Line:
    """A row of the list; before and after as short texts."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str
    after: str


@bp.get("")
def page() -> str:
    asked = request.args
    wanted = EventFilter(asked.get("act", ""), asked.get("login", "").strip(), _day("from_on"), _day("until_on"))
    with current_house().database.reading() as session:
        found = administration_events(session, wanted, asked.get("cursor"))
    return render_template(
        "administration/_rows.html" if wants_rows() else "administration/page.html",
        lines=[_line(event) for event in found.items],
        left=found.left,
        more=next_page("administration.page", found.next_cursor),
        wanted=wanted,
        acts=list(Act),
    )


def _line(event: AdministrationEvent) -> Line:
    told = event.told
    if told is None:
        return Line(event.seq, event.at, event.actor or "", EventType(event.type).label, _("内容已依法删除"), "", "")
    before, after = told_texts(told)
    return Line(
        seq=event.seq,
        at=event.at,
        actor=event.actor or "",
        act=Act(told["act"]).label if "act" in told else EventType(event.type).label,
        subject=subject_of(told) or event.actor or "",
        before=before,
        after=after,
    )


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(_("日期请写成 2024-12-16 的样子。")) from error
