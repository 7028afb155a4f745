"""How lights have turned, what is forecast of open matters, and how good such forecasts were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from app.models.organization import Unit
from app.models.outlook import INDICATOR, TASK, Backtest, ForecastRow, LightChange
from app.models.plan import Indicator
from app.models.user_task import IS_OPEN, UserTask

MOST_TURNS = 30
IS_CURRENT = ForecastRow.is_current == true()


@dataclass(frozen=True)
class LikelyLate:
    """An open user task that may be finished late, with the short name of its unit."""

    forecast: ForecastRow
    task: UserTask
    unit: str


@dataclass(frozen=True)
class LikelyMissed:
    forecast: ForecastRow
    indicator: Indicator
    unit: str


def ref_of_indicator(indicator_id: int, year: int) -> str:
    return f"{indicator_id}:{year}"


def turns_of(session: Session, subject: str, ref: str) -> Sequence[LightChange]:
    """The latest first."""
    rows = select(LightChange).where(LightChange.subject == subject, LightChange.ref == ref)
    return session.scalars(rows.order_by(LightChange.id.desc()).limit(MOST_TURNS)).all()


def forecast_of(session: Session, subject: str, ref: str) -> ForecastRow | None:
    """Of what is open still."""
    rows = select(ForecastRow).where(ForecastRow.subject == subject, ForecastRow.ref == ref, IS_CURRENT)
    if subject == TASK:
        rows = rows.where(exists().where(UserTask.id == ForecastRow.ref, IS_OPEN))
    return session.scalars(rows.order_by(ForecastRow.on.desc()).limit(1)).one_or_none()


def likely_late(
    session: Session, limit: int, above: float = 0.0, where: ColumnElement[bool] | None = None
) -> list[LikelyLate]:
    """The likeliest first. above: only chances of more than this. where: which user tasks; all without it."""
    rows = session.execute(
        select(ForecastRow, UserTask, Unit.short_name)
        .join(UserTask, UserTask.id == ForecastRow.ref)
        .join(Unit, Unit.id == UserTask.unit_id)
        .where(ForecastRow.subject == TASK, IS_CURRENT, ForecastRow.chance > above, IS_OPEN)
        .where(true() if where is None else where)
        .order_by(ForecastRow.chance.desc(), ForecastRow.id)
        .limit(limit)
    ).all()
    return [LikelyLate(*row) for row in rows]


def likely_missed(session: Session, year: int, limit: int, above: float = 0.0) -> list[LikelyMissed]:
    """Indicators of the running year, the likeliest to miss its target first."""
    found = session.execute(
        select(ForecastRow, Unit.short_name)
        .join(Unit, Unit.id == ForecastRow.unit_id)
        .where(ForecastRow.subject == INDICATOR, IS_CURRENT, ForecastRow.chance > above)
        .order_by(ForecastRow.chance.desc(), ForecastRow.id)
    ).all()
    own = [(row, unit) for row, unit in found if row.ref.endswith(f":{year}")][:limit]
    ids = [int(row.ref.partition(":")[0]) for row, _unit in own]
    indicators = {one.id: one for one in session.scalars(select(Indicator).where(Indicator.id.in_(ids)))}
    return [LikelyMissed(row, indicators[id_], unit) for id_, (row, unit) in zip(ids, own, strict=True)]


def backtests(session: Session) -> dict[str, Backtest]:
    """The last one of each subject."""
    newest = select(func.max(Backtest.id)).group_by(Backtest.subject)
    return {row.subject: row for row in session.scalars(select(Backtest).where(Backtest.id.in_(newest)))}
