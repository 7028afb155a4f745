"""Levels that a reviewer gave in a year, and reports that came back a second time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.duties.progress_monitoring import Period
from app.models.december_report import DecemberReport
from app.models.locality_plan import LocalityPlan
from app.models.progress_monitoring import ProgressReport
from app.models.supervision_order import SupervisionOrder
from app.services.assessment.matters import matter_states
from app.services.assessment.year import Item, Year, place, sequence_numbers

SECOND_RETURN_ROUND = 3  # the round that follows the second return

Found = tuple[str, Item, datetime | None]


def quality_items(year: Year) -> dict[str, list[Item]]:
    found = year.collected()
    rows = [*_december(year), *_monitoring(year), *_plans(year), *_orders(year), *_accepted_matters(year)]
    moments = [(item["at"]["instance"], at) for _, item, at in rows if at is not None and "instance" in item["at"]]
    events = sequence_numbers(year.session, moments)
    for unit_id, item, at in rows:
        seq = None if at is None else events.get((item["at"].get("instance", ""), at))
        if unit_id in found:
            found[unit_id].append({**item, "at": {**item["at"], **({} if seq is None else {"seq": seq})}})
    return found


def _december(year: Year) -> Iterable[Found]:
    wanted = select(DecemberReport).where(DecemberReport.year == year.year, DecemberReport.quality != "")
    for row in year.session.scalars(wanted.order_by(DecemberReport.id)):
        item = _item(f"december:{row.id}", f"{row.year}年度反馈", row.quality, row.instance_id, row.round)
        yield row.unit_id, item, row.accepted_at


def _monitoring(year: Year) -> Iterable[Found]:
    """A person's judgement; where the machine found nothing there is none."""
    wanted = select(ProgressReport).where(
        ProgressReport.year == year.year, ProgressReport.correction == 0, ProgressReport.quality != ""
    )
    for row in year.session.scalars(wanted.order_by(ProgressReport.id)):
        title = f"{Period.read(row.period).name}运行监测"
        yield (
            row.unit_id,
            _item(f"monitoring:{row.id}", title, row.quality, row.instance_id, row.round),
            row.accepted_at,
        )


def _plans(year: Year) -> Iterable[Found]:
    wanted = select(LocalityPlan).where(LocalityPlan.year == year.year, LocalityPlan.quality != "")
    for row in year.session.scalars(wanted.order_by(LocalityPlan.id)):
        item = _item(f"plan:{row.id}", f"{row.edition}年工作方案", row.quality, row.instance_id, row.round)
        yield row.unit_id, item, row.filed_at


def _orders(year: Year) -> Iterable[Found]:
    wanted = select(SupervisionOrder).where(
        SupervisionOrder.opened_on.between(year.first, year.last), SupervisionOrder.quality != ""
    )
    for row in year.session.scalars(wanted.order_by(SupervisionOrder.number)):
        item = {
            "key": f"order:{row.number}",
            "title": f"督办事项{row.number} {row.title}",
            "level": row.quality,
            "second_returns": 0,
            "at": place(row.instance_id, order=row.number),
        }
        yield row.unit_id, item, None


def _accepted_matters(year: Year) -> Iterable[Found]:
    for state in matter_states(year):
        if state.quality and state.instance_id is not None:
            title = f"实事{state.number} {state.title}"
            item = _item(f"matter:{state.number}", title, state.quality, state.instance_id, state.rounds)
            yield state.lead_id, item, None


def _item(key: str, title: str, level: str, instance_id: str, rounds: int) -> Item:
    returns = int(rounds >= SECOND_RETURN_ROUND)
    return {"key": key, "title": title, "level": level, "second_returns": returns, "at": place(instance_id)}
