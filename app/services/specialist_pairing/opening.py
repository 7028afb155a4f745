"""How a pairing is opened: by a title, by a specialist who leaves, by hand; and each visit by the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.duties.specialist_pairing import GONE, KIND_WORDS, REASON_WORDS
from app.errors import RuleViolation
from app.models.enterprise import Enterprise
from app.models.pairing import Pairing
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.services.cases import Start
from app.services.house import House
from app.services.specialist_pairing.rows import PAIRING, SERVICE, VISIT, lasting
from app.terms import EnterpriseState, InstanceStatus, Role, TitleLevel

Told = Mapping[str, Any]

COVERED = (TitleLevel.LITTLE_GIANT.value,)  # national and old provincial ones alike
NEEDLESS_WITH_TITLE = "title_ended"


def opening(session: Session, house: House, variables: Told) -> Start:
    """variables: {enterprise_id, kind?, reason?}. Raises RuleViolation for an unknown enterprise or one in service."""
    enterprise = session.get(Enterprise, str(variables.get("enterprise_id") or "").strip().upper())
    if enterprise is None:
        raise RuleViolation("enterprise_id", "没有找到该企业，请填写统一社会信用代码")
    kind = str(variables.get("kind") or SERVICE)
    if kind not in KIND_WORDS:
        raise RuleViolation("kind", "请选择专员类别")
    if enterprise.state != EnterpriseState.ACTIVE:
        raise RuleViolation("enterprise_id", "该企业已不在正常经营状态，无需结对")
    if lasting(session, enterprise.id, kind) is not None and not variables.get("reason"):
        raise RuleViolation("enterprise_id", f"该企业已有{KIND_WORDS[kind]}，需更换的请说明原因")
    return start_of(session, enterprise, kind, str(variables.get("reason") or ""))


def may_open(actor: Actor, start: Start) -> bool:
    """The office, and for its own enterprises a locality; a visit is opened by the clock alone."""
    return actor.has(Role.OFFICE) or (start.definition_key == PAIRING and start.unit_id in actor.unit_ids)


def title_granted(session: Session, house: House, told: Told) -> Start | None:
    """told: {key, enterprise_id?, level}. Once for a covered title, however often the message comes."""
    enterprise = session.get(Enterprise, str(told.get("enterprise_id") or told["key"]))
    if enterprise is None or told.get("level") not in COVERED or lasting(session, enterprise.id) is not None:
        return None
    return start_of(session, enterprise, SERVICE, "")


def specialist_left(session: Session, house: House, told: Told) -> Start | None:
    """told: {key: pairing_key, reason}. A pairing that is still being made hears it itself and begins anew."""
    pairing = _of_key(session, str(told["key"]))
    if pairing is None or _is_active(session, pairing.key):
        return None
    reason = str(told.get("reason") or "office")
    if pairing.to_on is None and reason in GONE:
        pairing.to_on, pairing.ended_because = clock.today(), REASON_WORDS[reason]
        session.flush()
    enterprise = session.get_one(Enterprise, pairing.enterprise_id)
    if enterprise.state != EnterpriseState.ACTIVE:
        return None
    return start_of(session, enterprise, pairing.kind, reason, previous=pairing.key)


def pairing_needless(session: Session, house: House, told: Told) -> None:
    """told: {key: credit code, reason}. What lasts ends; what is being made or visited hears it itself.

    With the title only the service specialist goes; with the enterprise all do.
    """
    where = [Pairing.enterprise_id == str(told["key"]), Pairing.to_on.is_(None)]
    if told.get("reason") == NEEDLESS_WITH_TITLE:
        where.append(Pairing.kind == SERVICE)
    for pairing in session.scalars(select(Pairing).where(*where)):
        pairing.to_on = clock.today()
        pairing.ended_because = "称号终止" if told.get("reason") == NEEDLESS_WITH_TITLE else "企业注销或迁出"
    session.flush()


def start_of(session: Session, enterprise: Enterprise, kind: str, reason: str, previous: str = "") -> Start:
    """The pairing that is being made, or the next one. previous: key of the pairing that it follows."""
    words, key = KIND_WORDS[kind], _key(session, enterprise.id, kind)
    data = {
        "enterprise_key": enterprise.id,
        "pairing_key": key,
        "specialist_kind": kind,
        "candidate_count": 0,
        "round": 0,
        "other_unit": False,
        "outcome": "",
    }
    return Start(
        PAIRING,
        key,
        f"{enterprise.name}{words}结对",
        clock.today().year,
        enterprise.locality_id,
        data=data,
        rows={
            ("subject", ""): {"kind": kind, "reason": reason, "previous": previous},
            ("entry", ""): {"count": 1},
        },
        enterprise_id=enterprise.id,
    )


def opening_visit(session: Session, house: House, variables: Told) -> Start:
    """variables: {pairing_id, year, quarter}. Raises RuleViolation where the pairing lasts no longer."""
    pairing = session.get(Pairing, variables.get("pairing_id"))
    if pairing is None or pairing.to_on is not None:
        raise RuleViolation("pairing_id", "该企业目前没有服务专员，请先结对")
    return visit_start(session, pairing, int(variables["year"]), int(variables["quarter"]))


def visit_start(session: Session, pairing: Pairing, year: int, quarter: int, part: int = 1) -> Start:
    """part: 2 and more for who took the visit over within the quarter."""
    enterprise = session.get_one(Enterprise, pairing.enterprise_id)
    key = visit_key(enterprise.id, year, quarter, part)
    data = {"enterprise_key": enterprise.id, "pairing_key": pairing.key, "is_dissatisfied": False, "outcome": ""}
    return Start(
        VISIT,
        key,
        f"{enterprise.name}{year}年第{quarter}季度走访",
        year,
        enterprise.locality_id,
        data=data,
        rows={("quarter", ""): {"number": quarter}},
        enterprise_id=enterprise.id,
    )


def visit_key(enterprise_id: str, year: int, quarter: int, part: int = 1) -> str:
    behind = f":{part}" if part > 1 else ""
    return f"{VISIT}:{enterprise_id}:{year}-Q{quarter}{behind}"


def _key(session: Session, enterprise_id: str, kind: str) -> str:
    """Of the one that is under way; else the next number of the enterprise and kind."""
    prefix = f"{PAIRING}:{enterprise_id}:" if kind == SERVICE else f"{PAIRING}:{enterprise_id}:{kind}:"
    of_kind = (ProcessInstance.definition_key == PAIRING, ProcessInstance.enterprise_id == enterprise_id)
    rows = session.execute(select(ProcessInstance.business_key, ProcessInstance.status).where(*of_kind))
    made = session.scalars(select(Pairing.key).where(Pairing.enterprise_id == enterprise_id))
    # One that was taken over from paper has a row and no instance.
    all_ = {**dict.fromkeys(made, ""), **{row.business_key: row.status for row in rows}}
    known = {key: status for key, status in all_.items() if key.removeprefix(prefix).isdecimal()}
    under_way = [key for key, status in known.items() if status == InstanceStatus.ACTIVE]
    return under_way[0] if under_way else f"{prefix}{len(known) + 1}"


def _of_key(session: Session, key: str) -> Pairing | None:
    return session.scalars(select(Pairing).where(Pairing.key == key).order_by(Pairing.id.desc()).limit(1)).one_or_none()


def _is_active(session: Session, key: str) -> bool:
    where = (ProcessInstance.definition_key == PAIRING, ProcessInstance.business_key == key)
    is_open = ProcessInstance.status == InstanceStatus.ACTIVE.value
    return bool(session.scalar(select(func.count()).select_from(ProcessInstance).where(*where, is_open)))
