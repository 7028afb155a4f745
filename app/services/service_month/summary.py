"""What a service month came to, as its activities stand now: by kind, whom it reached, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.db import table_of
from app.duties.quantity import as_number, plain
from app.duties.service_month_counting import KINDS, LEAST_RATINGS, satisfaction
from app.models.service_month import ActivityFirm, ServiceActivity
from app.services.case_notes import year_of
from app.services.cases import Case
from app.services.service_month.rows import Row, frame_of

FIRM = table_of(ActivityFirm)
WAS_HELD = ("rating", "held")
OPEN = ("planned", "confirmed")


def figures_now(case: Case) -> Row:
    """The prefilled part of the summary's form."""
    activities = activities_of(case)
    return {
        "figures": _by_kind(case, activities),
        "reach_words": _reach_words(case, activities),
        "open_words": _open_words(activities),
    }


def activities_of(case: Case) -> Sequence[ServiceActivity]:
    where = ServiceActivity.year == year_of(case)
    return case.session.scalars(select(ServiceActivity).where(where).order_by(ServiceActivity.number)).all()


def _by_kind(case: Case, activities: Sequence[ServiceActivity]) -> list[Row]:
    wanted = frame_of(case)["kinds"]
    rows = []
    for kind, name in KINDS.items():
        own = [one for one in activities if one.kind == kind]
        held = [one for one in own if one.state in WAS_HELD]
        if own or wanted.get(kind):
            row = {"name": name, "wanted": wanted.get(kind, 0), "held": len(held)}
            rows.append(row | {"counted": sum(one.is_counted for one in held)} | _sums(held))
    return rows


def _sums(held: Sequence[ServiceActivity]) -> dict[str, Any]:
    return {
        "places": sum(one.firm_count for one in held),
        "people": sum(one.people for one in held),
        "amount_wan": as_number(sum((one.amount_wan for one in held), Decimal(0))),
        "contracts": sum(one.contracts for one in held),
    }


def _reach_words(case: Case, activities: Sequence[ServiceActivity]) -> str:
    """举办38场，到场企业900家次，覆盖企业520家；236家次评价，满意率95%。"""
    held = [one for one in activities if one.state in WAS_HELD]
    ids = [one.id for one in held]
    present = (FIRM.c.activity_id.in_(ids), FIRM.c.is_present)
    reached = case.connection.execute(select(func.count(FIRM.c.code.distinct())).where(*present)).scalar_one()
    ratings = case.connection.execute(select(FIRM.c.rating).where(*present, FIRM.c.rating.is_not(None))).scalars().all()
    share = satisfaction(ratings)
    rated = f"满意率{plain(share)}%" if share is not None else f"不足{LEAST_RATINGS}家次，不计算满意率"
    places = sum(one.firm_count for one in held)
    return f"举办{len(held)}场，到场企业{places}家次，覆盖企业{reached}家；{len(ratings)}家次评价，{rated}。"


def _open_words(activities: Sequence[ServiceActivity]) -> str:
    parts = [f"第{one.number}项“{one.title}”尚未登记" for one in activities if one.state in OPEN]
    parts += [f"第{one.number}项“{one.title}”未反馈" for one in activities if one.state == "unreported"]
    parts += [f"第{one.number}项“{one.title}”已取消" for one in activities if one.state == "cancelled"]
    return "；".join(parts)
