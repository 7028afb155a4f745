"""The children of a package: a proposal for each indicator, an answer from each locality; started, cancelled, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import table_of
from app.models.process import ProcessInstance
from app.services.annual_target.facts import INDICATOR, LOCALITY
from app.services.annual_target.package import (
    Package,
    Row,
    Standing,
    item_key,
    parent_item,
    put_parent_item,
)
from app.services.cases import Case, Start

INSTANCE = table_of(ProcessInstance)
MOST_COUNTERSIGNERS = 50  # what a multi-instance may hold
CANCELLED = "cancelled"
DECIDING = "deciding"  # the stage in which an objection lies with the office


@dataclass(frozen=True)
class OpenChild:
    id: str
    stage: str


def proposal_key(package_key: str, number: int, revision: int) -> str:
    """annual_target_indicator:2023:02:r1, of an adjustment annual_target_indicator:2023:a1:02:r1"""
    return f"{INDICATOR}:{_campaign(package_key)}:{item_key(number)}:r{revision}"


def answer_key(package_key: str, unit_id: str) -> str:
    return f"{LOCALITY}:{_campaign(package_key)}:{unit_id}"


def proposal_start(case: Case, package: Package, item: Row) -> Start:
    """The child for an item's present revision; a reopened one begins with what was proposed and why it came back."""
    standing = package.standings[item["no"]]
    countersigners = _countersigners(standing, package)
    return Start(
        definition_key=INDICATOR,
        business_key=item["child"],
        title=f"{package.year}年度目标：{standing.indicator.short_name}",
        year=package.year,
        unit_id=standing.indicator.lead_id,
        data={
            "package_key": case.instance.business_key,
            "submission_key": item["child"],
            "co_unit_count": len(countersigners),
            "round": 0,
            "units": {unit: {} for unit in countersigners},
        },
        rows=_first_rows(item, countersigners, case),
    )


def answer_start(case: Case, package: Package, unit_id: str, figures: Mapping[str, Row]) -> Start:
    key = answer_key(case.instance.business_key, unit_id)
    return Start(
        definition_key=LOCALITY,
        business_key=key,
        title=f"{package.year}年度目标分解：{package.name_of(unit_id)}",
        year=package.year,
        unit_id=unit_id,
        data={"package_key": case.instance.business_key, "locality_key": key, "objected_items": 0},
        rows={("figure", number): row for number, row in figures.items()},
    )


def open_children(case: Case, definition_key: str) -> dict[str, OpenChild]:
    """The children of this kind that are still open, by business key."""
    rows = case.connection.execute(
        select(INSTANCE.c.business_key, INSTANCE.c.id, INSTANCE.c.stage)
        .where(INSTANCE.c.parent_id == case.instance.id, INSTANCE.c.definition_key == definition_key)
        .where(INSTANCE.c.status == "active")
        .order_by(INSTANCE.c.business_key)
    )
    return {row.business_key: OpenChild(row.id, row.stage) for row in rows}


def ended(case: Case) -> None:
    """Tell the package what became of its child."""
    if case.instance.definition_key == INDICATOR:
        _proposal_ended(case)
    elif case.instance.definition_key == LOCALITY:
        _answer_ended(case)


def _proposal_ended(case: Case) -> None:
    """A proposal that the office has cancelled takes its item out of the package, unless the office filled it in."""
    item = parent_item(case)
    is_awaited = item["state"] == "collecting" and item["child"] == case.instance.business_key
    if case.instance.status == CANCELLED and is_awaited:
        put_parent_item(case, {**item, "state": "dropped"})


def _answer_ended(case: Case) -> None:
    unit_id = case.instance.unit_id or ""
    if case.instance.status == CANCELLED:
        row: Row = {"state": "undecided" if case.instance.stage == DECIDING else "silent", "figures": {}}
    else:
        decided = {number: row["final"] for number, row in case.rows("figure").items() if "final" in row}
        row = {"state": "decided" if decided else "accepted", "figures": decided}
    case.put("locality", unit_id, row, case.instance.parent_id)


def _countersigners(standing: Standing, package: Package) -> list[str]:
    present = [unit for unit in standing.indicator.co_unit_ids if package.units[unit].ended_on is None]
    return present[:MOST_COUNTERSIGNERS]


def _first_rows(item: Row, countersigners: list[str], case: Case) -> dict[tuple[str, str], Row]:
    rows: dict[tuple[str, str], Row] = {("subject", ""): {"no": item["no"]}}
    rows |= {("opinion", unit): {"round": 0} for unit in countersigners}
    if item.get("return_reason"):
        rows["returned", ""] = {"text": item["return_reason"], "by": item["returned_by"]}
        rows["proposal", ""] = {
            name: item[name] for name in ("value", "quarters", "reason", "approach") if name in item
        }
    return rows


def _campaign(package_key: str) -> str:
    """2023, or 2023:a1"""
    return package_key.partition(":")[2]
