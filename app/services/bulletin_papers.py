"""通报 of a period as a paper in the layout of GB/T 9704, with what each unit did and what is overdue as annexes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.documents import circular
from app.documents.circular import Circular, Table
from app.documents.paper_table import Column
from app.models.bulletin import Bulletin
from app.services import letterheads

UNITS = (
    Column("单位", 46),
    Column("办结", 18, is_centred=True),
    Column("其中逾期", 22, is_centred=True),
    Column("逾期未办", 22, is_centred=True),
    Column("督办单", 18, is_centred=True),
    Column("说明", 30),
)
OVERDUE = (
    Column("序号", 13, is_centred=True),
    Column("单位", 32),
    Column("事项", 63),
    Column("时限", 24, is_centred=True),
    Column("逾期工作日", 24, is_centred=True),
)


def paper_of(session: Session, row: Bulletin) -> Circular:
    """As it is printed; before the signature without a number, with today's day."""
    on = clock.local(row.signed_at).date() if row.signed_at else clock.today()
    overdue = [item for item in row.overdue if not item.get("is_left_out")]
    return Circular(
        letterhead=letterheads.of_office(session, row.number, "各有关单位", on),
        title=row.title,
        opening=row.opening,
        chapters=[("好的方面", row.good), ("存在的问题", row.bad), ("工作要求", row.demands)],
        tables=[
            Table("各单位办理情况", UNITS, tuple(_unit_cells(unit) for unit in row.units)),
            Table("逾期未办事项", OVERDUE, tuple(_overdue_cells(at, item) for at, item in enumerate(overdue, 1))),
        ],
    )


def word_file(session: Session, row: Bulletin) -> bytes:
    return circular.render(paper_of(session, row))


def _unit_cells(unit: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (str(unit[name] or "") for name in ("done", "late", "overdue", "orders"))
    return (unit["unit"], *counts, unit.get("remark", ""))


def _overdue_cells(at: int, item: Mapping[str, Any]) -> tuple[str, ...]:
    due_on = date.fromisoformat(item["due_on"])
    order = f"（督办单{item['order']}）" if item["order"] else ""
    return str(at), item["unit"], f"{item['title']}{order}", f"{due_on.month}月{due_on.day}日", str(item["late_days"])
