"""The units' accepted texts, gathered by action and by chapter when the campaign is consolidated.

Working rows of the campaign, which later reports do not change:

    material        key: action:01, …; {no, name, passages: [{head, unit, name, text, is_missing}]}
                    key: problems, priorities; {passages: […]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.duties.december_report import merge_measure
from app.models.december_report import DecemberReport, MeasureNote, Priority
from app.models.organization import Unit
from app.models.plan import Measure
from app.services.case_notes import numbered, year_of
from app.services.cases import Case
from app.services.december_report.facts import CampaignFacts

Row = dict[str, Any]
Texts = Mapping[tuple[str, str, int], str]


def gather(case: Case) -> None:
    facts = CampaignFacts(case)
    units = {unit.id: unit for unit in case.session.scalars(select(Unit).order_by(Unit.position))}
    texts, handed = _texts(case), {merged: row["unit"] for merged, row in case.rows("handed").items()}
    gathered: dict[str, Row] = {}
    for action in facts.actions:
        measures = [row for row in facts.plan.measures if _action_of(row, len(facts.plan.actions)) == action["no"]]
        passages = [
            *(passage for row in measures for passage in _of_measure(row, units, texts, handed)),
            *_of_localities(action["no"], units, texts),
        ]
        gathered[f"action:{numbered(action['no'])}"] = {**action, "passages": passages}
    gathered["problems"] = {"passages": _problems(case, units)}
    gathered["priorities"] = {"passages": _priorities(case, units)}
    case.put_all("material", gathered)


def _action_of(measure: Measure, actions: int) -> int:
    """A safeguard belongs to the chapter behind the actions."""
    return measure.action_number or actions + 1


def _texts(case: Case) -> Texts:
    """By kind, unit and number."""
    rows = case.session.scalars(select(MeasureNote).where(MeasureNote.year == year_of(case)))
    return {(row.kind, row.unit_id, row.number): row.text for row in rows}


def _of_measure(measure: Measure, units: Mapping[str, Unit], texts: Texts, handed: Mapping[str, str]) -> Iterator[Row]:
    """The lead first, then the co-responsible units in the plan's order; localities tell by action.

    handed: merged unit -> the successor in whose report its sections stand, and which therefore tells in its place.
    """
    named = [measure.lead_id, *(id_ for id_ in measure.responsible if not units[id_].is_locality)]
    rows = [
        {"unit": id_, "name": units[id_].short_name, "text": texts.get(("measure", id_, measure.number))}
        for id_ in dict.fromkeys(handed.get(id_, id_) for id_ in named)
    ]
    for passage in merge_measure(rows[0], rows[1:]):
        yield {"head": f"重点任务{measure.number}　{measure.title}", **vars(passage)}


def _of_localities(action: int, units: Mapping[str, Unit], texts: Texts) -> Iterator[Row]:
    for unit in units.values():
        text = texts.get(("action", unit.id, action))
        if text is not None:
            yield {"head": "各地推进情况", "unit": unit.id, "name": unit.short_name, "text": text, "is_missing": False}


def _problems(case: Case, units: Mapping[str, Unit]) -> list[Row]:
    wanted = (DecemberReport.year == year_of(case), DecemberReport.status == "accepted")
    rows = case.session.execute(select(DecemberReport.unit_id, DecemberReport.answers).where(*wanted)).all()
    return _in_order(units, ((unit_id, answers.get("problems", "")) for unit_id, answers in rows))


def _priorities(case: Case, units: Mapping[str, Unit]) -> list[Row]:
    wanted = Priority.year == year_of(case) + 1
    rows = case.session.scalars(select(Priority).where(wanted).order_by(Priority.unit_id, Priority.position))
    return _in_order(units, ((row.unit_id, f"{row.title}。{row.content}") for row in rows))


def _in_order(units: Mapping[str, Unit], texts: Iterable[tuple[str, str]]) -> list[Row]:
    """In the order of the units."""
    rows = [{"unit": id_, "name": units[id_].short_name, "text": text} for id_, text in texts if text]
    return sorted(rows, key=lambda row: units[row["unit"]].position)
