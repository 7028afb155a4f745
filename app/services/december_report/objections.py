"""Figures on which a co-responsible unit disagrees with the lead, as long as no reviewer has settled them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.quantity import to_decimal
from app.models.december_report import DecemberReport, FigureDifference
from app.queries.settled_indicators import SettledIndicator
from app.services.december_report.scope import Scope

SUBMITTED = ("signed", "accepted")


@dataclass(frozen=True)
class Objection:
    """unit_id: who objects. value: the lead's figure; objected, source and reason: the other unit's."""

    indicator: SettledIndicator
    unit_id: str
    value: Decimal
    objected: Decimal
    source: str
    reason: str

    @property
    def id(self) -> str:
        return f"{self.unit_id}:{self.indicator.number}"


def open_objections(session: Session, report: DecemberReport, scope: Scope) -> list[Objection]:
    """What the reviewer of this report must settle.

    In the lead's report, the objections of all units that have submitted; in another unit's, its own where the lead's
    figure was accepted before.
    """
    others = _reports_beside(session, report, scope)
    found = [
        objection
        for indicator in scope.led
        for other in others
        if other.unit_id in indicator.co_unit_ids
        for objection in _between(indicator, lead=report, objector=other)
    ]
    found += [
        objection
        for indicator in scope.shared
        for other in others
        if other.unit_id == indicator.lead_id and other.status == "accepted"
        for objection in _between(indicator, lead=other, objector=report)
    ]
    settled = _settled(session, report.year, [row.indicator for row in found])
    return [row for row in found if (row.indicator.id, row.unit_id) not in settled]


def figure_of(report: DecemberReport, number: int) -> dict[str, Any] | None:
    """The submitted row of an indicator."""
    return next((row for row in report.answers.get("figures", ()) if row["no"] == number), None)


def _reports_beside(session: Session, report: DecemberReport, scope: Scope) -> Sequence[DecemberReport]:
    leads = {row.lead_id for row in scope.shared}
    units = {unit for row in scope.led for unit in row.co_unit_ids} | leads
    if not units:
        return []
    wanted = (
        DecemberReport.year == report.year,
        DecemberReport.unit_id.in_(units - {report.unit_id}),
        DecemberReport.status.in_(SUBMITTED),
    )
    return session.scalars(select(DecemberReport).where(*wanted).order_by(DecemberReport.id)).all()


def _between(indicator: SettledIndicator, lead: DecemberReport, objector: DecemberReport) -> Iterator[Objection]:
    figure = figure_of(lead, indicator.number)
    for row in objector.answers.get("shared_figures", ()):
        if row["no"] == indicator.number and row.get("objected_value") is not None and figure is not None:
            yield Objection(
                indicator=indicator,
                unit_id=objector.unit_id,
                value=to_decimal(figure["value"]),
                objected=to_decimal(row["objected_value"]),
                source=row.get("objected_source", ""),
                reason=row.get("objection_reason", ""),
            )


def _settled(session: Session, year: int, indicators: Sequence[SettledIndicator]) -> set[tuple[int, str]]:
    if not indicators:
        return set()
    wanted = (
        FigureDifference.year == year,
        FigureDifference.indicator_id.in_({row.id for row in indicators}),
        FigureDifference.settled != "",
    )
    rows = session.execute(select(FigureDifference.indicator_id, FigureDifference.unit_id).where(*wanted))
    return {(indicator_id, unit_id) for indicator_id, unit_id in rows}
