"""The papers of 年度目标设定, drawn when asked for: the letter of a unit, and the request to the leading group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import request
from app.documents import responsibility_letter as letter_paper
from app.documents.paper import Letterhead
from app.duties.quantity import in_words, plain, to_decimal
from app.errors import NotFound
from app.models.annual_target import AnnualTarget, ResponsibilityLetter, TargetBreakdown
from app.models.organization import GROUP, OFFICE, Unit
from app.models.plan import Action, Indicator, Measure, Plan
from app.models.process import ProcessInstance, WorkingRow
from app.queries.settled_indicators import plan_of_year, settled_indicators
from app.services.annual_target.package import Row, units_by_id

PROCESS = "annual_target"


@dataclass(frozen=True)
class _Share:
    """One figure a unit answers for."""

    indicator: Indicator
    value: Decimal
    comparator: str
    basis: str


def responsibility_letter(session: Session, year: int, unit_id: str) -> bytes:
    """The unit's letter of the year as a Word file, its newest revision. Raises NotFound before it is signed."""
    letter = session.scalars(
        select(ResponsibilityLetter)
        .where(ResponsibilityLetter.year == year, ResponsibilityLetter.unit_id == unit_id)
        .order_by(ResponsibilityLetter.revision.desc())
        .limit(1)
    ).one_or_none()
    if letter is None:
        raise NotFound
    plan, units = plan_of_year(session, year), units_by_id(session)
    shares = _shares(session, year, unit_id)
    signed_on = clock.local(letter.signed_at).date()
    return letter_paper.render(
        letter_paper.ResponsibilityLetter(
            letterhead=_letterhead(units, letter.number, units[unit_id].name, signed_on),
            year=year,
            plan=plan.title,
            plan_number=plan.number,
            unit=units[unit_id].name,
            figures=tuple(map(_figure, shares)),
            measures=_measures(session, plan, unit_id),
            signer=str(_row(session, letter.instance_id, "letters").get("by", "")),
        )
    )


def request_paper(session: Session, instance_id: str) -> bytes:
    """关于报请审定年度目标的请示 of a package that was reviewed, as a Word file; before it is signed without number."""
    instance = session.get(ProcessInstance, instance_id)
    if instance is None or instance.definition_key != PROCESS or instance.year is None:
        raise NotFound
    items = [row for row in _rows(session, instance_id, "item") if "status" in row and row["state"] != "dropped"]
    if not items:
        raise NotFound
    plan, units = plan_of_year(session, instance.year), units_by_id(session)
    signed = _row(session, instance_id, "request")
    day = date.fromisoformat(signed["signed_on"]) if signed else clock.today()
    return request.render(
        request.Request(
            letterhead=_letterhead(
                units, signed.get("number", ""), units[GROUP].short_name, day, signed.get("signed_by", "")
            ),
            year=instance.year,
            plan=plan.title,
            plan_number=plan.number,
            approach=_row(session, instance_id, "cover").get("note") or _approach(items),
            open_points=tuple(_open_points(items)),
            targets=_target_rows(session, plan, items, units),
        )
    )


def _shares(session: Session, year: int, unit_id: str) -> list[_Share]:
    """What the unit leads, and what was divided down to it, by indicator; the newest revision of each counts."""
    led = settled_indicators(session, plan_of_year(session, year))
    rows = session.execute(
        select(Indicator, AnnualTarget, TargetBreakdown.value)
        .join(AnnualTarget, AnnualTarget.indicator_id == Indicator.id)
        .outerjoin(
            TargetBreakdown,
            (TargetBreakdown.indicator_id == Indicator.id)
            & (TargetBreakdown.year == AnnualTarget.year)
            & (TargetBreakdown.revision == AnnualTarget.revision)
            & (TargetBreakdown.unit_id == unit_id),
        )
        .where(AnnualTarget.year == year)
        .order_by(Indicator.number, AnnualTarget.revision)
    )
    found: dict[int, _Share] = {}
    for indicator, target, share in rows:
        found.pop(indicator.number, None)
        value = target.value if led[indicator.number].lead_id == unit_id else share
        if value:
            found[indicator.number] = _Share(indicator, value, target.comparator, target.basis)
    return list(found.values())


def _figure(share: _Share) -> letter_paper.Figure:
    row = share.indicator
    return letter_paper.Figure(row.number, row.name, in_words(share.value, row.unit, share.comparator), share.basis)


def _measures(session: Session, plan: Plan, unit_id: str) -> tuple[str, ...]:
    where = (Measure.plan_id == plan.id, Measure.lead_id == unit_id)
    return tuple(session.scalars(select(Measure.title).where(*where).order_by(Measure.number)))


def _target_rows(
    session: Session, plan: Plan, items: list[Row], units: Mapping[str, Unit]
) -> tuple[request.TargetRow, ...]:
    indicators = {row.number: row for row in session.scalars(select(Indicator).where(Indicator.plan_id == plan.id))}
    actions = {row.number: row.name for row in session.scalars(select(Action).where(Action.plan_id == plan.id))}
    return tuple(
        request.TargetRow(
            number=item["no"],
            action=actions[indicators[item["no"]].action_number],
            indicator=item["name"],
            unit=item["unit"],
            plan_value=in_words(to_decimal(item["total"]), "", item["comparator"]),
            year_value=in_words(to_decimal(item["target"]), "", item["comparator"]),
            lead=units[item["lead"]].short_name,
        )
        for item in items
    )


def _approach(items: list[Row]) -> str:
    proxied = sum(item["state"] == "proxied" for item in items)
    rest = f"；{proxied}项逾期未报，由办公室按建议值代拟" if proxied else ""
    return f"各牵头单位申报、责任单位会签，办公室逐项核对三年总量{rest}。"


def _open_points(items: list[Row]) -> list[str]:
    """What the leading group should know: gaps with what is said of them, and units that did not agree."""
    points = []
    for item in items:
        if item["status"] == "gap":
            gap = f"第{item['no']}项{item['name']}三年合计尚差{plain(to_decimal(item['left']))}{item['unit']}"
            points.append("，".join(filter(None, (gap, item.get("gap_note")))) + "。")
        if "不同意" in item.get("opinions", ""):
            points.append(f"第{item['no']}项{item['name']}会签意见：{item['opinions']}。")
    return points


def _letterhead(
    units: Mapping[str, Unit], number: str, addressee: str, issued_on: date, signer: str = ""
) -> Letterhead:
    office = units[OFFICE]
    return Letterhead(office.name, number, addressee, issued_on, signer=signer, printer=office.short_name)


def _row(session: Session, instance_id: str, kind: str) -> dict[str, Any]:
    row = session.get(WorkingRow, (instance_id, kind, ""))
    return dict(row.value) if row else {}


def _rows(session: Session, instance_id: str, kind: str) -> list[Row]:
    where = (WorkingRow.instance_id == instance_id, WorkingRow.kind == kind)
    rows = session.scalars(select(WorkingRow.value).where(*where))
    return sorted((dict(row) for row in rows), key=lambda row: row["no"])
