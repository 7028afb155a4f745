"""What an enterprise does about a batch by itself: it applies while the window is open, and withdraws.

The application is a child of the batch, so that it is cancelled with it; the batch's row is locked while it is opened,
so that nobody comes in behind the closing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.enterprise_recognition import admission
from app.errors import InvalidForm, NotFound, NotPermitted, StaleProcess
from app.models.enterprise import Enterprise
from app.models.process import Subscription
from app.models.recognition import Application, RecognitionBatch
from app.queries import rule_sets
from app.queries.actor import Actor
from app.services import steps, tasks
from app.services.cases import Start
from app.services.commands import Answer, Command, handles, run
from app.services.enterprise_recognition.facts import bans_of, titles_held
from app.services.enterprise_recognition.rows import APPLICATION, batch_title
from app.services.house import House
from app.services.work import Work
from app.terms import EnterpriseState, EventType

SUBSCRIPTION = table_of(Subscription)
WITHDRAWN = "application_withdrawn"
SHOWN = ("notice", "upper", "announced")  # once the list is public a firm can no longer withdraw
OPEN = ("draft", "submitted", "returned", "reviewed")
CLOSED = "不在申报期内，不能申报。"


def apply(house: House, actor: Actor, batch_id: int, *, key: str) -> Answer:
    """Open the enterprise's application in the batch; {id, instance_id}. Raises NotFound, NotPermitted, InvalidForm."""
    return run(house, actor, Command("apply", key, {"batch_id": batch_id}))


def withdraw(house: House, actor: Actor, application_id: int, *, key: str) -> Answer:
    """Take the application back. Raises StaleProcess once the list is shown to the public."""
    return run(house, actor, Command("withdraw_application", key, {"application_id": application_id}))


def refusals(session: Session, batch: RecognitionBatch, enterprise: Enterprise, today: date) -> list[str]:
    """What stands against applying now, as the enterprise reads it; empty where it may apply."""
    is_there = (Application.batch_id == batch.id, Application.enterprise_id == enterprise.id)
    status = session.scalar(select(Application.status).where(*is_there))
    has_open = status in OPEN
    titles, bans = titles_held(session, enterprise.id), bans_of(session, enterprise.id)
    found = [error.text for error in admission(batch.level, today, titles, bans, has_open=has_open)]
    if status is not None and not has_open:
        found.append("本批次的申请已经办结，请在下一批次申报")
    if enterprise.state != EnterpriseState.ACTIVE:
        found.insert(0, "企业状态不是正常经营，不能申报")
    return found if is_open(batch, today) else [CLOSED.rstrip("。"), *found]


def is_open(batch: RecognitionBatch, today: date) -> bool:
    """Whether applications are taken today."""
    is_published = batch.status == "open" and batch.kind == "recognition"
    return is_published and bool(
        batch.window_from and batch.window_to and batch.window_from <= today <= batch.window_to
    )


@handles("apply")
def _apply(work: Work, payload: Mapping[str, Any]) -> Answer:
    if work.actor.enterprise_id is None:
        raise NotPermitted
    today = clock.local(work.at).date()
    with Session(work.connection, expire_on_commit=False) as session:
        batch = session.get(RecognitionBatch, payload["batch_id"], with_for_update=True)
        if batch is None:
            raise NotFound("没有找到这个批次。")
        enterprise = session.get_one(Enterprise, work.actor.enterprise_id)
        against = refusals(session, batch, enterprise, today)
        if against:
            raise InvalidForm([("batch", text) for text in against])
        rule_sets.applicable(session, batch.level, today)
        application = _new(session, batch, enterprise)
        application.instance_id = steps.start(work, _start(batch, enterprise, application), batch.instance_id)
        session.flush()
        return {"id": application.id, "instance_id": application.instance_id}


def _new(session: Session, batch: RecognitionBatch, enterprise: Enterprise) -> Application:
    """One a batch and enterprise: what was withdrawn is not opened again, it waits for the next batch."""
    key = f"{APPLICATION}:{batch.key.partition(':')[2]}:{enterprise.id}"
    application = Application(
        key=key,
        batch_id=batch.id,
        enterprise_id=enterprise.id,
        locality_id=enterprise.locality_id,
        answers={},
        reasons=[],
        upper={},
    )
    session.add(application)
    session.flush()
    return application


def _start(batch: RecognitionBatch, enterprise: Enterprise, application: Application) -> Start:
    return Start(
        definition_key=APPLICATION,
        business_key=application.key,
        title=f"{batch_title(batch)}申报：{enterprise.name}",
        year=batch.year,
        unit_id=enterprise.locality_id,
        enterprise_id=enterprise.id,
        data={
            "application_key": application.key,
            "batch_key": batch.key,
            "round": 1,
            "may_proceed": False,
            "criteria_met": False,
            "score": 0,
            "needs_visit_flag": False,
            "title": False,
        },
    )


@handles("withdraw_application")
def _withdraw(work: Work, payload: Mapping[str, Any]) -> Answer:
    with Session(work.connection, expire_on_commit=False) as session:
        application = session.get(Application, payload["application_id"])
        if application is None or application.enterprise_id != work.actor.enterprise_id:
            raise NotFound("没有找到这件申请。")
        batch, instance_id = session.get_one(RecognitionBatch, application.batch_id), application.instance_id
    if batch.status in SHOWN:
        raise StaleProcess("名单已进入公示或已公布，不能撤回申请。")
    case = work.case(instance_id or "")
    where = (SUBSCRIPTION.c.instance_id == instance_id, SUBSCRIPTION.c.message == WITHDRAWN)
    waiting = work.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is None:
        raise StaleProcess("申请已经办结，不能撤回。")
    return tasks.deliver_to(work, case, waiting, WITHDRAWN, EventType.WITHDRAWN)
