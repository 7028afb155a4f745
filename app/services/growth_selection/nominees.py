"""A locality's nomination: its enterprises in the library by score, ticked and not typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.duties.growth_selection import shown
from app.duties.quantity import as_number
from app.services.case_notes import hand_of, present, put_opinion, returned_opinion
from app.services.cases import Case, Prefill
from app.services.growth_selection.rows import Row, selection_of, weights_of, year_of
from app.services.growth_selection.scoring import Scored, in_library, scored
from app.services.library_entry.rows import present_units

Answers = Mapping[str, Any]
MOST_SHOWN = 200  # a form with more rows than this is no longer read; the best are shown


def scored_here(case: Case) -> list[Scored]:
    """The locality's enterprises in the library, the best first."""
    present_now = present_units(case.session)
    home = present_now[case.instance.unit_id or ""]
    places = [unit for unit, now in present_now.items() if now == home]
    weights = weights_of(selection_of(case, case.instance.parent_id))
    enterprises = in_library(case.session, places)
    return scored(case.session, enterprises, year_of(case), case.house.chains.names, weights)[:MOST_SHOWN]


def nominees(case: Case) -> list[Row]:
    return [
        {"credit_code": one.enterprise.id, "name": one.enterprise.name, "is_updated": one.is_updated}
        for one in scored_here(case)
    ]


def _nominate(case: Case) -> Prefill:
    given = {row["credit_code"]: row for row in (case.row("nomination") or {}).get("rows", ())}
    told = case.row("quota") or {}
    rows = [
        present(
            credit_code=one.enterprise.id,
            name=one.enterprise.name,
            score=as_number(one.score.total),
            chain=one.enterprise.chain,
            note=shown(one.score) if one.is_updated else "未完成年度更新，无法评分",
            is_chosen=one.enterprise.id in given or None,
            **{name: given.get(one.enterprise.id, {}).get(name) for name in ("reason", "wants", "consent_on")},
        )
        for one in scored_here(case)
    ]
    opinion = returned_opinion(case, "sign_growth_nomination")
    reason = (case.row("nomination") or {}).get("none_reason")
    notice = told.get("notice_text")
    return present(quota=told["quota"], notice_text=notice, returned_opinion=opinion, none_reason=reason) | {
        "rows": rows
    }, {}


def _sign(case: Case) -> Prefill:
    told = case.row("nomination") or {}
    names = ("credit_code", "name", "score", "reason", "wants")
    rows = [present(**{name: row.get(name) for name in names}) for row in told.get("rows", ())]
    quota = (case.row("quota") or {})["quota"]
    return present(quota=quota, rows=rows, none_reason=told.get("none_reason")), {}


def _nominated(case: Case, answers: Answers) -> Answers:
    names = ("credit_code", "name", "score", "chain", "reason", "wants", "consent_on")
    rows = [{name: row[name] for name in names if name in row} for row in answers["rows"] if row.get("is_chosen")]
    case.put("nomination", "", {**hand_of(case), "rows": rows, "none_reason": answers.get("none_reason", "")})
    case.drop("opinion", "sign_growth_nomination")
    return {}


def _signed(case: Case, answers: Answers) -> Answers:
    put_opinion(case, "sign_growth_nomination", answers)
    return {"outcome": answers["outcome"]}


def nomination_ended(case: Case) -> None:
    """The selection gets the nominees; one that was cancelled as too late brings none."""
    if case.instance.status != "completed":
        return
    for row in (case.row("nomination") or {}).get("rows", ()):
        told = {"name": row["name"], "locality": case.instance.unit_id, "chain": row.get("chain", "")}
        told |= {name: row.get(name, "") for name in ("reason", "wants", "consent_on")}
        case.put("candidate", row["credit_code"], told, case.instance.parent_id)


NOMINATION_FORMS: Mapping[str, Callable[[Case], Prefill]] = {
    "nominate_growth": _nominate,
    "sign_growth_nomination": _sign,
}
NOMINATION_ANSWERS: Mapping[str, Callable[[Case, Answers], Answers]] = {
    "nominate_growth": _nominated,
    "sign_growth_nomination": _signed,
}
