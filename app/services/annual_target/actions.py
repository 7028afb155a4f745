"""What the service and rule tasks of a package of targets do, from the list of items to the checked breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.duties.annual_target import breakdown, coverage, even_quarters, proposed_method, same_for_all
from app.duties.quantity import digits, is_ratio, to_decimal
from app.services.annual_target.children import (
    DECIDING,
    answer_start,
    open_children,
    proposal_key,
    proposal_start,
)
from app.services.annual_target.facts import INDICATOR, LOCALITY, shortfall_of
from app.services.annual_target.package import (
    Package,
    Row,
    Standing,
    item_key,
    items_of,
    load_package,
    localities,
    open_discrepancies,
    package_of,
    package_row,
    put_items,
    year_of,
)
from app.services.annual_target.publishing import publish_targets
from app.services.cases import Action, Case, Data

PROXY_MARK = "办公室代拟"
ADOPTED_MARK = "采用计划值"
CLOSED_EARLY = "领导小组办公室截止收集"
SILENT_LOCALITY = "逾期未反馈视为接受"
UNDECIDED_OBJECTION = "异议逾期未裁定，按原分解值执行"

Answer = Mapping[str, Any]


def open_package(case: Case, data: Data) -> Answer:
    row = package_row(case)
    package = load_package(case.session, row["year"], ())
    put_items(case, ({"no": number, "state": "waiting", "revision": 1} for number in row["numbers"]))
    is_open = bool(open_discrepancies(case.session, package.plan, row["numbers"]))
    return {"package_kind": row["kind"], "has_open_discrepancy": is_open}


def adopt_plan_values(case: Case, data: Data) -> None:
    package = package_of(case)
    put_items(case, (_filled(item, package.standings[item["no"]], "adopted", ADOPTED_MARK) for item in items_of(case)))


def start_indicator_children(case: Case, data: Data) -> None:
    _start_proposals(case, package_of(case), items_of(case))


def reopen_items(case: Case, data: Data) -> None:
    """Ask again for the items that were returned, under the next revision; the others stay as they are."""
    returned = [{**item, "revision": item["revision"] + 1} for item in items_of(case) if item["state"] == "returned"]
    row = package_row(case)
    case.put("package", "", {**row, "revision": row["revision"] + 1})
    _start_proposals(case, package_of(case), returned)


def _start_proposals(case: Case, package: Package, items: list[Row]) -> None:
    case.instance.stage = "collecting"
    key = case.instance.business_key
    asked = [
        {**item, "state": "collecting", "child": proposal_key(key, item["no"], item["revision"])} for item in items
    ]
    put_items(case, asked)
    for item in asked:
        case.start(proposal_start(case, package, item))


def fill_missing(case: Case, data: Data) -> None:
    """The office does not wait any longer: open proposals end, and the suggestion stands in for what they owe."""
    package, left = package_of(case), open_children(case, INDICATOR)
    closed = case.row("collection") or {"reason": CLOSED_EARLY}
    missing = [item for item in items_of(case) if item["state"] == "collecting" and item["child"] in left]
    put_items(case, (_filled(item, package.standings[item["no"]], "proxied", PROXY_MARK) for item in missing))
    for child in left.values():
        case.cancel_child(child.id, closed["reason"])


def close_collection(case: Case, data: Data) -> None:
    """Nothing to write: the drawing closes the office's side task."""


def check_package(case: Case, data: Data) -> Answer:
    package = package_of(case)
    checked = [{**item, **_checked(package.standings[item["no"]], item, package)} for item in items_of(case)]
    put_items(case, checked)
    return {"has_gap": any(item["status"] == "gap" for item in checked)}


def propose_breakdown(case: Case, data: Data) -> None:
    package = package_of(case)
    weights = {unit: package.units[unit].weight for unit in localities(package.units)}
    rows = {}
    for item in items_of(case):
        target = to_decimal(item["value"])
        method, cells = _division(package.standings[item["no"]], target, weights)
        texts = {unit: digits(Decimal(share)) for unit, share in cells.items()}
        rows[item_key(item["no"])] = {"no": item["no"], "method": method, "cells": texts, "held": "0", "reason": ""}
    case.put_all("breakdown", rows)


def start_locality_children(case: Case, data: Data) -> None:
    """Ask each locality that receives a figure; where none does, nobody is waited for."""
    case.instance.stage = "localities"
    package = load_package(case.session, year_of(case), ())
    items, shares = {item["no"]: item for item in items_of(case)}, case.rows("breakdown")
    asked = {unit: figures for unit in localities(package.units) if (figures := _figures_for(unit, items, shares))}
    case.put_all("locality", {unit: {"state": "asked", "figures": {}} for unit in asked})
    for unit, figures in asked.items():
        case.start(answer_start(case, package, unit, figures))
    if not asked:
        nobody = {"parent_id": case.instance.id, "definition_key": LOCALITY}
        key = f"breakdown_answers_done:{case.instance.id}"
        case.effect(key, "message", name="breakdown_answers_done", key=case.instance.business_key, unless_open=nobody)


def check_breakdown(case: Case, data: Data) -> Answer:
    """Lay what was decided over the shares; a locality that has not answered is taken at its silence."""
    shares = case.rows("breakdown")
    for child in open_children(case, LOCALITY).values():
        case.cancel_child(child.id, UNDECIDED_OBJECTION if child.stage == DECIDING else SILENT_LOCALITY)
    for unit, row in case.rows("locality").items():
        for number, decided in row["figures"].items():
            shares[number]["cells"][unit] = decided
    case.put_all("breakdown", shares)
    short = [item for item in items_of(case) if shortfall_of(item, shares.get(item_key(item["no"]))) > 0]
    return {"is_breakdown_short": bool(short)}


def _filled(item: Row, standing: Standing, state: str, mark: str) -> Row:
    """The item with the suggestion as its value."""
    value, indicator = standing.suggested, standing.indicator
    quarters = even_quarters(value, indicator.precision) if indicator.kind == "newly_added" else ()
    texts = [digits(quarter) for quarter in quarters]
    return {**item, "state": state, "mark": mark, "value": digits(value), "quarters": texts, "reason": ""}


def _checked(standing: Standing, item: Row, package: Package) -> Row:
    """What the package says of an item: what it is, and whether the plan's total stays within reach."""
    indicator, value = standing.indicator, to_decimal(item["value"])
    growth = value if indicator.kind == "newly_added" else value - standing.base
    found = coverage(indicator.total, standing.base, growth, package.year, package.plan.last_year)
    return {
        "name": indicator.name,
        "short_name": indicator.short_name,
        "unit": indicator.unit,
        "kind": indicator.kind,
        "comparator": indicator.comparator,
        "lead": indicator.lead_id,
        "floor": None if indicator.floor is None else digits(indicator.floor),
        "total": digits(indicator.total),
        "done": digits(standing.base),
        "suggested": digits(standing.suggested),
        "target": item["value"],
        "left": digits(found.left),
        "per_year": digits(found.per_year),
        "status": found.status,
    }


def _division(standing: Standing, target: Decimal, weights: Mapping[str, int]) -> tuple[str, Mapping[str, Any]]:
    """How the city's target is divided; a ratio is the same everywhere, an undivided count stays with the city."""
    indicator = standing.indicator
    if is_ratio(indicator.unit, indicator.name):
        return "undivided", same_for_all(target, list(weights))
    method = proposed_method(indicator.kind, indicator.unit, indicator.name, target)  # type: ignore[arg-type]
    if method == "undivided" or not indicator.is_divided or not any(weights.values()):
        return "undivided", {}
    return method, breakdown(target, weights)


def _figures_for(unit: str, items: Mapping[int, Row], shares: Mapping[str, Row]) -> dict[str, Row]:
    return {
        number: {
            "no": share["no"],
            "name": items[share["no"]]["name"],
            "unit": items[share["no"]]["unit"],
            "target": items[share["no"]]["target"],
            "value": share["cells"][unit],
            "answer": "accept",
        }
        for number, share in shares.items()
        if share["no"] in items and to_decimal(share["cells"].get(unit, 0)) > 0
    }


PACKAGE_ACTIONS: Mapping[str, Action] = {
    f"annual_target.{action.__name__}": action
    for action in (
        open_package,
        adopt_plan_values,
        start_indicator_children,
        reopen_items,
        fill_missing,
        close_collection,
        check_package,
        propose_breakdown,
        start_locality_children,
        check_breakdown,
        publish_targets,
    )
}
