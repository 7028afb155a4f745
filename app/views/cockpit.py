"""驾驶舱: whether the year is on pace, and what the leading group must decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.duties.supervision_order import LEVEL_WORDS
from app.errors import BadRequest, NotFound
from app.models.plan import Plan
from app.queries import cockpit, indicator_page, orders, outlook, pairings, standings, units
from app.queries.standings import Standing
from app.terms import Light
from app.views import charts, light_panels
from app.views.context import current_actor, current_house
from app.views.distances import distance_words

bp = Blueprint("cockpit", __name__, url_prefix="/cockpit")

WHOLE_PLAN = "plan"
ORDERS_SHOWN = 4
LIKELY = 5  # indicators whose forecast is shown


@bp.get("")
def page() -> str:
    house, today = current_house(), clock.today()
    with house.database.reading() as session:
        plan = standings.newest_plan(session)
        if plan is None:
            raise NotFound(_("还没有载入计划。"))
        year = _year(plan)
        found = standings.standings(session, plan, year, today)
        is_worst_first = request.args.get("order") == "worst"
        dated = [row.figure.as_of for row in found if row.figure]
        return render_template(
            "cockpit/page.html",
            plan=plan,
            year=year,
            years=_years(plan, year),
            orders=_orders(is_worst_first),
            standings=standings.worst_first(found) if is_worst_first else found,
            counts=standings.counts(found),
            behind=standings.behind(found),
            as_of=max(dated, default=None),
            running=orders.running(session, today, house.calendar, ORDERS_SHOWN),
            level_words=LEVEL_WORDS,
            distance=lambda on: distance_words(on, today, house.calendar),
            decisions=cockpit.decisions(session, today, house.calendar),
            is_decider="leader" in current_actor().principals,
            localities=cockpit.localities(session, year or min(today.year, plan.last_year), today),
            chart=_chart(session, found, year) if year else None,
            covered=pairings.covered(session, today, house.calendar),
            missed=outlook.likely_missed(session, today.year, LIKELY) if year == today.year else [],
            chance_of=light_panels.chance_of,
            names={unit.id: unit.short_name for unit in units.units(session)},
        )


def _year(plan: Plan) -> int | None:
    """The year that is asked for, else this one; None for the whole plan."""
    asked = request.args.get("year", "")
    if asked == WHOLE_PLAN:
        return None
    if not asked:
        return min(max(clock.today().year, plan.first_year), plan.last_year)
    if not asked.isdecimal() or not plan.first_year <= int(asked) <= plan.last_year:
        raise BadRequest
    return int(asked)


def _years(plan: Plan, chosen: int | None) -> list[dict[str, Any]]:
    order = request.args.get("order")
    entries: list[tuple[str | int, str]] = [(WHOLE_PLAN, _("计划累计"))]
    entries += [(year, _("%(year)s年", year=year)) for year in range(plan.first_year, plan.last_year + 1)]
    return [
        {
            "href": url_for("cockpit.page", year=value, order=order),
            "label": label,
            "is_current": value == (chosen or WHOLE_PLAN),
        }
        for value, label in entries
    ]


def _orders(is_worst_first: bool) -> list[dict[str, Any]]:
    year = request.args.get("year")
    return [
        {"href": url_for("cockpit.page", year=year), "label": _("按计划顺序"), "is_current": not is_worst_first},
        {
            "href": url_for("cockpit.page", year=year, order="worst"),
            "label": _("落后在前"),
            "is_current": is_worst_first,
        },
    ]


def _chart(session: Session, found: Sequence[Standing], year: int) -> dict[str, Any] | None:
    """The trend of the indicator that is asked for, else of the one furthest behind that has a target."""
    asked = request.args.get("indicator", "")
    worst = [row for row in standings.worst_first(found) if row.target is not None and row.light is not Light.GREY]
    chosen = next((row for row in found if str(row.indicator.number) == asked), worst[0] if worst else None)
    if chosen is None:
        return None
    figures = indicator_page.growth(session, chosen.indicator.id, year, clock.today())
    target = standings.targets_in_force(session, year, year).get((chosen.indicator.id, year))
    quarters = standings.planned_quarters(chosen.indicator, target)
    return {"standing": chosen, "option": charts.trend(chosen, figures, year, quarters)}
