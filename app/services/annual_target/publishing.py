"""What a signed package leaves behind: targets, their breakdown, and a numbered responsibility letter a unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from app.db import table_of
from app.duties.limits import start_of
from app.duties.quantity import to_decimal
from app.models.annual_target import AnnualTarget, ResponsibilityLetter, TargetBreakdown
from app.models.organization import OFFICE
from app.services.annual_target.package import Package, Row, item_key, items_of, package_of
from app.services.cases import Case, Data
from app.services.document_numbers import next_numbers

TARGET, BREAKDOWN = table_of(AnnualTarget), table_of(TargetBreakdown)
LETTER = table_of(ResponsibilityLetter)
LETTER_KIND = "责"


def publish_targets(case: Case, data: Data) -> None:
    """Write all of it, once: a package that has published already is left as it is."""
    if case.connection.execute(select(exists().where(TARGET.c.instance_id == case.instance.id))).scalar_one():
        return
    package, items, shares = package_of(case), items_of(case), case.rows("breakdown")
    revisions = _next_revisions(case, package, items)
    approval = case.row("approval") or {}
    targets = [_target(case, package, item, revisions[item["no"]], approval) for item in items]
    divided = [
        {"indicator_id": package.standings[item["no"]].indicator.id, "revision": revisions[item["no"]], **share}
        for item in items
        for share in _shares(case, package, shares.get(item_key(item["no"])))
    ]
    letters = _letters(case, package, units_with_letters(items, shares))
    for table, rows in ((TARGET, targets), (BREAKDOWN, divided), (LETTER, letters)):
        if rows:
            case.connection.execute(table.insert(), rows)


def units_with_letters(items: Collection[Row], shares: Mapping[str, Row]) -> list[str]:
    """Who gets a letter: whoever leads an indicator of the package, and each locality with a figure."""
    leads = [item["lead"] for item in items]
    receivers = [
        unit
        for item in items
        for unit, share in shares.get(item_key(item["no"]), {"cells": {}})["cells"].items()
        if to_decimal(share) > 0
    ]
    return list(dict.fromkeys([*leads, *receivers]))


def _next_revisions(case: Case, package: Package, items: Collection[Row]) -> dict[int, int]:
    """By number, from 1 on; a target of the same year that was in force before stays in the table."""
    ids = {package.standings[item["no"]].indicator.id: item["no"] for item in items}
    newest = case.connection.execute(
        select(TARGET.c.indicator_id, func.max(TARGET.c.revision).label("revision"))
        .where(TARGET.c.year == package.year, TARGET.c.indicator_id.in_(ids))
        .group_by(TARGET.c.indicator_id)
    )
    known = {ids[row.indicator_id]: row.revision for row in newest}
    return {number: known.get(number, 0) + 1 for number in ids.values()}


def _target(case: Case, package: Package, item: Row, revision: int, approval: Mapping[str, Any]) -> Row:
    indicator = package.standings[item["no"]].indicator
    approved_at = approval.get("at")
    return {
        "indicator_id": indicator.id,
        "year": package.year,
        "revision": revision,
        "value": to_decimal(item["value"]),
        "comparator": indicator.comparator,
        "basis": indicator.basis,
        "quarters": item["quarters"],
        "approved_at": datetime.fromisoformat(approved_at) if approved_at else case.at,
        "approved_by": approval.get("by", case.actor.login),
        "instance_id": case.instance.id,
    }


def _shares(case: Case, package: Package, share: Row | None) -> list[Row]:
    """A row for each locality of a divided target, and one of the office's for what is held at city level."""
    if share is None:
        return []
    cells = {**share["cells"], **({OFFICE: share["held"]} if to_decimal(share["held"]) > 0 else {})}
    own = {"year": package.year, "instance_id": case.instance.id}
    return [{**own, "unit_id": unit, "value": to_decimal(value)} for unit, value in cells.items()]


def _letters(case: Case, package: Package, units: Collection[str]) -> list[Row]:
    """One a unit in the plan's order; a unit that has one of this year gets a revised one under a new number."""
    ordered = [unit for unit in package.units if unit in units]
    newest = case.connection.execute(
        select(LETTER.c.unit_id, func.max(LETTER.c.revision).label("revision"))
        .where(LETTER.c.year == package.year)
        .group_by(LETTER.c.unit_id)
    )
    revisions = {row.unit_id: row.revision for row in newest}
    signed_on = date.fromisoformat((case.row("letters") or {}).get("signed_on", case.today.isoformat()))
    numbers = next_numbers(case.connection, package.plan.agency_code, LETTER_KIND, signed_on.year, len(ordered))
    return [
        {
            "year": package.year,
            "unit_id": unit,
            "revision": revisions.get(unit, 0) + 1,
            "number": number,
            "signed_at": case.at if signed_on == case.today else start_of(signed_on),
            "instance_id": case.instance.id,
        }
        for unit, number in zip(ordered, numbers, strict=True)
    ]
