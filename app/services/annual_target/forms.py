"""What the forms of a package of targets begin with: everything that is known, with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.lights import chinese_date
from app.duties.quantity import as_number, in_words, to_decimal
from app.models.plan import Discrepancy
from app.models.user_task import UserTask
from app.services.annual_target.children import open_children
from app.services.annual_target.facts import INDICATOR, discrepancy_fact, shortfall_of
from app.services.annual_target.package import (
    Row,
    item_key,
    items_of,
    load_package,
    localities,
    open_discrepancies,
    package_of,
    package_row,
    units_by_id,
    year_of,
)
from app.services.annual_target.publishing import units_with_letters
from app.services.cases import Case, Prefill

TASK = table_of(UserTask)
Filler = Callable[[Case, str | None], Prefill]

DISCREPANCY_WORDS = {
    "value": "数值不同",
    "basis": "口径不同",
    "comparator": "程度词不同",
    "measure": "计量不同",
    "wording": "表述不同",
    "lead": "牵头单位不同",
    "departments": "责任单位不同",
    "name": "名称不同",
}
STATUS_WORDS = {"covered": "已覆盖", "on_path": "进度正常", "back_loaded": "后期偏重", "gap": "有缺口"}
NUMBER_LATER = "签发时编号"
SHOWN_FIGURES = 3


def known(**values: Any) -> Row:
    """A row of a form without what is not there: an empty cell has no value at all."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _settle_basis(case: Case, item: str | None) -> Prefill:
    package = load_package(case.session, year_of(case), ())
    rows = open_discrepancies(case.session, package.plan, package_row(case)["numbers"])
    source = f"《{package.plan.short_title}》，{chinese_date(package.plan.issued_on)}"
    table = [_basis_row(row, discrepancy_fact(row, package)) for row in rows]
    marks = {f"rows.{index}.basis_text": {"text": source} for index in range(len(table))}
    return {"rows": table}, marks


def _basis_row(row: Discrepancy, fact: Row) -> Row:
    """The table of the plan is proposed, and its own words as the basis."""
    return known(
        id=row.key,
        name=row.subject,
        kind=DISCREPANCY_WORDS.get(row.kind, row.kind),
        text=fact["text"],
        annex=fact["annex"],
        binding="annex",
        lead_unit=fact["leads"][-1] if row.kind == "lead" else None,
        basis_text=f"按{row.annex_side['clause']}：{row.annex_side['says']}",
    )


def _chase_proposals(case: Case, item: str | None) -> Prefill:
    package, left = package_of(case), open_children(case, INDICATOR)
    steps = _open_steps(case, [child.id for child in left.values()])
    rows = [
        known(
            no=row["no"],
            name=package.standings[row["no"]].indicator.name,
            lead_unit=package.name_of(package.standings[row["no"]].indicator.lead_id),
            step=steps.get(left[row["child"]].id, ("", 0))[0],
            suggested=as_number(package.standings[row["no"]].suggested),
            urged=steps.get(left[row["child"]].id, ("", 0))[1],
        )
        for row in items_of(case)
        if row.get("child") in left
    ]
    return {"items": rows}, {}


def _open_steps(case: Case, instance_ids: list[str]) -> dict[str, tuple[str, int]]:
    """Instance -> where it lies, and how often that was urged."""
    rows = case.connection.execute(
        select(TASK.c.instance_id, TASK.c.name, TASK.c.urged_count)
        .where(TASK.c.instance_id.in_(instance_ids), TASK.c.status.in_(("open", "claimed")))
        .order_by(TASK.c.created_at)
    )
    return {row.instance_id: (row.name, row.urged_count) for row in rows}


def _review_package(case: Case, item: str | None) -> Prefill:
    units, marks, rows = units_by_id(case.session), {}, []
    for index, row in enumerate(items_of(case)):
        rows.append(_review_row(row))
        if row.get("proposed_on"):
            marks[f"items.{index}.target"] = {
                "text": f"{units[row['lead']].short_name}申报，{_day(row['proposed_on'])}"
            }
    cover = case.row("cover") or {}
    return known(items=rows, cover_note=cover.get("note")), marks


def _review_row(row: Row) -> Row:
    return known(
        **_item_columns(row),
        suggested=as_number(row["suggested"]),
        per_year=as_number(row["per_year"]),
        status=STATUS_WORDS[row["status"]],
        objections=row.get("opinions"),
        mark=row.get("mark"),
        gap_note=row.get("gap_note"),
    )


def _item_columns(row: Row) -> Row:
    return {
        "no": row["no"],
        "name": row["name"],
        "unit": row["unit"],
        "total": as_number(row["total"]),
        "done": as_number(row["done"]),
        "target": as_number(row["target"]),
        "left": as_number(row["left"]),
    }


def _sign_package(case: Case, item: str | None) -> Prefill:
    return known(cover_note=(case.row("cover") or {}).get("note")), {}


def _approve_package(case: Case, item: str | None) -> Prefill:
    rows = [known(**_item_columns(row), gap_note=row.get("gap_note")) for row in items_of(case)]
    cover = (case.row("cover") or {}).get("note")
    return known(items=rows, cover_note=cover, mode="online"), {}


def _confirm_breakdown(case: Case, item: str | None) -> Prefill:
    shares, rows, marks = case.rows("breakdown"), [], {}
    for index, row in enumerate(items_of(case)):
        share = shares[item_key(row["no"])]
        rows.append({**_target_columns(row), "method": share["method"], "cells": _numbers(share["cells"])})
        if share["method"] == "by_weight":
            marks[f"rows.{index}.cells"] = {"text": f"按权重测算，{chinese_date(case.today)}"}
    return {"rows": rows}, marks


def _settle_breakdown(case: Case, item: str | None) -> Prefill:
    shares, rows = case.rows("breakdown"), []
    nothing = dict.fromkeys(localities(units_by_id(case.session)), 0)
    for row in items_of(case):
        share = shares[item_key(row["no"])]
        short = shortfall_of(row, share)
        if short > 0:
            whole = to_decimal(row["target"]) - short
            columns = {"sum": as_number(whole), "short": as_number(short), "cells": nothing, "held": 0}
            rows.append({**_target_columns(row), **columns})
    return {"rows": rows}, {}


def _issue_letters(case: Case, item: str | None) -> Prefill:
    items, shares, units = items_of(case), case.rows("breakdown"), units_by_id(case.session)
    receivers = units_with_letters(items, shares)
    rows = [_letter_row(unit, units[unit].name, items, shares) for unit in units if unit in receivers]
    return {"letters": rows, "outcome": "yes", "signed_on": case.today.isoformat()}, {}


def _letter_row(unit_id: str, name: str, items: list[Row], shares: Mapping[str, Row]) -> Row:
    figures = [
        f"{row['short_name']}{in_words(to_decimal(value), row['unit'], row['comparator'])}"
        for row in items
        if (value := _value_for(unit_id, row, shares)) is not None
    ]
    shown = "；".join(figures[:SHOWN_FIGURES])
    rest = f"等{len(figures)}项" if len(figures) > SHOWN_FIGURES else ""
    return {
        "unit": unit_id,
        "unit_name": name,
        "number": NUMBER_LATER,
        "figures": len(figures),
        "preview": shown + rest,
    }


def _value_for(unit_id: str, item: Row, shares: Mapping[str, Row]) -> str | None:
    """The city's value for the lead, its share for a locality."""
    if item["lead"] == unit_id:
        return str(item["value"])
    share = shares.get(item_key(item["no"]), {"cells": {}})["cells"].get(unit_id, "0")
    return str(share) if to_decimal(share) > 0 else None


def _target_columns(row: Row) -> Row:
    return {"no": row["no"], "name": row["name"], "unit": row["unit"], "target": as_number(row["target"])}


def _numbers(cells: Mapping[str, str]) -> dict[str, int | float]:
    return {unit: as_number(share) for unit, share in cells.items()}


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


PACKAGE_FORMS: Mapping[str, Filler] = {
    "settle_basis": _settle_basis,
    "chase_proposals": _chase_proposals,
    "review_package": _review_package,
    "sign_package": _sign_package,
    "approve_package": _approve_package,
    "confirm_breakdown": _confirm_breakdown,
    "settle_breakdown": _settle_breakdown,
    "issue_letters": _issue_letters,
}
