"""千企升级培育库 and 高成长企业: progress against the plan, whom a figure counts, the ranked list."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.duties.library_counts import NO_COUNTS, Count, PlanCounts
from app.duties.library_entry import proxy_from
from app.errors import InvalidForm, NotFound, RuleViolation
from app.models.enterprise import Enterprise
from app.models.plan import Commitment, Plan
from app.queries import growth_list, library_counts, library_progress, plan_browser, standings
from app.queries.actor import Actor
from app.queries.enterprise_sight import scope_of
from app.queries.indicator_page import growth
from app.queries.progress import seen_indicator
from app.services import growth_plans, processes, proxies
from app.terms import InstanceStatus, Role, Source
from app.views.context import current_actor, current_house

bp = Blueprint("library", __name__)

Answer = Response | str | tuple[str, int]
PAGE = 100
LISTED = {
    "listed": _l("已列入"),
    "skipped": _l("未列入"),
    "silent": _l("未确认"),
    "declined": _l("企业不同意"),
    "refused": _l("未通过"),
    "entered": _l("已入库"),
}
STAGES = {
    "nominating": _l("推荐中"),
    "signing": _l("审签中"),
    "asking": _l("企业确认中"),
    "reviewing": _l("审核中"),
    "deciding": _l("审定中"),
    "entered": _l("已入库"),
    "checking": _l("核查中"),
    "checked": _l("已核查"),
    "drafting": _l("编制中"),
    "confirming": _l("企业确认中"),
    "cultivating": _l("实施中"),
    "finished": _l("已完成"),
}
PLACES = {
    "nominated": _l("已推荐"),
    "chosen": _l("拟入选"),
    "selected": _l("已入选"),
    "removed": _l("已移出"),
}


@bp.get("/library")
def page() -> str:
    """Entries and stock against the plan's numbers, and the year's lists."""
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        plan, counts = _plan(session)
        year = _year(plan)
        found = library_progress.progress(session, plan, counts, year, _day_of(year, today))
        own = _own_localities(session, actor)
        return render_template(
            "library/page.html",
            found=found,
            years=_years("library.page", plan, year),
            localities=[row for row in found.localities if own is None or row.unit.id in own],
            lists=[row for row in found.lists if own is None or row.instance.unit_id in own],
            names={row.unit.id: row.unit.short_name for row in found.localities},
            stages=STAGES,
            states=LISTED,
            sees_all=own is None,
            can_open=_openable(session, actor, found, today),
            can_act=library_progress.may_act_for(session, actor),
            acts_from={row.instance.id: _acts_from(row) for row in found.lists if row.due_on},
            today=today,
            key=_key(),
        )


@bp.post("/library/lists")
def open_list() -> Response:
    """A locality opens its own list, the office anybody's."""
    variables = {"year": clock.today().year, "locality": request.form.get("locality", "")}
    try:
        answer = processes.start(current_house(), current_actor(), "library_entry", variables, key=_key())
    except RuleViolation as refused:
        flash(refused.text)
        return redirect(url_for("library.page"))
    flash(_("推荐名单已建立，请在待办中办理。"))
    return redirect(url_for("histories.one", instance_id=answer["id"]))


@bp.post("/library/takeovers/<task_id>")
def take_over(task_id: str) -> Response:
    """代办, by the bureau."""
    try:
        proxies.take_over(current_house(), current_actor(), task_id, request.form.get("reason", ""), key=_key())
    except InvalidForm as refused:
        flash("；".join(text for _field, text in refused.errors))
        return redirect(url_for("library.page"))
    flash(_("已转由认定主管部门代办，并记入流程历史。"))
    return redirect(url_for("tasks.page", task_id=task_id))


@bp.get("/indicators/<int:number>/enterprises")
def of_indicator(number: int) -> str:
    """Whom the figure of an indicator counts on a day."""
    actor = current_actor()
    with current_house().database.reading() as session:
        plan, counts = _plan(session)
        indicator = plan_browser.indicator(session, plan, number)
        seen_indicator(session, actor, indicator.id)
        count, on = counts.indicators.get(number), _on(plan)
        if count is None:
            raise NotFound(_("该指标不由台账自动计数。"))
        recorded = [row for row in growth(session, indicator.id, on.year, on) if row.source == Source.LEDGER]
        shown = {
            "title": _("指标%(number)s %(name)s", number=number, name=indicator.name),
            "back": url_for("indicators.one", number=number, year=on.year),
            "recorded": recorded[-1] if recorded else None,
            "unit": indicator.unit,
        }
        return _list(session, actor, count, on, **shown)


@bp.get("/commitments/<key>/enterprises")
def of_commitment(key: str) -> str:
    """Whom a promise of the plan's text counts on a day, such as the stock of the library."""
    with current_house().database.reading() as session:
        plan, counts = _plan(session)
        row = session.scalars(select(Commitment).where(Commitment.plan_id == plan.id, Commitment.key == key)).first()
        count = counts.commitments.get(key)
        if row is None or count is None:
            raise NotFound(_("该承诺不由台账自动计数。"))
        back = url_for("plan.measure", number=row.measure_number)
        return _list(session, current_actor(), count, _on(plan), title=row.subject, back=back, unit=row.unit)


@bp.get("/growth/<int:year>")
def selection(year: int) -> str:
    """The ranked list of a year's growth selection."""
    actor = current_actor()
    with current_house().database.reading() as session:
        plan, _counts = _plan(session)
        found = growth_list.growth_list(session, year)
        own = _own_localities(session, actor)
        return render_template(
            "library/growth.html",
            found=found,
            lines=[line for line in found.lines if own is None or line.locality in own],
            years=[
                {"href": url_for("library.selection", year=one), "label": _("%(year)s年", year=one),
                 "is_current": one == year}
                for one in range(plan.first_year, plan.last_year + 1)
            ],
            places=PLACES,
            stages=STAGES,
            sees_all=own is None,
            can_drop=actor.has(Role.OFFICE),
            key=_key(),
        )  # fmt: skip


@bp.post("/growth/plans/<instance_id>/drop")
def drop_plan(instance_id: str) -> Response:
    try:
        growth_plans.drop_plan(
            current_house(), current_actor(), instance_id, request.form.get("reason", ""), key=_key()
        )
    except InvalidForm as refused:
        flash("；".join(text for _field, text in refused.errors))
    else:
        flash(_("培育方案已终止，部门支持事项已关闭。"))
    return redirect(url_for("histories.one", instance_id=instance_id))


def _list(session: Session, actor: Actor, count: Count, on: date, **shown: Any) -> str:
    """The enterprises of a figure, as many as the actor may see; the number is that of all."""
    chains = current_house().chains.names
    found = library_counts.counted(session, count, on, chains)
    is_of_activities = count.sort == "activities"  # which are public, as the month's calendar is
    codes = [one.code for one in found]
    visible = set(codes) if is_of_activities else _visible(session, actor, codes)
    wanted = request.args.get("locality", "")
    rows = [one for one in found if one.code in visible and (not wanted or one.locality == wanted)]
    start = max(_number("from"), 0)
    places = library_counts.per_locality(found)
    return render_template(
        "library/enterprises.html",
        found=found,
        rows=rows[start : start + PAGE],
        total=len(rows),
        start=start,
        page=PAGE,
        hidden=len(found) - len(visible),
        on=on,
        value=library_counts.figure(session, count, on, chains),
        is_of_year=count.is_of_year,
        is_of_activities=is_of_activities,
        per_chain=library_counts.per_chain(found, chains) if count.sort == "density" else {},
        localities=[(unit, name, places[unit]) for unit, name in _names(found).items()],
        wanted=wanted,
        may_see_all=actor.reads_all,
        today=clock.today(),
        **{"recorded": None, **shown},
    )


def _names(found: list[library_counts.Counted]) -> dict[str, str]:
    return {one.locality: one.locality_name for one in sorted(found, key=lambda one: one.locality)}


def _visible(session: Session, actor: Actor, codes: list[str]) -> set[str]:
    """Of these, whose file the actor may open."""
    scope = scope_of(session, actor)
    if scope.sees_all:
        return set(codes)
    seen = set(session.scalars(select(Enterprise.id).where(scope.visible)))
    return seen & set(codes)


def _own_localities(session: Session, actor: Actor) -> frozenset[str] | None:
    """Whose rows a person of a locality sees; None for those who see all."""
    scope = scope_of(session, actor)
    return None if scope.sees_all or scope.shares else scope.localities


def _acts_from(line: library_progress.ListLine) -> date | None:
    """From which day on the bureau may act in the locality's name."""
    return proxy_from(line.due_on, current_house().calendar) if line.due_on else None


def _openable(session: Session, actor: Actor, found: library_progress.Progress, today: date) -> list[tuple[str, str]]:
    """Localities for which the actor may open a list now: id and name."""
    if found.year != today.year:
        return []
    busy = {
        line.instance.unit_id
        for line in found.lists
        if line.instance.definition_key == library_progress.LIST and line.instance.status == InstanceStatus.ACTIVE
    }
    free = [row.unit for row in found.localities if row.unit.ended_on is None and row.unit.id not in busy]
    mine = [unit for unit in free if actor.has(Role.OFFICE) or (actor.has(Role.CONTACT) and unit.id in actor.unit_ids)]
    return [(unit.id, unit.short_name) for unit in mine]


def _plan(session: Session) -> tuple[Plan, PlanCounts]:
    plan = standings.newest_plan(session)
    if plan is None:
        raise NotFound
    return plan, current_house().counts.get(plan.key, NO_COUNTS)


def _year(plan: Plan) -> int:
    asked = request.args.get("year", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) == 4 else clock.today().year
    return min(max(wanted, plan.first_year), plan.last_year)


def _day_of(year: int, today: date) -> date:
    """Today within the year, else its end."""
    return min(today, date(year, 12, 31)) if today.year >= year else date(year, 12, 31)


def _on(plan: Plan) -> date:
    """The day that was asked for, else today; a year alone means its end, or today."""
    text = request.args.get("on", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _day_of(_year(plan), clock.today())


def _years(endpoint: str, plan: Plan, chosen: int) -> list[dict[str, Any]]:
    return [
        {"href": url_for(endpoint, year=year), "label": _("%(year)s年", year=year), "is_current": year == chosen}
        for year in range(plan.first_year, plan.last_year + 1)
    ]


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
