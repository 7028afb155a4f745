"""The offers of all units as one numbered list, and the calendar that the office makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.duties.consultation import unit_named
from app.duties.service_month_calendar import codes_in
from app.duties.service_month_checks import names_in
from app.services.case_notes import hand_of
from app.services.cases import Case
from app.services.consultation.rows import named_units
from app.services.service_month.rows import Row, short_names, units_asked

FIELDS = ("title", "kind", "on_day", "place", "number", "chain", "level", "firms", "co_units", "contact")


def numbered_offers(case: Case) -> list[Row]:
    """Every offered activity with its unit, in the order of the units."""
    offers = case.rows("offer")
    found = [{"unit": unit, **row} for unit in units_asked(case) for row in offers.get(unit, {}).get("rows", ())]
    return [{"no": number, **row} for number, row in enumerate(found, 1)]


def summary(case: Case) -> str:
    """28家单位中22家申报，共40项活动；无活动2家；未申报：市商务局、高邮市。"""
    offers, names, asked = case.rows("offer"), short_names(case), units_asked(case)
    given = [unit for unit in asked if offers.get(unit, {}).get("rows")]
    parts = [f"{len(asked)}家单位中{len(given)}家申报，共{len(numbered_offers(case))}项活动"]
    if none := [unit for unit in asked if unit in offers and unit not in given]:
        parts.append(f"无活动{len(none)}家")
    if silent := [names.get(unit, unit) for unit in asked if unit not in offers]:
        parts.append(f"未申报：{'、'.join(silent)}")
    return "；".join(parts) + "。"


def compose(case: Case, answers: Mapping[str, Any]) -> None:
    """The calendar: what was kept of the offers and what the office added, by day, numbered anew."""
    units, known = {offer["no"]: offer["unit"] for offer in numbered_offers(case)}, named_units(case.session)
    kept = [(units[row["no"]], row) for row in answers["offers"] if row.get("is_kept")]
    added = [(unit_named(known, row["unit_name"]), row) for row in answers.get("added") or ()]
    chosen = sorted([*kept, *added], key=lambda one: one[1]["on_day"])
    rows = [_planned(number, unit, row) for number, (unit, row) in enumerate(chosen, 1)]
    told = {"added": list(answers.get("added") or ()), "offers": list(answers["offers"])}
    case.put("calendar", "", {**hand_of(case), "rows": rows, **told})


def _planned(number: int, unit: str | None, row: Mapping[str, Any]) -> Row:
    names = ("title", "kind", "on_day", "place", "number", "chain", "level", "contact")
    told = {name: row[name].strip() if isinstance(row[name], str) else row[name] for name in names}
    lists = {"co_units": names_in(row.get("co_units")), "firms": list(codes_in(row.get("firms")))}
    return {"no": number, "unit": unit, **told, **lists}
