"""A year's growth selection as a ranked list: who was nominated, the scores, who was selected, the plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.growth_selection import PARTS, Place, given_points, ranked, with_sheets
from app.duties.quantity import to_decimal
from app.models.library import GrowthMark, SupportLine
from app.models.organization import Unit
from app.models.process import ProcessInstance, WorkingRow

SELECTION, PLAN = "growth_selection", "growth_selection_plan"
NOMINATED, CHOSEN, SELECTED, REMOVED = "nominated", "chosen", "selected", "removed"


@dataclass(frozen=True)
class Line:
    """One place. parts: label -> points; state: one of the four words; plan: its growth plan, once there is one."""

    place: int
    code: str
    name: str
    locality: str
    locality_name: str
    score: Decimal
    experts: Decimal | None
    points: Decimal
    parts: Mapping[str, Decimal]
    note: str
    state: str
    reason: str
    plan: ProcessInstance | None


@dataclass(frozen=True)
class GrowthList:
    """selection: None before it was opened; number: how many are to be selected, None before that is set."""

    year: int
    selection: ProcessInstance | None
    number: int | None
    document: str
    lines: Sequence[Line]
    supports: Mapping[str, int]

    @property
    def selected(self) -> int:
        return sum(line.state == SELECTED for line in self.lines)


def growth_list(session: Session, year: int) -> GrowthList:
    key = f"{SELECTION}:{year}"
    selection = session.scalars(select(ProcessInstance).where(ProcessInstance.business_key == key)).first()
    if selection is None:
        return GrowthList(year, None, None, "", (), {})
    rows = _rows(session, selection.id)
    told = rows.get("selection", {}).get("", {})
    published = rows.get("published", {}).get("", {})
    lines = _lines(session, year, rows, told["number"]) if told else []
    return GrowthList(year, selection, told.get("number"), published.get("number", ""), lines, _supports(session, year))


def _rows(session: Session, instance_id: str) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in session.scalars(select(WorkingRow).where(WorkingRow.instance_id == instance_id)):
        found.setdefault(row.kind, {})[row.key] = dict(row.value)
    return found


def _lines(session: Session, year: int, rows: Mapping[str, Any], number: int) -> list[Line]:
    """Those that have a score; before the scores are reckoned nobody has a place."""
    candidates = {code: row for code, row in rows.get("candidate", {}).items() if "score" in row}
    order = ranked([Place(code, to_decimal(row["score"])) for code, row in candidates.items()])
    order = with_sheets(order, number, given_points(rows.get("sheet", {}).values()))
    marks = {row.enterprise_id: row for row in session.scalars(select(GrowthMark).where(GrowthMark.year == year))}
    plans = {row.enterprise_id: row for row in session.scalars(_plans_of(year))}
    names = {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}
    chosen = rows.get("chosen", {}).get("", {"codes": [], "reasons": {}})
    labels = {part.key: part.label for part in PARTS}
    return [
        Line(
            place=at,
            code=place.code,
            name=candidates[place.code]["name"],
            locality=candidates[place.code]["locality"],
            locality_name=names.get(candidates[place.code]["locality"], ""),
            score=place.score,
            experts=place.experts,
            points=place.points,
            parts={labels[key]: to_decimal(points) for key, points in candidates[place.code]["parts"].items()},
            note=candidates[place.code]["note"],
            state=_state(place.code, marks.get(place.code), chosen["codes"], rows.get("removed", {})),
            reason=chosen["reasons"].get(place.code, ""),
            plan=plans.get(place.code),
        )
        for at, place in enumerate(order, 1)
    ]


def _plans_of(year: int) -> Any:
    return select(ProcessInstance).where(ProcessInstance.definition_key == PLAN, ProcessInstance.year == year)


def _state(code: str, mark: GrowthMark | None, chosen: Sequence[str], removed: Mapping[str, Any]) -> str:
    if mark is not None:
        return SELECTED if mark.removed_on is None else REMOVED
    if code in removed:
        return REMOVED
    return CHOSEN if code in chosen else NOMINATED


def _supports(session: Session, year: int) -> dict[str, int]:
    """Lines of support by state."""
    found: dict[str, int] = {}
    for state in session.scalars(select(SupportLine.state).where(SupportLine.year == year)):
        found[state] = found.get(state, 0) + 1
    return found
