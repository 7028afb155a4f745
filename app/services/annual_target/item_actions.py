"""What the service tasks of one indicator's proposal do: gather the opinions, and hand the value to the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.quantity import in_words, to_decimal
from app.services.annual_target.facts import round_of
from app.services.annual_target.package import Row, parent_item, put_parent_item, standing_of, units_by_id
from app.services.cases import Action, Case, Data

SILENT_WORDS = "逾期视为无意见"
DECIDED_MARK = "办公室裁定"


def collect_opinions(case: Case, data: Data) -> Mapping[str, Any]:
    """Close a round: a unit that has not answered in it counts as agreeing, and its row says so."""
    round_ = round_of(case) + 1
    opinions = case.rows("opinion")
    silent = {
        unit: {"round": round_, "outcome": "yes", "is_silent": True}
        for unit, opinion in opinions.items()
        if opinion["round"] < round_
    }
    case.put_all("opinion", silent)
    case.put("countersigning", "", {"round": round_})
    has_objection = any(is_objection(opinion) for opinion in {**opinions, **silent}.values())
    return {"round": round_, "has_objection": has_objection}


def record_proposal(case: Case, data: Data) -> None:
    """Write the value that stands now into the package's item."""
    proposal = case.row("proposal") or {}
    item = {name: value for name, value in parent_item(case).items() if name not in ("return_reason", "returned_by")}
    mark = DECIDED_MARK if case.row("decision") else ""
    told = {"opinions": opinions_in_words(case), "mark": mark, "proposed_on": case.today.isoformat()}
    put_parent_item(case, {**item, **proposal, **told, "state": "proposed"})


def opinions_in_words(case: Case) -> str:
    """会签意见, one clause a unit in the plan's order; empty when nobody was asked."""
    opinions = case.rows("opinion")
    if not opinions or not round_of(case):
        return ""
    names, indicator = units_by_id(case.session), standing_of(case).indicator
    answer = case.row("answer") or {}
    return "；".join(
        f"{names[unit].short_name}{_in_words(opinions[unit], indicator.unit, answer)}"
        for unit in names
        if unit in opinions
    )


def is_objection(opinion: Row) -> bool:
    return opinion.get("outcome") == "no"


def _in_words(opinion: Row, unit: str, answer: Row) -> str:
    if opinion.get("is_silent"):
        return SILENT_WORDS
    if not is_objection(opinion):
        return "同意"
    counter = in_words(to_decimal(opinion["counter_value"]), unit)
    end = "，已撤回" if answer.get("outcome") == "withdrawn" else ""
    return f"不同意，建议{counter}{end}"


ITEM_ACTIONS: Mapping[str, Action] = {
    f"annual_target_indicator.{action.__name__}": action for action in (collect_opinions, record_proposal)
}
