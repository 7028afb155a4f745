"""How a round is opened, by the calendar or the office, and how one enterprise gets a package outside a round."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.duties.policy_push import ROUND_MONTHS
from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.models.policy import PolicyPackage
from app.models.process import ProcessInstance
from app.queries.policies import policies_on
from app.queries.policy_profiles import profiles_of
from app.services.cases import Start
from app.services.house import House
from app.services.policy_push.matching import library_of
from app.services.policy_push.packages import Offer, Offered, chosen, enjoyed_by, enterprise_start, write_packages
from app.services.policy_push.pairing import specialists_of
from app.services.policy_push.rows import ENTERPRISE, ROUND

CREDIT_CODE = re.compile(r"[0-9A-Z]{18}")

Told = Mapping[str, Any]


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {year, number?}. The calendar names the number of its round; the office's are counted on."""
    year, number = variables.get("year"), variables.get("number")
    if not isinstance(year, int):
        raise RuleViolation("year", "请填写年度")
    if not isinstance(number, int):
        number = _next_number(session, year)
    key = f"{ROUND}:{year}-{number}"
    data = {"round_key": key, "departments": {}}
    return Start(ROUND, key, f"{year}年第{number}批政策推送", year, data=data)


def opening_single(session: Session, house: House, variables: Told) -> Start:
    """variables: {enterprise_id}. Raises RuleViolation where there is no such enterprise, or nothing fits it."""
    enterprise = session.get(Enterprise, str(variables.get("enterprise_id") or ""))
    if enterprise is None:
        raise RuleViolation("enterprise_id", "没有找到该企业，请填写统一社会信用代码")
    start = _single(session, enterprise)
    if start is None:
        raise RuleViolation("enterprise_id", "目前没有符合该企业条件且可以申报的政策")
    return start


def wanted(session: Session, house: House, told: Told) -> Start | None:
    """told: {key: enterprise_key, enterprise_id?}. Nothing is opened for an enterprise that no policy fits now."""
    text = str(told.get("enterprise_id") or told["key"])
    code = CREDIT_CODE.search(text)
    enterprise = session.get(Enterprise, code.group()) if code else None
    return None if enterprise is None else _single(session, enterprise)


def _single(session: Session, enterprise: Enterprise) -> Start | None:
    """The package of today for one enterprise; the one that was made today already is not made again."""
    today = clock.today()
    key = f"{ENTERPRISE}:single:{enterprise.id}:{today.isoformat()}"
    connection = session.connection()
    has_specialist = bool(specialists_of(connection, [enterprise.id]))
    offer = Offer(key, enterprise.id, None, today.year, has_specialist)
    if session.scalars(select(PolicyPackage.id).where(PolicyPackage.key == key)).first() is None:
        offered = _offered(session, enterprise, today)
        if not offered:
            return None
        write_packages(connection, {offer: offered}, clock.now())
    return enterprise_start(offer, enterprise)


def _offered(session: Session, enterprise: Enterprise, today: date) -> list[Offered]:
    """What fits it today and it does not have yet."""
    library = library_of(session, policies_on(session, today))
    enjoyed = enjoyed_by(session, [enterprise.id], today.year)
    ids = [policy_id for policy_id in library.policies if (enterprise.id, policy_id) not in enjoyed]
    return [one for firm in profiles_of(session, [enterprise.id]) for one in chosen(library.offers(firm, ids, today))]


def _next_number(session: Session, year: int) -> int:
    """Behind those of the calendar and those the office opened before."""
    prefix = f"{ROUND}:{year}-"
    keys = session.scalars(select(ProcessInstance.business_key).where(ProcessInstance.business_key.like(f"{prefix}%")))
    taken = [int(key.removeprefix(prefix)) for key in keys if key.removeprefix(prefix).isdecimal()]
    return max([len(ROUND_MONTHS), *taken]) + 1
