"""How a demand comes in: from the firm's portal, from a visit or an activity, from the office or a department."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.demand_response_states import CHANNELS
from app.errors import RuleViolation
from app.models.annual_target import DocumentNumber
from app.models.demand import Demand
from app.models.enterprise import Enterprise
from app.queries.actor import Actor
from app.services.cases import Start
from app.services.demand_response.rows import DEMAND
from app.services.demand_routes import demand_routes
from app.services.house import House
from app.terms import Role

Told = Mapping[str, Any]
NUMBER = table_of(DocumentNumber)

SERIAL = "诉求"
OTHER = "other"
THE_FIRM = "enterprise"  # who another duty may name as the one that asks
SHORTEST_TITLE, LONGEST_TITLE = 5, 40
SHORTEST_TEXT, LONGEST_TEXT = 10, 1000


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {enterprise_id, category, title, text, source_key?, channel?, wanted_by?, is_urgent?, urgent_reason?,
    is_private?, materials?}. Without a source key the same words on one day are one demand. Raises RuleViolation.
    """
    words = [str(variables.get(name) or "") for name in ("enterprise_id", "category", "title", "text")]
    said = sha256("|".join([*words, clock.today().isoformat()]).encode()).hexdigest()
    return _opened(session, {"source_key": f"said:{said}", **variables})


def raised(session: Session, house: House, told: Told) -> Start:
    """The message `demand_raised`; its key is what makes it be raised once.

    Nobody is there to correct what another duty says too briefly, so it is filled up instead of refused.
    """
    title, text = str(told.get("title") or "").strip(), str(told.get("text") or "").strip()
    category = told.get("category") if told.get("category") in demand_routes().categories else OTHER
    said = {"title": _title(title), "text": _text(title, text), "category": category}
    return _opened(session, {**told, **said, "source_key": told["key"]})


def may_open(actor: Actor, start: Start) -> bool:
    """A firm its own; the office, units and specialists for any firm."""
    if actor.enterprise_id is not None:
        return actor.enterprise_id == start.enterprise_id
    return actor.has(Role.OFFICE, Role.CONTACT, Role.UNIT_HEAD, Role.SPECIALIST)


def _opened(session: Session, told: Told) -> Start:
    """Raised before, the same demand is opened again, which gives the same instance."""
    known = session.scalars(select(Demand).where(Demand.source_key == str(told["source_key"]))).one_or_none()
    demand = known or _written(session, told)
    enterprise = session.get_one(Enterprise, demand.enterprise_id)
    key = f"{DEMAND}:{demand.number}"
    data = {"demand_key": key, "kind": "", "outcome": "", "is_sure": False, "reroutes": 0, "round": 1, "units": {}}
    title = f"{enterprise.name}诉求：{demand.title}"
    unit_id = None if demand.is_private else enterprise.locality_id  # a private one is not the locality's to see
    return Start(DEMAND, key, title, demand.year, unit_id, data=data, enterprise_id=enterprise.id)


def _written(session: Session, told: Told) -> Demand:
    enterprise = session.get(Enterprise, str(told.get("enterprise_id") or ""))
    if enterprise is None:
        raise RuleViolation("enterprise_id", "没有找到该企业，请填写统一社会信用代码")
    _check(told)
    today = clock.today()
    demand = Demand(
        number=_number(session, today.year),
        year=today.year,
        source_key=str(told["source_key"]),
        channel=str(told.get("channel") or "portal"),
        enterprise_id=enterprise.id,
        category=told["category"],
        title=str(told["title"]).strip(),
        text=str(told["text"]).strip(),
        wanted_by=date.fromisoformat(told["wanted_by"]) if told.get("wanted_by") else None,
        is_urgent=bool(told.get("is_urgent")),
        urgent_reason=str(told.get("urgent_reason") or ""),
        is_private=bool(told.get("is_private")),
        materials=str(told.get("materials") or ""),
        contact_name=str(told.get("contact_name") or enterprise.contact_name),
        contact_phone=str(told.get("contact_phone") or enterprise.contact_phone),
        raised_by=enterprise.name if told.get("raised_by") in (None, THE_FIRM) else str(told["raised_by"]),
        raised_on=today,
        raised_at=clock.now(),
        state="routing",
    )
    session.add(demand)
    session.flush()
    return demand


def _check(told: Told) -> None:
    """What a program may send as well as the portal's form."""
    if told.get("category") not in demand_routes().categories:
        raise RuleViolation("category", "请选择诉求类别")
    if told.get("channel", "portal") not in CHANNELS:
        raise RuleViolation("channel", "没有这种来源")
    for field, text, shortest, longest in (
        ("title", told.get("title"), SHORTEST_TITLE, LONGEST_TITLE),
        ("text", told.get("text"), SHORTEST_TEXT, LONGEST_TEXT),
    ):
        if not shortest <= len(str(text or "").strip()) <= longest:
            raise RuleViolation(field, f"请填写{'标题' if field == 'title' else '诉求内容'}，{shortest}至{longest}字")


def _title(title: str) -> str:
    long = title if len(title) >= SHORTEST_TITLE else f"企业诉求：{title}"
    return long if len(long) <= LONGEST_TITLE else f"{long[: LONGEST_TITLE - 1]}…"


def _text(title: str, text: str) -> str:
    return text[:LONGEST_TEXT] if len(text) >= SHORTEST_TEXT else f"企业反映：{title}。{text}"


def _number(session: Session, year: int) -> str:
    """The next number of the year; taken for good when the transaction commits."""
    connection, where = session.connection(), (NUMBER.c.kind == SERIAL, NUMBER.c.year == year)
    last: int | None = connection.execute(select(NUMBER.c.serial).where(*where).with_for_update()).scalar()
    if last is None:
        connection.execute(NUMBER.insert(), [{"kind": SERIAL, "year": year, "serial": 1}])
    else:
        connection.execute(NUMBER.update().where(*where).values(serial=last + 1))
    return f"{year}-{(last or 0) + 1:06d}"
