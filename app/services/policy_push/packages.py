"""Packages made from a match: what each enterprise gets, written down in pages, and the instance that brings it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.db import table_of
from app.duties.policy_package import ENJOYED, Fit, package
from app.models.enterprise import Enterprise
from app.models.policy import PackageLine, PolicyPackage
from app.services.cases import Start
from app.services.policy_push.rows import ENTERPRISE

PACKAGE, LINE = table_of(PolicyPackage), table_of(PackageLine)
PAGE = 500


@dataclass(frozen=True)
class Offer:
    """A package before it is written. key: business key of its instance; round_key: None outside a round."""

    key: str
    enterprise_id: str
    round_key: str | None
    year: int
    has_specialist: bool
    message: str = ""
    tools: tuple[int, ...] = ()


@dataclass(frozen=True)
class Offered:
    """A policy for a package."""

    policy_id: int
    version: int
    closes_on: date | None
    amount_wan: Decimal | None
    why: list[str]


def chosen(offered: Collection[Offered]) -> list[Offered]:
    """The package's rule over what was offered."""
    by_key = {str(one.policy_id): one for one in offered}
    fits = (Fit(key, one.closes_on, one.amount_wan) for key, one in by_key.items())
    return [by_key[fit.policy] for fit in package(fits)]


def enjoyed_by(session: Session, enterprise_ids: Collection[str], year: int) -> set[tuple[str, int]]:
    """(enterprise, policy) of the year that were applied for, or are had already."""
    wanted = (
        select(PACKAGE.c.enterprise_id, LINE.c.policy_id)
        .join(LINE, LINE.c.package_id == PACKAGE.c.id)
        .where(PACKAGE.c.year == year, LINE.c.use.in_(ENJOYED) | LINE.c.drop_reason.in_(ENJOYED))
        .where(PACKAGE.c.enterprise_id.in_(enterprise_ids))
    )
    return {(row.enterprise_id, row.policy_id) for row in session.execute(wanted)}


def write_packages(connection: Connection, packages: Mapping[Offer, list[Offered]], at: datetime) -> None:
    offers = list(packages)
    for first in range(0, len(offers), PAGE):
        page = offers[first : first + PAGE]
        connection.execute(PACKAGE.insert(), [_package_row(offer, at) for offer in page])
        keys = [offer.key for offer in page]
        found = connection.execute(select(PACKAGE.c.key, PACKAGE.c.id).where(PACKAGE.c.key.in_(keys)))
        ids = {row.key: row.id for row in found}
        lines = [
            _line_row(ids[offer.key], position, one)
            for offer in page
            for position, one in enumerate(packages[offer], 1)
        ]
        connection.execute(LINE.insert(), lines)


def enterprise_start(offer: Offer, enterprise: Enterprise) -> Start:
    """The instance of a package."""
    data = {
        "package_key": offer.key,
        "enterprise_key": enterprise.id,
        "round_key": offer.round_key or "",
        "specialist_present": offer.has_specialist,
    }
    return Start(
        ENTERPRISE,
        offer.key,
        f"政策包：{enterprise.name}",
        offer.year,
        enterprise.locality_id,
        data,
        enterprise_id=enterprise.id,
    )


def _package_row(offer: Offer, at: datetime) -> dict[str, Any]:
    return {
        "key": offer.key,
        "enterprise_id": offer.enterprise_id,
        "round_key": offer.round_key,
        "year": offer.year,
        "state": "prepared",
        "message": offer.message,
        "note": "",
        "specialist": "",
        "is_unconfirmed": False,
        "tools": list(offer.tools),
        "made_at": at,
        "demand_key": "",
    }


def _line_row(package_id: int, position: int, one: Offered) -> dict[str, Any]:
    told = {"policy_id": one.policy_id, "version": one.version, "closes_on": one.closes_on, "why": one.why}
    return {"package_id": package_id, "position": position, "drop_reason": "", "use": "", "text": "", **told}
