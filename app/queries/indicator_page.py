"""One indicator's page: how its figure grew, every figure, report and target there was, how targets were divided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.progress_monitoring import Period
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget, TargetBreakdown
from app.models.organization import Unit
from app.models.person import Person
from app.models.progress_monitoring import ProgressFigure
from app.models.user_task import Attachment
from app.terms import Nature


@dataclass(frozen=True)
class Share:
    """A locality's part of a target that was divided."""

    unit: str
    value: Decimal


def growth(session: Session, indicator_id: int, year: int, until: date) -> list[IndicatorActual]:
    """The accepted figures of a year, one a day, in the order of their days."""
    where = (IndicatorActual.indicator_id == indicator_id, IndicatorActual.year == year)
    rows = session.scalars(
        select(IndicatorActual)
        .where(*where, IndicatorActual.nature == Nature.ACTUAL, IndicatorActual.as_of <= until)
        .order_by(IndicatorActual.as_of, IndicatorActual.id)
    )
    return list({row.as_of: row for row in rows}.values())


def figures(session: Session, indicator_id: int, year: int) -> Sequence[IndicatorActual]:
    """Everything that was recorded of an indicator's year, the latest first."""
    rows = select(IndicatorActual).where(IndicatorActual.indicator_id == indicator_id, IndicatorActual.year == year)
    return session.scalars(rows.order_by(IndicatorActual.as_of.desc(), IndicatorActual.id.desc())).all()


def targets(session: Session, indicator_id: int) -> Sequence[AnnualTarget]:
    """Every target that was ever set for an indicator, the latest first."""
    rows = select(AnnualTarget).where(AnnualTarget.indicator_id == indicator_id)
    return session.scalars(rows.order_by(AnnualTarget.year.desc(), AnnualTarget.revision.desc())).all()


def shares(session: Session, indicator_id: int) -> Mapping[int, Sequence[Share]]:
    """By year, how the target was divided among localities, in the newest revision of each."""
    rows = session.execute(
        select(TargetBreakdown, Unit.short_name)
        .join(Unit, Unit.id == TargetBreakdown.unit_id)
        .where(TargetBreakdown.indicator_id == indicator_id)
        .order_by(TargetBreakdown.year, TargetBreakdown.revision, Unit.position)
    )
    newest: dict[int, dict[str, Share]] = {}
    for row, name in rows:
        newest.setdefault(row.year, {})[row.unit_id] = Share(name, row.value)
    return {year: list(found.values()) for year, found in newest.items()}


@dataclass(frozen=True)
class Reported:
    """A figure of 运行监测 as accepted. files: (id, name) of the evidence; verified_by: empty for the machine."""

    period: str
    unit: str
    value: Decimal
    expected: Decimal | None
    light: str
    is_basis_open: bool
    reason: str
    files: Sequence[tuple[str, str]]
    verified_by: str
    recorded_at: datetime
    instance_id: str


def reported(session: Session, indicator_id: int, year: int, units: Collection[str] | None = None) -> list[Reported]:
    """What units reported of the indicator in a year, the latest first; units: only of these."""
    wanted = select(ProgressFigure, Unit.short_name, Person.name).join(Unit, Unit.id == ProgressFigure.unit_id)
    wanted = wanted.outerjoin(Person, Person.login == ProgressFigure.verified_by)
    where = [ProgressFigure.indicator_id == indicator_id, ProgressFigure.year == year]
    if units is not None:
        where.append(ProgressFigure.unit_id.in_(units))
    rows = session.execute(
        wanted.where(*where).order_by(ProgressFigure.as_of.desc(), Unit.position, ProgressFigure.id.desc())
    ).all()
    ids = {file for figure, _, _ in rows for file in figure.evidence}
    stored = session.execute(select(Attachment.id, Attachment.name).where(Attachment.id.in_(ids)))
    names = {row.id: row.name for row in stored}
    return [
        Reported(
            period=Period.read(figure.period).name,
            unit=unit,
            value=figure.value,
            expected=figure.expected,
            light=figure.light,
            is_basis_open=figure.is_basis_open,
            reason="；".join(filter(None, (figure.reason, figure.lag_reason, figure.lag_step))),
            files=[(file, names[file]) for file in figure.evidence if file in names],
            verified_by=person or "",
            recorded_at=figure.recorded_at,
            instance_id=figure.instance_id,
        )
        for figure, unit, person in rows
    ]
