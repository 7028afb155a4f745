"""办实事: a year's practical matters with states, milestones and satisfaction; one of them, and how it is dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.duties.assessment_rules import LEVELS
from app.duties.practical_matter import FEWEST_RATINGS, GRADES
from app.duties.progress_monitoring import STATES as PROGRESS
from app.errors import InvalidForm
from app.queries import practical_matters as queries
from app.queries.practical_matters import Line
from app.services import practical_matters
from app.terms import Role
from app.views.context import current_actor, current_house
from app.views.task_view import new_key

bp = Blueprint("practical_matters", __name__, url_prefix="/practical-matters")

STATES: Mapping[str, Any] = {
    "planning": _l("制定计划"),
    "delivering": _l("实施中"),
    "requested": _l("验收中"),
    "returned": _l("补充验收"),
    "rating": _l("企业评价中"),
    "accepted": _l("通过"),
    "partly": _l("部分完成"),
    "dropped": _l("已调整"),
}
UNDER_WAY = ("planning", "delivering", "requested", "returned")
ENDED = ("rating", "accepted", "partly", "dropped")


@bp.get("")
def page() -> str:
    """The newest list, or that of the year that was asked for."""
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        known = queries.lists(session)
        row = next((one for one in known if str(one.year) == request.args.get("year")), next(iter(known), None))
        lines = queries.lines(session, row.year, today) if row else []
        return render_template(
            "practical_matters/page.html",
            row=row,
            lines=lines,
            told=_told(lines),
            years=[
                {"href": url_for("practical_matters.page", year=one.year), "label": _("%(year)s年", year=one.year),
                 "is_current": one is row}
                for one in known
            ],
            sees_campaign=actor.reads_all,
            **_words(),
        )  # fmt: skip


@bp.get("/<int:year>/<int:number>")
def one(year: int, number: int) -> str:
    with current_house().database.reading() as session:
        return _one(session, year, number, "")


@bp.post("/<int:year>/<int:number>/drop")
def drop(year: int, number: int) -> Response | tuple[str, int]:
    """The office enters the leading group's decision that the matter is no longer carried out."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        instance_id = queries.line(session, year, number, clock.today()).instance_id
    reason, key = request.form.get("reason", ""), request.form.get("_key") or new_key()
    try:
        practical_matters.drop_matter(house, actor, instance_id, reason, key=key)
    except InvalidForm as refused:
        with house.database.reading() as session:
            return _one(session, year, number, "；".join(text for _field, text in refused.errors)), refused.status
    flash(_("项目已调整，牵头单位已收到通知"))
    return redirect(url_for("practical_matters.one", year=year, number=number))


def _one(session: Session, year: int, number: int, error: str) -> str:
    actor, line = current_actor(), queries.line(session, year, number, clock.today())
    is_insider = actor.reads_all or line.matter.lead_id in actor.unit_ids
    return render_template(
        "practical_matters/one.html",
        line=line,
        matter=line.matter,
        ratings=queries.ratings(session, line.matter.id),
        can_drop=actor.has(Role.OFFICE) and line.matter.status in UNDER_WAY,
        sees_process=is_insider,
        sees_papers=actor.reads_all,
        error=error,
        key=new_key(),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "states": STATES,
        "grades": GRADES,
        "levels": LEVELS,
        "progress_words": PROGRESS,
        "fewest": FEWEST_RATINGS,
        "today": clock.today(),
    }


def _told(lines: Sequence[Line]) -> str:
    """办理中 7 项，企业评价中 2 项；企业平均满意度 95.0%."""
    named = [(_("办理中"), UNDER_WAY), *((str(STATES[state]), (state,)) for state in ENDED)]
    counts = [(word, sum(line.matter.status in group for line in lines)) for word, group in named]
    parts = [_("%(word)s %(count)s 项", word=word, count=count) for word, count in counts if count]
    shares = [line.matter.satisfaction for line in lines if line.matter.satisfaction is not None]
    mean = _("企业平均满意度 %(share)s%%", share=round(sum(shares) / len(shares), 1)) if shares else ""
    return "；".join(filter(None, ["，".join(parts), mean]))
