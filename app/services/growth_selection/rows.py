"""What a selection notes about itself, and how its list stands.

Working rows of a selection (key "" unless said); numbers of scores are texts, exact:

    selection       {login, name, on, number, weights: {part: text}, favoured_chains, offers, panel, notice_text}
    countersign     key: unit; {login, name, on, outcome, opinion_text}
    opinion         key: element; {login, name, on, outcome, opinion_text, mode, meeting_date, minutes_no}
    quota           {localities: {unit: int}}
    candidate       key: credit code; {name, locality, chain, reason, wants, consent_on, score, parts, note}
    sheet           key: person id; {login, name, on, rows: {code: {points, remark} or {recused, remark}}}
    chosen          {login, name, on, codes, reasons: {code: text}, passed_over: codes}
    noticed         {codes, is_replacement}: the list of the notice that runs, or ran last
    removed         key: credit code; {on, reason}
    published       {number, on, codes}

Working rows of a nomination:

    quota           {quota, notice_text}
    nomination      {login, name, on, rows: [{credit_code, name, score, reason, wants, consent_on}], none_reason}
    opinion         as above

Working rows of a plan:

    subject         {name, note, wants}
    plan            {login, name, on, goals, supports, difficulties}
    confirmation    {login, name, on, outcome, opinion_text} or {is_silent}
    review          {login, name, on, summary}
    drop            {login, name, on, reason}
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.duties.growth_selection import WEIGHTS, Place, given_points, ranked, with_sheets
from app.duties.quantity import to_decimal
from app.services.cases import Case

SELECTION, NOMINATION, PLAN = "growth_selection", "growth_selection_nomination", "growth_selection_plan"

Row = dict[str, Any]


def year_of(case: Case) -> int:
    assert case.instance.year is not None
    return case.instance.year


def selection_of(case: Case, instance_id: str | None = None) -> Row:
    return case.row("selection", instance_id=instance_id) or {}


def weights_of(selection: Mapping[str, Any]) -> Mapping[str, Decimal]:
    """As the office set them, before that as the rule proposes."""
    given = selection.get("weights") or {}
    return {key: to_decimal(given.get(key, weight)) for key, weight in WEIGHTS.items()}


def ranking(case: Case) -> list[Place]:
    """All candidates in their order; around the cut as the panel moved them."""
    return with_sheets(by_rule(case), selection_of(case)["number"], sheets_of(case))


def by_rule(case: Case) -> list[Place]:
    """All candidates by the rule's score alone."""
    return ranked([Place(code, to_decimal(row["score"])) for code, row in case.rows("candidate").items()])


def sheets_of(case: Case) -> dict[str, list[Decimal]]:
    return given_points(case.rows("sheet").values())
