"""What the office has before it when it draws a list up: priorities of the units, demands, last year's ratings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.models.december_report import Priority
from app.models.demand import Demand
from app.models.practical_matter import PracticalMatter
from app.services import form_rules
from app.services.cases import Case
from app.services.practical_matter.rows import unit_names, year_of

MOST_PRIORITIES, MOST_CATEGORIES = 60, 8


def grounds(case: Case) -> list[dict[str, Any]]:
    """{kind, text} each."""
    parts = (("企业诉求", _demands(case)), ("上年实事评价", _last_year(case)), ("下一年工作重点", _priorities(case)))
    return [{"kind": kind, "text": text} for kind, texts in parts for text in texts]


def priorities_of(case: Case, unit_id: str) -> list[Priority]:
    """What a unit wrote for this year in its last December report."""
    wanted = select(Priority).where(Priority.year == year_of(case), Priority.unit_id == unit_id)
    return list(case.session.scalars(wanted.order_by(Priority.position)))


def _priorities(case: Case) -> Iterator[str]:
    names = unit_names(case)
    wanted = select(Priority).where(Priority.year == year_of(case)).order_by(Priority.unit_id, Priority.position)
    for row in case.session.scalars(wanted.limit(MOST_PRIORITIES)):
        yield f"{names.get(row.unit_id, row.unit_id)}：{row.title}。{row.content}"


def _demands(case: Case) -> Iterator[str]:
    """How many demands of each kind enterprises raised last year, the most frequent first."""
    labels = {
        one["const"]: one["title"]
        for one in form_rules.read_form("demand_response.raise_demand")["properties"]["category"]["oneOf"]
    }
    count = func.count().label("count")
    rows = case.session.execute(
        select(Demand.category, count)
        .where(Demand.year == year_of(case) - 1)
        .group_by(Demand.category)
        .order_by(count.desc(), Demand.category)
        .limit(MOST_CATEGORIES)
    )
    for category, number in rows:
        yield f"{labels.get(category, category)}类诉求{number}件"


def _last_year(case: Case) -> Iterator[str]:
    wanted = select(PracticalMatter).where(PracticalMatter.year == year_of(case) - 1)
    for row in case.session.scalars(wanted.order_by(PracticalMatter.number)):
        told = "评价不足10份" if row.satisfaction is None else f"满意度{row.satisfaction}%"
        yield f"{row.title}：{told}"
