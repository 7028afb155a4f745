"""分析: the second page of the cockpit, where charts compare: indicators, localities, the ranking, what forms ask."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.errors import BadRequest, NotFound
from app.models.plan import Plan
from app.queries import assessments, burden, cockpit, standings
from app.services.asked_fields import asked_fields
from app.views import analysis_charts
from app.views.context import current_actor, current_house

bp = Blueprint("analysis", __name__, url_prefix="/cockpit/analysis")


@bp.get("")
def page() -> str:
    today = clock.today()
    with current_house().database.reading() as session:
        plan = standings.newest_plan(session)
        if plan is None:
            raise NotFound(_("还没有载入计划。"))
        year = _year(plan)
        found = standings.standings(session, plan, year, today)
        known = [row for row in found if row.is_count and row.percent is not None]
        localities, asked = cockpit.localities(session, year, today), burden.burdens(session, year, asked_fields)
        busy = [row for row in asked if row.tasks or row.before]
        return render_template(
            "cockpit/analysis.html",
            year=year,
            years=_years(plan, year),
            known=known,
            others=[row for row in found if row not in known],
            pace=analysis_charts.pace(known) if known else None,
            localities=localities,
            locality_chart=analysis_charts.localities(localities) if any(row.limited for row in localities) else None,
            burdens=busy,
            burden_chart=analysis_charts.burden(busy) if any(row.tasks for row in busy) else None,
            **_ranking(session, year),
        )


def _ranking(session: Session, year: int) -> dict[str, Any]:
    """The newest assessment of this year or one before: this year's is made only after it is over."""
    assessed = next((one for one in assessments.years(session) if one <= year), None)
    if assessed is None:
        return {"rankings": []}
    shown = assessments.year_page(session, current_actor(), assessed)
    rankings = [
        (assessments.RANKINGS[key], lines, analysis_charts.ranking(lines))
        for key, lines in shown.rankings.items()
        if any(line.score.total is not None for line in lines)
    ]
    return {"rankings": rankings, "assessed": assessed, "is_final": shown.assessment.approved_on is not None}


def _year(plan: Plan) -> int:
    """The year that is asked for, else this one. Raises BadRequest outside of the plan."""
    asked = request.args.get("year", "")
    if not asked:
        return min(max(clock.today().year, plan.first_year), plan.last_year)
    if not asked.isdecimal() or not plan.first_year <= int(asked) <= plan.last_year:
        raise BadRequest
    return int(asked)


def _years(plan: Plan, chosen: int) -> list[dict[str, Any]]:
    return [
        {
            "href": url_for("analysis.page", year=year),
            "label": _("%(year)s年", year=year),
            "is_current": year == chosen,
        }
        for year in range(plan.first_year, plan.last_year + 1)
    ]
