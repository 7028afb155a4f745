"""One indicator: target by target, figure by figure, what the plan says of it; and the office's form for a figure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.duties.pace import WORDS
from app.errors import InvalidForm, NotFound, RuleViolation
from app.models.plan import Plan
from app.queries import indicator_page, plan_browser, standings, units
from app.queries.actor import Actor
from app.queries.progress import seen_indicator
from app.services import actuals
from app.services.library_counts import counts_of
from app.terms import Nature, Role, Source
from app.views import charts, light_panels
from app.views.context import current_actor, current_house

bp = Blueprint("indicators", __name__, url_prefix="/indicators")


@bp.get("/<int:number>")
def one(number: int) -> str:
    return _page(number)


@bp.post("/<int:number>/actuals")
def record(number: int) -> Response | tuple[str, int]:
    try:
        given = _given()
        actuals.record_actual(current_house(), current_actor(), number, **given, key=_key())
    except InvalidForm as refused:
        return _page(number, dict(refused.errors)), refused.status
    except RuleViolation as refused:
        return _page(number, {refused.field: refused.text}), refused.status
    flash(_("已登记 %(year)s 年的完成值。", year=given["year"]))
    return redirect(url_for("indicators.one", number=number, year=given["year"]))


def _page(number: int, errors: Mapping[str, str] | None = None) -> str:
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        plan = standings.newest_plan(session)
        if plan is None:
            raise NotFound
        indicator = plan_browser.indicator(session, plan, number)
        year = _year(plan)
        found = standings.standings(session, plan, year, today)[number - 1]
        targets = indicator_page.targets(session, indicator.id)
        counts = counts_of(current_house(), plan.key).get(number)
        figures = indicator_page.figures(session, indicator.id, year)
        is_counted = counts is not None and any(row.source == Source.LEDGER for row in figures)
        return render_template(
            "indicators/one.html",
            plan=plan,
            indicator=indicator,
            standing=found,
            year=year,
            years=_years(plan, number, year),
            option=_trend(session, found, year),
            targets=targets,
            in_force={row.id for row in standings.targets_in_force(session, plan.first_year, plan.last_year).values()},
            figures=figures,
            reported=indicator_page.reported(session, indicator.id, year, None if actor.reads_all else actor.unit_ids),
            shares=indicator_page.shares(session, indicator.id),
            discrepancies=plan_browser.discrepancies_of(session, plan, indicators=number),
            promises=plan_browser.promises_of(session, plan, number),
            names={unit.id: unit.short_name for unit in units.units(session)},
            sources=[(source.value, source.label) for source in Source],
            natures=[(nature.value, nature.label) for nature in Nature],
            source_words={source.value: source.label for source in Source},
            nature_words={nature.value: nature.label for nature in Nature},
            can_record=actor.has(Role.OFFICE) and not is_counted,
            is_counted=is_counted,
            opens_list=counts is not None and may_open("library.of_indicator", actor),
            may_see_all=actor.reads_all,
            sees_figures=_sees_figures(session, actor, indicator.id),
            explained=light_panels.of_indicator(session, actor, found, year),
            words=WORDS,
            errors=errors or {},
            values=request.form,
            today=today,
            key=_key(),
        )


def _sees_figures(session: Session, actor: Actor, indicator_id: int) -> bool:
    """What the plan says of an indicator is for everybody; how far it is, for those who take part in it."""
    try:
        seen_indicator(session, actor, indicator_id)
    except NotFound:
        return False
    return True


def _trend(session: Session, found: standings.Standing, year: int) -> dict[str, Any]:
    figures = indicator_page.growth(session, found.indicator.id, year, clock.today())
    target = standings.targets_in_force(session, year, year).get((found.indicator.id, year))
    return charts.trend(found, figures, year, standings.planned_quarters(found.indicator, target))


def _year(plan: Plan) -> int:
    asked = request.args.get("year", "")
    wanted = int(asked) if asked.isdecimal() else clock.today().year
    return min(max(wanted, plan.first_year), plan.last_year)


def _years(plan: Plan, number: int, chosen: int) -> list[dict[str, Any]]:
    return [
        {
            "href": url_for("indicators.one", number=number, year=year),
            "label": _("%(year)s年", year=year),
            "is_current": year == chosen,
        }
        for year in range(plan.first_year, plan.last_year + 1)
    ]


def _given() -> dict[str, Any]:
    """What the form says, typed. Raises InvalidForm for what is no day, number or word of the form."""
    errors: list[tuple[str, str]] = []
    as_of, value = _day(request.form.get("as_of", "")), _number(request.form.get("value", ""))
    if as_of is None:
        errors.append(("as_of", _("请填写截止日。")))
    if value is None:
        errors.append(("value", _("请填写数字。")))
    if errors or as_of is None:
        raise InvalidForm(errors)
    return {
        "year": as_of.year,
        "as_of": as_of,
        "value": value,
        "nature": Nature.EXPECTED if request.form.get("nature") == Nature.EXPECTED else Nature.ACTUAL,
        "source": _source(request.form.get("source", "")),
        "note": request.form.get("note", ""),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _source(word: str) -> Source:
    if word not in set(Source):
        raise InvalidForm([("source", _("请选择数据来源。"))])
    return Source(word)


def _key() -> str:
    return request.form.get("_key") or secrets.token_urlsafe(16)
