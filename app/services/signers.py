"""加签 and 减签: whoever may act on a user task asks others to sign before it or after it, and takes that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import insert_if_new, table_of
from app.duties import joint_signing as rules
from app.engine import Advance, Definition, Engine, Step
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted
from app.models.user_task import IS_OPEN, Draft, TaskCopy, UserTask
from app.queries.actor import Actor
from app.queries.signers import Candidate, possible_signers
from app.services import signing_guard, steps, supervision
from app.services.cases import Case, InstanceRow
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.joint_signing.rows import (
    SIGNER,
    SIGNING,
    Found,
    change_signer,
    close,
    live_signings,
    signers_of,
    verdict_of,
)
from app.services.projections import CHANGE_TASK, change_task
from app.services.task_forms import open_form
from app.services.tasks import case_of, open_task
from app.services.work import Work
from app.terms import EventType, TaskStatus

TASK, COPY = table_of(UserTask), table_of(TaskCopy)
LONGEST_TEXT = 300
SHARES = range(1, 101)


def add_signers(
    house: House,
    actor: Actor,
    task_id: str,
    to: Sequence[str],
    *,
    side: str = "before",
    mode: str = "all",
    share: int = 100,
    text: str = "",
    key: str,
    revision: int | None = None,
) -> Answer:
    """Ask these inboxes, `person:<id>` or `contact:<unit>`, to sign. Those who sign already are left alone.

    Where a signing of that side is planned or under way they join it, and its mode stays. Raises InvalidForm("to" |
    "side" | "mode" | "share" | "text") and what open_task raises. Answers {id, instance_id, signing_id, added}.
    """
    asked = {"to": list(dict.fromkeys(to)), "side": side, "mode": mode, "share": share, "text": text}
    return run(house, actor, Command("add_signers", key, {"task_id": task_id, "revision": revision, **asked}))


def remove_signer(house: House, actor: Actor, task_id: str, signer: str, reason: str = "", *, key: str) -> Answer:
    """减签: who has not signed yet need not. Raises NotFound, AlreadyDone where she has, and what open_task raises."""
    return run(house, actor, Command("remove_signer", key, {"task_id": task_id, "signer": signer, "reason": reason}))


def urge_signers(house: House, actor: Actor, task_id: str, text: str, *, key: str) -> Answer:
    """催办 by who asked them, once a day each. Answers {urged}."""
    return run(house, actor, Command("urge_signers", key, {"task_id": task_id, "text": text}))


@handles("add_signers")
def _add(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], payload["revision"])
    if work.actor.is_outsider or task.definition_key == rules.PROCESS:
        raise NotPermitted("本环节不能加签。")
    case = case_of(work, task)
    wanted = _wanted(work, task, payload)
    signing = _live(work, task.id, payload["side"]) or _new_signing(work, case, task, payload)
    known = {signer.principal: signer.state for signer in signers_of(work.connection, signing.id)}
    added = [one for one in wanted if known.get(one.principal, rules.REMOVED) == rules.REMOVED]
    if len([state for state in known.values() if state != rules.REMOVED]) + len(added) > rules.MOST_SIGNERS:
        raise InvalidForm([("to", f"会签人最多 {rules.MOST_SIGNERS} 个。")])
    for one in added:
        _put_signer(work, signing, one, is_known=one.principal in known)
    _let_see(work, task, added)
    task = _begun(work, task)
    told = {"element": task.element_id, "task": task.id, "name": task.name, "to": [one.label for one in added]}
    how = {"side": signing.side, "mode": signing.mode, "share": signing.share, "asked": signing.text}
    words = "：".join(part for part in ("、".join(one.label for one in added), signing.text) if part)
    steps.note(work, case, EventType.SIGNERS_ASKED, {**told, **how, "text": words})
    if signing.state == rules.OPEN:
        _join(work, signing, added)
    elif signing.side == "before":
        signing_guard.begin(work, case, task, signing)
    return {"id": task.id, "instance_id": task.instance_id, "signing_id": signing.id, "added": len(added)}


@handles("remove_signer")
def _remove(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], None)
    signing, signer = _of(work, task.id, payload["signer"])
    if signer.state != rules.WAITING:
        raise AlreadyDone("对方已会签，不能减签。")
    reason = _short(payload["reason"], "reason")
    change_signer(work.connection, signing.id, signer.principal, state=rules.REMOVED, at=work.at)
    told = {"element": task.element_id, "task": task.id, "name": task.name, "to": [signer.label]}
    told["text"] = "：".join(part for part in (signer.label, reason) if part)
    steps.note(work, case_of(work, task), EventType.SIGNERS_DISMISSED, told)
    if signing.state == rules.OPEN:
        _leave(work, signing, signer.principal)
    elif verdict_of(signing, signers_of(work.connection, signing.id)) == rules.DROPPED:
        close(work.connection, signing, rules.DROPPED, work.at)
    return {"id": task.id, "instance_id": task.instance_id, "signing_id": signing.id, "removed": 1}


@handles("urge_signers")
def _urge(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], None)
    text, urged = _short(payload["text"], "text"), 0
    for signing in live_signings(work.connection, task.id):
        where = (TASK.c.instance_id == signing.instance_id, IS_OPEN)
        for id_ in work.connection.execute(select(TASK.c.id).where(*where).order_by(TASK.c.id)).scalars().all():
            signed = supervision.locked_task(work, id_)
            if not supervision.was_urged_today(work, signed):
                supervision.note_urging(work, signed, text)
                work.instance_id, urged = signing.instance_id, urged + 1
    if not urged:
        raise InvalidForm([("text", "会签人今天已催办，或者没有待签的会签。")])
    return {"id": task.id, "instance_id": task.instance_id, "urged": urged}


def _begun(work: Work, task: Any) -> Any:
    """Who asks others to sign has begun, so nothing is taken back under her hands; the row as it will be.

    The mark stands on the row itself: who completes the task at this moment waits for its lock and then reads the row
    anew, but not what else her statement had seen before.
    """
    mine = {} if task.assignee_id else {"assignee_id": work.actor.person_id, "status": TaskStatus.CLAIMED.value}
    return change_task(work, task, {**mine, "is_watched": True})


def _wanted(work: Work, task: Any, payload: Mapping[str, Any]) -> list[Candidate]:
    errors = []
    if payload["side"] not in rules.SIDES:
        errors.append(("side", "请选择报送前或者报送后会签。"))
    if payload["mode"] not in rules.MODES:
        errors.append(("mode", "请选择会签方式。"))
    if payload["share"] not in SHARES:
        errors.append(("share", "请填写 1 至 100 的百分比。"))
    with Session(work.connection) as session:
        known = {one.principal: one for one in possible_signers(session, work.actor, task)}
    if not payload["to"]:
        errors.append(("to", "请选择会签人。"))
    elif any(name not in known for name in payload["to"]):
        errors.append(("to", "所选人员中有不能会签此事项的，请重新选择。"))
    if errors:
        raise InvalidForm(errors)
    return [known[name] for name in payload["to"]]


def _live(work: Work, task_id: str, side: str) -> Found | None:
    return next((one for one in live_signings(work.connection, task_id) if one.side == side), None)


def _new_signing(work: Work, case: Case, task: Any, payload: Mapping[str, Any]) -> Found:
    number = select(func.count()).where(SIGNING.c.task_id == task.id)
    position = work.connection.execute(number).scalar_one() + 1
    row = {
        "key": f"{rules.PROCESS}:{task.id}:{position}",
        "task_id": task.id,
        "side": payload["side"],
        "mode": payload["mode"],
        "share": payload["share"],
        "text": _short(payload["text"], "text"),
        "content": _content(work, case, task) if payload["side"] == "before" else {},
        "state": rules.PLANNED,
        "asked_by_id": work.actor.person_id,
        "asked_at": work.at,
    }
    return work.connection.execute(SIGNING.insert().values(row).returning(*SIGNING.c)).one()


def _content(work: Work, case: Case, task: Any) -> dict[str, Any]:
    """The form as far as it was filled in, for those who sign before it is sent."""
    with Session(work.connection) as session:
        shown = open_form(
            work.house, session, work.actor, session.get_one(UserTask, task.id), session.get(Draft, task.id)
        )
    return dict(shown.data)


def _put_signer(work: Work, signing: Found, one: Candidate, *, is_known: bool) -> None:
    """One who was taken away before is asked again."""
    asked = {"state": rules.WAITING, "added_by_id": work.actor.person_id, "added_at": work.at}
    if is_known:
        change_signer(work.connection, signing.id, one.principal, **asked, at=None)
        return
    row = {"signing_id": signing.id, "principal": one.principal, "label": one.label, "unit_id": one.unit_id}
    work.connection.execute(SIGNER.insert(), [{**row, **asked, "opinion": ""}])


def _let_see(work: Work, task: Any, added: Sequence[Candidate]) -> None:
    """Who signs reads the matter and its files, as one does who has a copy."""
    ids = dict.fromkeys(id_ for one in added for id_ in one.person_ids)
    sent = {"task_id": task.id, "instance_id": task.instance_id, "by_id": work.actor.person_id, "note": "请会签"}
    rows = [{**sent, "person_id": id_, "at": work.at} for id_ in ids]
    if rows:
        work.connection.execute(insert_if_new(work.connection.dialect.name, COPY), rows)


def _join(work: Work, signing: Found, added: Sequence[Candidate]) -> None:
    """Into the signing that is under way, a step for each."""
    for one in added:
        case = work.case(signing.instance_id)
        beside = _open_tasks(work, signing)[0]

        def join(
            engine: Engine,
            definition: Definition,
            row: InstanceRow,
            step: Step,
            host: steps.Host,
            beside: str = beside.id,
            key: str = one.principal,
        ) -> Advance:
            return engine.add_item(definition, row.state, step, beside, key, key, host)

        told = {
            "element": rules.SIGN,
            "task": beside.id,
            "key": one.principal,
            "item": one.principal,
            "to": [one.label],
        }
        steps.move(work, case, EventType.SIGNER_ADDED, told, join)


def _leave(work: Work, signing: Found, principal: str) -> None:
    """Her task is closed; the others go on, or the signing is settled without her."""
    case = work.case(signing.instance_id)
    task = next(one for one in _open_tasks(work, signing) if one.item == principal)
    is_settled = verdict_of(signing, signers_of(work.connection, signing.id)) != rules.OPEN
    gone = {"status": TaskStatus.CANCELLED.value, "completed_at": work.at, "changed_at": work.at}
    work.write(CHANGE_TASK, {**gone, "of_task": task.id})

    def leave(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: steps.Host) -> Advance:
        return engine.complete(definition, row.state, step, task.id, {"is_settled": is_settled}, host)

    told = {"element": rules.SIGN, "task": task.id, "name": task.name, "values": {"is_settled": is_settled}}
    steps.move(work, case, EventType.SIGNER_REMOVED, told, leave)


def _open_tasks(work: Work, signing: Found) -> list[Any]:
    asked = select(TASK).where(TASK.c.instance_id == signing.instance_id, IS_OPEN).order_by(TASK.c.id)
    return list(work.connection.execute(asked).all())


def _of(work: Work, task_id: str, principal: str) -> tuple[Found, Found]:
    for signing in live_signings(work.connection, task_id):
        for signer in signers_of(work.connection, signing.id):
            if signer.principal == principal:
                return signing, signer
    raise NotFound("没有找到这位会签人，会签可能已经完成。")


def _short(text: Any, field: str) -> str:
    tidy = str(text).replace("\0", "").strip()
    if len(tidy) > LONGEST_TEXT:
        raise InvalidForm([(field, f"最多 {LONGEST_TEXT} 字。")])
    return tidy
