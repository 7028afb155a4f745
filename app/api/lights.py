"""Why a light is what it is, how it has turned, what is forecast, and the rules behind: lights, pace and reminders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field

from app import clock
from app.api.resources import Reply, reads, resource
from app.api.shapes import ById, ByNumber, Instant, Path, Query, Shape, listed
from app.duties.lights import explain
from app.duties.rule_tables import KINDS, LIGHTS
from app.models.outlook import INDICATOR, TASK, ForecastRow, LightChange
from app.models.user_task import NO_DUE_DATE
from app.queries import outlook, rule_tables
from app.queries.progress import seen_indicator
from app.queries.rule_tables import KnownTable
from app.queries.sight import seen_task
from app.terms import TaskStatus
from app.views.context import current_actor, current_house

bp = resource("lights", "Lights, rules and forecasts")

MOST = 200


class OnDay(Query):
    """on: the version that holds on this day; today's without it."""

    on: date | None = None


class OfTable(Path):
    key: str = Field(max_length=40)


class Likely(Query):
    """above: only chances of more than this, 0 to 1."""

    above: float = Field(0.3, ge=0, le=1)
    limit: int = Field(50, ge=1, le=MOST)


class OfYear(Query):
    year: int | None = Field(None, ge=2000, le=2100)


class RuleTable(Shape):
    """in_force_from: null for the version that ships with the product. content: as its form fills it."""

    key: str
    name: str
    version: int
    in_force_from: date | None
    content: dict[str, Any]


class RuleTableList(Shape):
    items: list[RuleTable]
    next_cursor: str | None


class Change(Shape):
    """on: the day from which the light was `after`. cause: time, held, granted, completed, figure, target, rule …"""

    on: date
    at: Instant
    before: str
    after: str
    cause: str
    text: str


class Forecast(Shape):
    """chance, low, high: 0 to 1, of being late or of missing the target. value: where an indicator's year will end."""

    chance: float
    low: float
    high: float
    value: float | None
    value_low: float | None
    value_high: float | None
    reasons: list[str]
    method: str
    until_on: date


class Light(Shape):
    """light: null for a cancelled user task. row: the row of the rule that was applied."""

    light: str | None
    sentence: str
    rule: str
    rule_version: int
    row: str
    inputs: dict[str, str]
    changes: list[Change]
    forecast: Forecast | None


class Outlook(Shape):
    changes: list[Change]
    forecast: Forecast | None


class LikelyLate(Shape):
    user_task: str
    title: str
    name: str
    unit: str
    due_on: date
    forecast: Forecast


class LikelyLateList(Shape):
    items: list[LikelyLate]
    next_cursor: str | None


@bp.get("/rule-tables", responses=reads(RuleTableList))
def list_rule_tables(query: OnDay) -> Reply:
    """The rules of lights, pace and reminders that hold on a day."""
    with current_house().database.reading() as session:
        tables, day = rule_tables.in_force(session), query.on or clock.today()
        return listed([_table(tables.known(key, day)) for key in KINDS], None)


@bp.get("/rule-tables/<key>", responses=reads(RuleTable))
def get_rule_table(path: OfTable, query: OnDay) -> Reply:
    """key: task_lights, indicator_pace or reminders."""
    with current_house().database.reading() as session:
        key = rule_tables.kind_of(path.key).key
        return _table(rule_tables.in_force(session).known(key, query.on or clock.today())).as_json()


@bp.get("/user-tasks/<id>/light", responses=reads(Light))
def get_user_task_light(path: ById) -> Reply:
    """Rule, inputs, changes and forecast of a user task one may see."""
    house = current_house()
    with house.database.reading() as session:
        task = seen_task(session, current_actor(), path.id)
        known = rule_tables.in_force(session).known(LIGHTS, clock.local(task.created_at).date())
        why = explain(
            TaskStatus(task.status), None if task.due_on == NO_DUE_DATE else task.due_on, task.limit_days, clock.now(),
            house.calendar, known.table, why=task.due_rule, waiting=task.is_held, optional=task.is_optional,
        )  # fmt: skip
        return Light(
            light=why.light.value if why else None,
            sentence=why.sentence if why else "",
            rule=known.kind.key,
            rule_version=known.number,
            row=why.row if why else "",
            inputs=dict(why.inputs) if why else {},
            changes=_changes(outlook.turns_of(session, TASK, task.id)),
            forecast=_forecast(outlook.forecast_of(session, TASK, task.id)),
        ).as_json()


@bp.get("/indicators/<id>/outlook", responses=reads(Outlook))
def get_indicator_outlook(path: ByNumber, query: OfYear) -> Reply:
    """How the light of an indicator has turned in a year, and what is forecast of the running one."""
    with current_house().database.reading() as session:
        indicator = seen_indicator(session, current_actor(), path.id)
        ref = outlook.ref_of_indicator(indicator.id, query.year or clock.today().year)
        return Outlook(
            changes=_changes(outlook.turns_of(session, INDICATOR, ref)),
            forecast=_forecast(outlook.forecast_of(session, INDICATOR, ref)),
        ).as_json()


@bp.get("/forecasts", responses=reads(LikelyLateList))
def list_forecasts(query: Likely) -> Reply:
    """Open user tasks that may be finished late, the likeliest first; at most `limit`."""
    with current_house().database.reading() as session:
        return listed([_late(row) for row in outlook.likely_late(session, query.limit, query.above)], None)


def _table(known: KnownTable) -> RuleTable:
    return RuleTable(
        key=known.kind.key,
        name=known.kind.name,
        version=known.number,
        in_force_from=known.in_force_from,
        content=dict(known.content),
    )


def _changes(rows: Sequence[LightChange]) -> list[Change]:
    return [Change.model_validate(row) for row in rows]


def _forecast(row: ForecastRow | None) -> Forecast | None:
    return None if row is None else Forecast.model_validate(row)


def _late(row: outlook.LikelyLate) -> LikelyLate:
    task, told = row.task, Forecast.model_validate(row.forecast)
    return LikelyLate(
        user_task=task.id, title=task.title, name=task.name, unit=task.unit_id, due_on=task.due_on, forecast=told
    )
