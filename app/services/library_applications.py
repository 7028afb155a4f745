"""An enterprise and the upgrading library: it applies itself, and it answers whether a locality may nominate it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.chains import OTHER
from app.duties.library_entry import is_sme, propose_tier
from app.duties.lights import chinese_date
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.enterprise import Enterprise
from app.models.library import NominationRow
from app.models.process import ProcessInstance
from app.queries.actor import Actor
from app.services import form_rules, steps
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.library_entry.rows import titles_of
from app.services.work import Work
from app.terms import EventType, InstanceStatus

ROW, INSTANCE = table_of(NominationRow), table_of(ProcessInstance)
FORM = "library_entry.nominate_enterprises"
FIELDS = ("chain", "product", "revenue_wan", "staff", "contact_name", "contact_phone", "reason")
UNDER_WAY = ("pool", "listed")


def apply_for_library(house: House, actor: Actor, answers: Mapping[str, Any], *, key: str) -> Answer:
    """The enterprise of this account puts itself on its locality's open list, or on the next one; {id}.

    answers: the columns of the nomination form that an enterprise knows. Raises NotPermitted, InvalidForm.
    """
    return run(house, actor, Command("apply_for_library", key, {"answers": dict(answers)}))


def answer_consent(house: House, actor: Actor, row_id: int, agrees: bool, *, key: str) -> Answer:
    """The enterprise says whether it wants to be nominated; the locality's form fills itself. Raises NotFound."""
    return run(house, actor, Command("answer_consent", key, {"row": row_id, "agrees": agrees}))


@handles("apply_for_library")
def _apply(work: Work, payload: Mapping[str, Any]) -> Answer:
    if work.actor.enterprise_id is None:
        raise NotPermitted("请使用企业账号申请入库。")
    with Session(work.connection) as session:
        enterprise = session.get_one(Enterprise, work.actor.enterprise_id, with_for_update=True)
        answers = {name: payload["answers"][name] for name in FIELDS if payload["answers"].get(name) not in (None, "")}
        if errors := _errors(work.house, session, enterprise, answers):
            raise InvalidForm(errors)
        titles = titles_of(session, [enterprise.id]).get(enterprise.id, [])
        row = NominationRow(
            locality_id=enterprise.locality_id,
            enterprise_id=enterprise.id,
            name=enterprise.name,
            answers={**answers, "tier": propose_tier(titles), "industry": enterprise.industry},
            origin="enterprise",
            consent="platform",
            consent_on=clock.local(work.at).date(),
            state="pool",
            created_at=work.at,
            created_by=work.actor.login,
        )
        session.add(row)
        session.flush()
        return {"id": row.id}


def _errors(
    house: House, session: Session, enterprise: Enterprise, answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    columns = form_rules.read_form(FORM)["properties"]["rows"]["items"]
    schema = {**columns, "required": FIELDS[:-1], "properties": {name: columns["properties"][name] for name in FIELDS}}
    errors = [(error.field, error.text) for error in form_rules.validate(schema, answers)]
    if enterprise.library_since is not None:
        errors.append(("", f"贵企业已在库（{chinese_date(enterprise.library_since)}入库），不需再次申请"))
    elif is_under_way(session, enterprise.id):
        errors.append(("", "贵企业已申请入库或已被推荐，正在办理"))
    if not is_sme(enterprise.industry, answers.get("staff"), answers.get("revenue_wan")):
        errors.append(("staff", "按所填数据，贵企业不符合中小企业划型标准"))
    if answers.get("chain") == OTHER and not answers.get("reason"):
        errors.append(("reason", "产业链为“其他”的，请说明理由"))
    return errors


def is_under_way(session: Session, enterprise_id: str) -> bool:
    """Whether the enterprise waits for a list, or stands on one that is not decided yet."""
    waiting = (NominationRow.enterprise_id == enterprise_id, NominationRow.state.in_(UNDER_WAY))
    open_ = NominationRow.instance_id.is_(None) | (ProcessInstance.status == InstanceStatus.ACTIVE.value)
    found = (
        select(NominationRow.id)
        .outerjoin(ProcessInstance, ProcessInstance.id == NominationRow.instance_id)
        .where(*waiting, open_)
    )
    return session.scalars(found).first() is not None


@handles("answer_consent")
def _answer_consent(work: Work, payload: Mapping[str, Any]) -> Answer:
    row = work.connection.execute(select(ROW).where(ROW.c.id == payload["row"]).with_for_update()).one_or_none()
    if row is None or row.enterprise_id != work.actor.enterprise_id or row.instance_id is None:
        raise NotFound
    case = work.case(row.instance_id)
    if row.state != "listed" or row.consent != "waiting" or case.instance.status != InstanceStatus.ACTIVE:
        raise AlreadyDone("此事已答复，或推荐名单已办结。")
    agrees, today = payload["agrees"], clock.local(work.at).date()
    changed = {"consent": "platform" if agrees else "refused", "consent_on": today}
    if not agrees:
        changed |= {"state": "declined", "finding": "企业不同意入库"}
    work.connection.execute(ROW.update().where(ROW.c.id == row.id).values(changed))
    told = {"element": "collect_consent", "text": f"{row.name}{'同意' if agrees else '不同意'}入库"}
    steps.note(work, case, EventType.TASK_COMMENTED, told)
    return {"id": row.id}
