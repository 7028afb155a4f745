"""A visit is written down: its row, the demands it brought, the changes it saw; and later how it was rated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.duties.specialist_pairing import CountedVisit, quarter_of, rating_score, visit_counts
from app.models.pairing import Pairing, Visit
from app.services.assignment import RECOGNITION, unit_with
from app.services.cases import Case
from app.services.specialist_pairing.rows import enterprise_of, pairing_of
from app.services.telling import tell

Answers = Mapping[str, Any]

DEMAND_RAISED = "demand_raised"
OF_THE_ROW = ("visited_on", "manner", "people", "state", "state_text", "late_reason")
TITLE_LENGTH = 40


def register_visit(case: Case, answers: Answers, quarter: tuple[int, int] | None = None) -> Visit:
    """quarter: of the duty it fulfils; a first visit belongs to the quarter in which it was made."""
    pairing = pairing_of(case)
    assert pairing is not None
    day = date.fromisoformat(answers["visited_on"])
    year, number = quarter or quarter_of(day)
    visit = Visit(
        enterprise_id=pairing.enterprise_id,
        pairing_id=pairing.id,
        person_id=pairing.person_id,
        instance_id=case.instance.id,
        year=year,
        quarter=number,
        is_first=quarter is None,
        visited_on=day,
        manner=answers["manner"],
        people=answers["people"],
        state=answers["state"],
        state_text=answers["state_text"],
        late_reason=answers.get("late_reason", ""),
        answers={name: value for name, value in answers.items() if name not in OF_THE_ROW},
        counts=_counts(case, pairing, day, answers["manner"], is_first=quarter is None),
        recorded_at=case.at,
        ratings={},
    )
    case.session.add(visit)
    case.session.flush()
    _raise_demands(case, visit)
    _hint_at_changes(case, visit)
    return visit


def _counts(case: Case, pairing: Pairing, day: date, manner: Any, *, is_first: bool) -> bool:
    rows = case.session.scalars(select(Visit).where(Visit.pairing_id == pairing.id, Visit.counts))
    others = [CountedVisit(row.visited_on, _manner(row.manner), pairing.from_on) for row in rows]
    return visit_counts(CountedVisit(day, manner, pairing.from_on, pairing.to_on, is_first), others)


def _manner(word: str) -> Any:
    """The column holds one of the three words."""
    return word


def _raise_demands(case: Case, visit: Visit) -> None:
    """Each becomes a matter of its own, raised by the specialist on the enterprise's behalf."""
    for number, row in enumerate(visit.answers.get("demands", ()), 1):
        told = {
            "enterprise_id": visit.enterprise_id,
            "channel": "visit",
            "category": row["category"],
            "title": _title(row["text"]),
            "text": row["text"],
            "wanted_by": row.get("wanted_by"),
            "is_private": bool(row.get("is_private")),
            "raised_by": case.actor.name,
        }
        key = f"visit:{visit.id}:{number}"
        case.effect(f"{case.instance.id}:{key}", "message", **told, name=DEMAND_RAISED, key=key)


def _title(text: str) -> str:
    """The first sentence, as long as a title may be."""
    first = text.replace("\n", "，").split("。")[0]
    return first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1]}…"


def _hint_at_changes(case: Case, visit: Visit) -> None:
    """A change of the enterprise may touch its titles: the locality and the recognising department are told."""
    happened = [row for row in visit.answers.get("changes", ()) if row.get("happened")]
    if not happened:
        return
    firm = enterprise_of(case)
    text = "；".join(f"{row['change']}：{row.get('note', '')}" for row in happened)
    told = f"{visit.visited_on.isoformat()}走访得知：{text}。请提醒企业按规定报告重大变化。"
    bureau = unit_with(case.connection, RECOGNITION)
    principals = [f"contact:{firm.locality_id}", f"contact:{bureau}"]
    tell(case, principals, f"企业重大变化提示：{firm.name}", told, f"changes:{visit.id}")


def rate(case: Case, visit: Visit, answers: Answers) -> None:
    """How the enterprise rated the visit, and with it the specialist."""
    visit.score = rating_score((answers["timely"], answers["professional"], answers["solved"]))
    visit.wants_change = bool(answers.get("wants_change"))
    told = ("timely", "professional", "solved", "comment", "change_reason")
    visit.ratings = {name: answers[name] for name in told if name in answers}
    visit.rated_on = case.today
    case.session.flush()
