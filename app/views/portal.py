"""企业首页: what an enterprise has to do, holds, meets and may apply for; its applications and reports of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.duties.demand_response_states import STATES
from app.errors import InvalidForm, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise
from app.queries import activity_offers, inbox, ladder, portal, practical_matters
from app.queries.inbox import Filters
from app.queries.task_page import open_task_of
from app.services import form_rules, library_applications, portal_applications, processes
from app.services.self_check import self_check
from app.services.title_maintenance.rows import CHANGE
from app.terms import TitleLevel, TitleStatus
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.form_parsing import to_number
from app.views.inbox import days_today
from app.views.task_view import new_key

bp = Blueprint("portal", __name__, url_prefix="/portal")

Answer = str | tuple[str, int] | Response

MOST_TASKS = 10
LIBRARY_FIELDS = ("chain", "product", "revenue_wan", "staff", "contact_name", "contact_phone", "reason")
NUMBERS = ("revenue_wan", "staff")
APPLICATION_WORDS = {
    "draft": _l("填报中"),
    "submitted": _l("审核中"),
    "returned": _l("退回补正"),
    "reviewed": _l("等待批次审定"),
    "postponed": _l("转入下一批次"),
    "lapsed": _l("未按期提交"),
    "withdrawn": _l("已撤回"),
    "fraud": _l("已终止"),
    "granted": _l("已认定"),
    "refused": _l("未通过"),
}
OPEN_APPLICATIONS = ("draft", "submitted", "returned", "reviewed", "postponed")


@bp.get("")
def page() -> str:
    house, today, days = current_house(), clock.today(), days_today(current_house())
    with house.database.reading() as session:
        enterprise = _own(session)
        titles = portal.titles_of(session, enterprise.id)
        level = ladder.next_level(ladder.live_titles(titles, today))
        tasks = inbox.page(session, current_actor(), days, Filters(), limit=MOST_TASKS).lines
        batches = portal.open_batches(session, today)
        return render_template(
            "portal/page.html",
            enterprise=enterprise,
            titles=titles,
            rungs=ladder.rungs(titles, today),
            tasks=[(line, distance_words(line.due_on, today, house.calendar)) for line in tasks],
            matters=portal.matters(session, enterprise.id),
            batches=[(batch, portal_applications.refusals(session, batch, enterprise, today)) for batch in batches],
            applications=portal.applications_of(session, enterprise.id),
            check=self_check(session, enterprise, level, today) if level else None,
            level=level,
            demands=portal.demands_of(session, enterprise.id),
            packages=portal.packages_of(session, enterprise.id),
            activities=activity_offers.offers(session, enterprise.id, today),
            asked=practical_matters.asked_of(session, enterprise.id, today),
            specialists=portal.specialists_of(session, enterprise.id),
            may_enter_library=enterprise.library_since is None
            and not library_applications.is_under_way(session, enterprise.id),
            words=APPLICATION_WORDS,
            open_applications=OPEN_APPLICATIONS,
            levels=_labels(TitleLevel),
            statuses=_labels(TitleStatus),
            demand_states=STATES,
            today=today,
            key=new_key(),
        )


@bp.post("/applications")
def apply() -> Response:
    """Begin the application in an open batch, and go on with its form."""
    house, actor = current_house(), current_actor()
    try:
        answer = portal_applications.apply(house, actor, request.form.get("batch", 0, int), key=_key())
    except (InvalidForm, RuleViolation) as refused:
        return _refused(refused)
    return _to_task(str(answer["instance_id"]))


@bp.post("/applications/<int:application_id>/withdrawal")
def withdraw_application(application_id: int) -> Response:
    portal_applications.withdraw(current_house(), current_actor(), application_id, key=_key())
    flash(_("申请已撤回"))
    return redirect(url_for("portal.page"))


@bp.get("/library")
def library() -> str:
    return _library({}, {})


@bp.post("/library")
def apply_for_library() -> Answer:
    """The enterprise puts itself on its locality's list."""
    typed = {name: request.form.get(name, "").strip() for name in LIBRARY_FIELDS}
    answers = {name: to_number(text) if name in NUMBERS else text for name, text in typed.items() if text}
    try:
        library_applications.apply_for_library(current_house(), current_actor(), answers, key=_key())
    except InvalidForm as refused:
        return _library(typed, {one["field"]: one["text"] for one in refused.extra["errors"]}), refused.status
    flash(_("入库申请已提交，由属地审核推荐"))
    return redirect(url_for("portal.page"))


@bp.post("/library/consents/<int:row_id>")
def answer_consent(row_id: int) -> Response:
    agrees = request.form.get("agrees") == "yes"
    library_applications.answer_consent(current_house(), current_actor(), row_id, agrees, key=_key())
    flash(_("已答复") if agrees else _("已答复：不同意入库"))
    return redirect(url_for("portal.page"))


@bp.get("/changes")
def change() -> str:
    return _change({}, {})


@bp.post("/changes")
def report_change() -> Answer:
    """Open the report of a major change, and go on with its form."""
    house, actor = current_house(), current_actor()
    typed = {name: request.form.get(name, "").strip() for name in ("kind", "event_on")}
    variables = {**typed, "enterprise_id": actor.enterprise_id, "noticed_by": "enterprise"}
    try:
        answer = processes.start(house, actor, CHANGE, variables, key=_key())
    except RuleViolation as refused:
        return _change(typed, {refused.field: refused.text}), refused.status
    return _to_task(str(answer["id"]))


def _own(session: Session) -> Enterprise:
    enterprise_id = current_actor().enterprise_id
    if enterprise_id is None:
        raise NotPermitted(_("请使用企业账号。"))
    return portal.own_enterprise(session, enterprise_id)


def _library(typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    with current_house().database.reading() as session:
        enterprise = _own(session)
        known = {
            "chain": enterprise.chain,
            "product": enterprise.product,
            "contact_name": enterprise.contact_name,
            "contact_phone": enterprise.contact_phone,
        }
        return render_template(
            "portal/library.html",
            enterprise=enterprise,
            chains=[(chain, chain) for chain in current_house().chains.choices],
            values={**known, **typed},
            errors=errors,
            key=new_key(),
        )


def _change(typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    kinds = form_rules.read_form("title_maintenance.report_change")["properties"]["kind"]["oneOf"]
    with current_house().database.reading() as session:
        return render_template(
            "portal/change.html",
            enterprise=_own(session),
            kinds=[(one["const"], one["title"]) for one in kinds],
            values=typed,
            errors=errors,
            today=clock.today(),
            key=new_key(),
        )


def _refused(refused: InvalidForm | RuleViolation) -> Response:
    for one in refused.extra["errors"]:
        flash(one["text"], "error")
    return redirect(url_for("portal.page"))


def _to_task(instance_id: str) -> Response:
    with current_house().database.reading() as session:
        task_id = open_task_of(session, current_actor(), instance_id)
    return redirect(url_for("tasks.page", task_id=task_id) if task_id else url_for("portal.page"))


def _labels(words: Any) -> dict[str, str]:
    return {word.value: word.label for word in words}


def _key() -> str:
    return request.form.get("_key") or new_key()
