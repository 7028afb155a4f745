"""依法删除: what is asked for, who decides on it, and what was erased or refused before."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import BadRequest, RuleViolation
from app.queries import erasures as known
from app.queries.paging import LARGEST_INT
from app.services import erasures
from app.terms import ErasureGround, ErasureStatus
from app.views.context import current_actor, current_house

bp = Blueprint("erasures", __name__, url_prefix="/erasures")

Answer = str | Response | tuple[str, int]
PAGE = 50


@bp.get("")
def page() -> str:
    return _page({})


@bp.post("")
def propose() -> Answer:
    """A refused form comes back with all that was typed."""
    typed = {name: request.form.get(name, "") for name in ("stream", "seqs", "ground", "reason")}
    try:
        with current_house().database.transaction() as session:
            seqs = erasures.numbers(typed["seqs"])
            erasures.propose(session, current_actor(), typed["stream"].strip(), seqs, typed["ground"], typed["reason"])
    except RuleViolation as refused:
        return _page({refused.field: refused.text}, typed), refused.status
    flash(_("已提交，由审计管理员审批后删除。"))
    return redirect(url_for("erasures.page"))


@bp.post("/<int:number>/approval")
def approve(number: int) -> Answer:
    decision = request.form.get("decision", "")
    try:
        with current_house().database.transaction() as session:
            if not request.form.get("confirmed"):
                raise RuleViolation("decision", _("请先确认：内容删除后无法恢复。"))
            erasures.approve(session, current_actor(), number, decision)
    except RuleViolation as refused:
        return _page({f"decision-{number}": refused.text}), refused.status
    flash(_("内容已删除，记录仍在，封存不变。"))
    return redirect(url_for("erasures.page"))


@bp.post("/<int:number>/rejection")
def reject(number: int) -> Answer:
    try:
        with current_house().database.transaction() as session:
            erasures.reject(session, current_actor(), number, request.form.get("decision", ""))
    except RuleViolation as refused:
        return _page({f"decision-{number}": refused.text}), refused.status
    flash(_("已决定不予删除，提交人会在本页看到理由。"))
    return redirect(url_for("erasures.page"))


@bp.post("/<int:number>/withdrawal")
def withdraw(number: int) -> Answer:
    with current_house().database.transaction() as session:
        erasures.withdraw(session, current_actor(), number)
    flash(_("申请已撤回。"))
    return redirect(url_for("erasures.page"))


def _page(errors: Mapping[str, str], typed: Mapping[str, str] | None = None) -> str:
    actor, before = current_actor(), _before()
    with current_house().database.reading() as session:
        waiting = known.proposed(session)
        settled = known.settled(session, before, PAGE + 1)
        rows = (*waiting, *settled[:PAGE])
        return render_template(
            "erasures/page.html",
            waiting=waiting,
            settled=settled[:PAGE],
            older=settled[PAGE - 1].id if len(settled) > PAGE else None,
            titles=known.titles(session, {row.stream for row in rows}),
            grounds=[(ground.value, ground.label) for ground in ErasureGround],
            ground_labels={ground.value: ground.label for ground in ErasureGround},
            statuses={status.value: status.label for status in ErasureStatus},
            may_propose=actor.has(erasures.MAY_PROPOSE),
            may_decide=actor.has(erasures.MAY_DECIDE),
            own_id=actor.person_id,
            errors=errors,
            typed=typed or {"stream": request.args.get("stream", ""), "seqs": request.args.get("seqs", "")},
        )


def _before() -> int | None:
    text = request.args.get("before", "")
    if text and not (text.isascii() and text.isdecimal() and int(text) <= LARGEST_INT):
        raise BadRequest(_("没有这一页。"))
    return int(text) if text else None
