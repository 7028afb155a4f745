"""登记数据: the office writes down a figure that an indicator has reached, with its source and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.quantity import fits, in_words, plain
from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.actual import IndicatorActual
from app.queries.actor import Actor
from app.queries.settled_indicators import SettledIndicator, plan_of_year, settled_indicators
from app.services import history
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.work import Work
from app.terms import EventType, Nature, Role, Source

ACTUAL = table_of(IndicatorActual)

SHORTEST_NOTE, LONGEST_NOTE = 4, 300


@dataclass(frozen=True)
class Entry:
    """What is to be written down. value: newly added since January of the year, or the value on as_of."""

    number: int
    year: int
    as_of: date
    value: Decimal
    nature: Nature
    source: Source
    note: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Entry:
        return cls(
            number=payload["number"],
            year=payload["year"],
            as_of=date.fromisoformat(payload["as_of"]),
            value=Decimal(payload["value"]),
            nature=Nature(payload["nature"]),
            source=Source(payload["source"]),
            note=payload["note"].strip(),
        )


def record_actual(
    house: House,
    actor: Actor,
    indicator_number: int,
    year: int,
    as_of: date,
    value: Decimal,
    nature: Nature,
    source: Source,
    note: str,
    *,
    key: str,
) -> Answer:
    """Add a figure, which supersedes one of the same day; {id}.

    note: needed where a count falls below what was accepted before. Raises NotPermitted, NotFound for an unknown
    indicator, RuleViolation("year") outside of the plan, InvalidForm by field.
    """
    payload = {
        "number": indicator_number,
        "year": year,
        "as_of": as_of.isoformat(),
        "value": str(value),
        "nature": nature.value,
        "source": source.value,
        "note": note,
    }
    return run(house, actor, Command("record_actual", key, payload))


@handles("record_actual")
def _record(work: Work, payload: Mapping[str, Any]) -> Answer:
    if not work.actor.has(Role.OFFICE):
        raise NotPermitted
    entry = Entry.read(payload)
    with Session(work.connection) as session:
        indicator = settled_indicators(session, plan_of_year(session, entry.year)).get(entry.number)
        if indicator is None:
            raise NotFound("计划中没有这项指标。")
        before = last_accepted(session, indicator.id, entry.year, entry.as_of)
    if errors := list(_errors(entry, indicator, before, clock.local(work.at).date())):
        raise InvalidForm(errors)
    done = work.connection.execute(ACTUAL.insert().values(_row(work, entry, indicator)))
    told = {**payload, "name": indicator.name, "before": None if before is None else str(before)}
    happening = history.Happening(EventType.FIGURE_RECORDED, work.actor.login, work.at, work.key, told)
    history.append_administration(work.connection, happening)
    return {"id": done.inserted_primary_key[0] if done.inserted_primary_key else 0, "number": entry.number}


def last_accepted(session: Session, indicator_id: int, year: int, until: date) -> Decimal | None:
    """The figure of the year that counts on the day: the last one recorded of the latest day."""
    where = (IndicatorActual.indicator_id == indicator_id, IndicatorActual.year == year)
    rows = select(IndicatorActual.value).where(*where, IndicatorActual.nature == Nature.ACTUAL)
    newest = rows.where(IndicatorActual.as_of <= until).order_by(
        IndicatorActual.as_of.desc(), IndicatorActual.id.desc()
    )
    value: Decimal | None = session.scalars(newest.limit(1)).one_or_none()
    return value


def _errors(
    entry: Entry, indicator: SettledIndicator, before: Decimal | None, today: date
) -> Iterator[tuple[str, str]]:
    if entry.as_of.year != entry.year:
        yield "as_of", f"截止日应在{entry.year}年内。"
    elif entry.as_of > today and entry.nature is Nature.ACTUAL:
        yield "as_of", "实际数的截止日不能晚于今天；尚未发生的请选“预计”。"
    if entry.value < 0:
        yield "value", "完成值不能小于 0。"
    elif indicator.unit == "%" and entry.value > 100:
        yield "value", "比率应在 0 至 100 之间。"
    if not fits(entry.value, indicator.precision):
        yield "value", _precision_text(indicator)
    if len(entry.note) > LONGEST_NOTE:
        yield "note", f"说明不超过 {LONGEST_NOTE} 字。"
    if _falls(entry, indicator, before) and len(entry.note) < SHORTEST_NOTE:
        known = in_words(before or Decimal(0), indicator.unit)
        yield "note", f"完成值 {plain(entry.value)} 小于此前已核实的累计值 {known}，请核对；确需更正的，请说明原因。"


def _precision_text(indicator: SettledIndicator) -> str:
    if indicator.precision == 0:
        return f"单位为“{indicator.unit}”的，请填写整数。"
    return f"请保留不超过 {indicator.precision} 位小数。"


def _falls(entry: Entry, indicator: SettledIndicator, before: Decimal | None) -> bool:
    """Only what is counted from January on cannot fall; a share or a stock may."""
    return indicator.kind == "newly_added" and before is not None and entry.value < before


def _row(work: Work, entry: Entry, indicator: SettledIndicator) -> dict[str, Any]:
    return {
        "indicator_id": indicator.id,
        "year": entry.year,
        "as_of": entry.as_of,
        "value": entry.value,
        "nature": entry.nature.value,
        "source": entry.source.value,
        "unit_id": indicator.lead_id,
        "note": entry.note,
        "recorded_at": work.at,
        "recorded_by": work.actor.login,
    }
