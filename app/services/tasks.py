"""The verbs of the inbox: claim, put back, save a draft, complete, send back, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from app import clock
from app.db import table_of
from app.engine import Advance, Definition, Engine, Step
from app.errors import AlreadyDone, Gone, IncidentOpen, InvalidForm, NotFound, NotPermitted, Reassigned, StaleProcess
from app.models.person import Person
from app.models.process import Incident, ProcessInstance
from app.models.user_task import Attachment, Draft, UserTask
from app.prepared import Prepared
from app.queries.actor import Actor
from app.queries.attachments import hashes_of_task
from app.queries.standing import Standing, standing_of
from app.queries.withdrawal import SUBMISSION_WITHDRAWN, waiting_withdrawal
from app.services import form_rules, plain_variables, signing_guard, steps, told_tasks
from app.services.cases import PLAIN, Case, Casework, FormTask, InstanceRow
from app.services.commands import Answer, Command, handles, run
from app.services.house import House
from app.services.projections import CHANGE_TASK, change_task, inbox_of
from app.services.registry import casework_of
from app.services.work import INSTANCE_COLUMNS, Work
from app.terms import EventType, Role, TaskStatus

TASK, INSTANCE, DRAFT = table_of(UserTask), table_of(ProcessInstance), table_of(Draft)
PERSON, INCIDENT, ATTACHMENT = table_of(Person), table_of(Incident), table_of(Attachment)

ON_PAPER = ("meeting", "paper")  # how a leader decides outside of the system; the office's signer enters it


DROP_DRAFT = Prepared(DRAFT.delete().where(DRAFT.c.task_id == bindparam("of_task")))
HAS_INCIDENT = exists().where(
    INCIDENT.c.instance_id == TASK.c.instance_id, INCIDENT.c.status == "open", INCIDENT.c.kind == "fault"
)
LOCKED_TASK = Prepared(
    select(
        TASK,
        HAS_INCIDENT.label("has_incident"),
        exists().where(DRAFT.c.task_id == TASK.c.id).label("has_draft"),
        exists().where(ATTACHMENT.c.task_id == TASK.c.id).label("has_files"),
        *(column.label(f"instance_{column.name}") for column in INSTANCE_COLUMNS),
    )
    .join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
    .where(TASK.c.id == bindparam("task_id"))
    .with_for_update(of=[INSTANCE, TASK])
)


def complete(
    house: House, actor: Actor, task_id: str, answers: Mapping[str, Any], *, key: str, revision: int | None = None
) -> Answer:
    """Send a form. Raises InvalidForm by field, Conflict, Gone, NotFound, NotPermitted, IncidentOpen.

    revision: what the client saw; None accepts the present one. The answer is {id, instance_id, status, opened}, and
    `receipt`, the event's stream, seq and hash, unless the form is kept until it was signed.
    """
    payload = {"task_id": task_id, "answers": dict(answers), "revision": revision}
    return run(house, actor, Command("complete", key, payload))


def claim(house: House, actor: Actor, task_id: str, *, key: str, revision: int | None = None) -> Answer:
    return run(house, actor, Command("claim", key, {"task_id": task_id, "revision": revision}))


def unclaim(house: House, actor: Actor, task_id: str, *, key: str, revision: int | None = None) -> Answer:
    return run(house, actor, Command("unclaim", key, {"task_id": task_id, "revision": revision}))


def send_back(
    house: House, actor: Actor, task_id: str, reason: str, *, key: str, to_element: str | None = None
) -> Answer:
    """Complete with the form's returning outcome. Raises InvalidForm where the step cannot be sent back.

    to_element: the step it must lead to, which the process alone decides; None for wherever that is.
    """
    payload = {"task_id": task_id, "reason": reason, "to_element": to_element}
    return run(house, actor, Command("send_back", key, payload))


def withdraw(house: House, actor: Actor, instance_id: str, *, key: str) -> Answer:
    """Take back what the unit has handed on and nobody has acted upon. Raises StaleProcess when it is too late."""
    return run(house, actor, Command("withdraw", key, {"instance_id": instance_id}))


def save_draft(
    house: House, actor: Actor, task_id: str, data: Mapping[str, Any], *, revision: int | None = None
) -> datetime:
    """Keep what was typed, and when. No event: a draft is nobody's business but the unit's. Raises as complete()."""
    at = clock.now()
    with house.database.writing() as connection:
        work = Work(house, connection, actor, at, key="")
        task = open_task(work, task_id, revision, may_prepare=True)
        values = {"data": dict(data), "saved_at": at, "saved_by_id": actor.person_id}
        saved = connection.execute(DRAFT.update().where(DRAFT.c.task_id == task.id).values(values))
        if saved.rowcount == 0:
            connection.execute(DRAFT.insert(), [{"task_id": task.id, **values}])
    return at


def form_of(casework: Casework, element_id: str) -> form_rules.Schema | None:
    """The form of a user task; None for a task of an uploaded process, which takes plain variables."""
    if casework.duty is None or element_id not in casework.duty.forms:
        return None
    return form_rules.read_form(casework.duty.forms[element_id])


@handles("complete")
def _complete(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], payload["revision"])
    case = case_of(work, task)
    casework = casework_of(case.instance.definition_key)
    answers = _checked(case, casework, task, payload["answers"])
    sealed = signing_guard.sealed_by_signers(work, case, task, answers) if task.is_watched else None
    return sealed or _send(work, case, casework, task, answers)


def complete_sealed(work: Work, task: Any, sealed: Mapping[str, Any]) -> Answer:
    """Send the form that was kept until it was signed, if it still fits. Raises InvalidForm."""
    case = case_of(work, task)
    casework = casework_of(case.instance.definition_key)
    return _send(work, case, casework, task, _checked(case, casework, task, sealed))


def _send(work: Work, case: Case, casework: Casework, task: Any, answers: Mapping[str, Any]) -> Answer:
    form_task = FormTask(task.id, task.element_id, task.item, task.unit_id, task.created_at)
    # What somebody drew into a duty's process and the duty does not know goes by the drawing alone.
    receiving = casework if form_of(casework, task.element_id) is not None else PLAIN
    values = dict(receiving.receive(case, form_task, answers))
    outcome = answers.get("outcome", "")
    mark_completed(work, task, outcome if isinstance(outcome, str) else "")
    if task.has_draft:
        work.write(DROP_DRAFT, {"of_task": task.id})

    def done(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: steps.Host) -> Advance:
        return engine.complete(definition, row.state, step, task.id, values, host)

    withheld = casework.withheld.get(task.element_id, frozenset())
    shown = {name: value for name, value in answers.items() if name not in withheld}
    told = {"element": task.element_id, "task": task.id, "name": task.name, "answers": shown, "values": values}
    advance = steps.move(
        work,
        case,
        EventType.TASK_COMPLETED,
        told,
        done,
        on_behalf_of=on_behalf_of(work, task, answers),
        attachments=hashes_of_task(work.connection, task.id) if task.has_files else (),
    )
    return {
        "id": task.id,
        "instance_id": case.instance.id,
        "status": TaskStatus.COMPLETED.value,
        "instance_status": advance.status,
        "opened": [
            {"id": opened.task_id, "element_id": opened.element_id, "name": opened.name} for opened in advance.opened
        ],
        "receipt": {"stream": case.instance.id, "seq": case.instance.head_seq, "hash": case.instance.head_hash},
    }


@handles("send_back")
def send_back_as_drawn(work: Work, payload: Mapping[str, Any]) -> Answer:
    """By the returning outcome of the form; payload: {task_id, reason, to_element?}."""
    task = open_task(work, payload["task_id"], None)
    form = form_of(casework_of(task.definition_key), task.element_id)
    outcomes = form["properties"].get("outcome", {}).get("oneOf", ()) if form else ()
    returning = [word["const"] for word in outcomes if word.get("x-danger")]
    if form is None or not returning:
        raise InvalidForm([("outcome", "本环节不能退回。")])
    answers = {"outcome": returning[-1], **_points(form, payload["reason"])}
    answer = _complete(work, {"task_id": task.id, "answers": answers, "revision": None})
    wanted = payload.get("to_element")
    if wanted is not None and wanted not in [opened["element_id"] for opened in answer["opened"]]:
        raise InvalidForm([("to_element", "按表单退回不会到达该环节，请选择其他环节。")])
    return answer


def _points(form: form_rules.Schema, reason: str) -> dict[str, Any]:
    """The reason as the form asks for it; where it asks for single points, for each item that could be one."""
    points = form["properties"].get("return_points")
    if points is None:
        return {"opinion_text": reason}
    field = points["items"]["properties"].get("field")
    if field is None:
        raise InvalidForm([("return_points", "请在办理页面逐项列明须补正的内容。")])
    items = field["oneOf"]
    return {"opinion_text": reason, "return_points": [{"field": item["const"], "point": reason} for item in items]}


@handles("claim")
def _claim(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], payload["revision"])
    if task.assignee_id == work.actor.person_id:
        return _task_answer(task, task.revision)
    return _reassign(work, task, work.actor.person_id, EventType.TASK_CLAIMED)


@handles("unclaim")
def _unclaim(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = open_task(work, payload["task_id"], payload["revision"])
    if task.assignee_id is None:
        return _task_answer(task, task.revision)
    return _reassign(work, task, None, EventType.TASK_UNCLAIMED)


@handles("withdraw")
def _withdraw(work: Work, payload: Mapping[str, Any]) -> Answer:
    case = work.case(payload["instance_id"])
    if case.instance.unit_id not in work.actor.unit_ids:
        raise NotFound
    waiting = waiting_withdrawal(work.connection, case.instance.id)
    if waiting is None:
        raise StaleProcess("对方已开始办理，不能撤回。需要修改的，请联系对方退回。")
    return deliver_to(work, case, waiting, SUBMISSION_WITHDRAWN, EventType.WITHDRAWN)


def deliver_to(work: Work, case: Case, waiting_id: str, message: str, type_: EventType, **told: Any) -> Answer:
    """Give a message to the one task of the instance that waits for it."""

    def give(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: steps.Host) -> Advance:
        return engine.deliver(definition, row.state, step, waiting_id, message, host)

    advance = steps.move(work, case, type_, {"message": message, "task": waiting_id, **told}, give)
    return {"instance_id": case.instance.id, "instance_status": advance.status}


def open_task(
    work: Work, task_id: str, revision: int | None, *, may_prepare: bool = False, may_take_back: bool = False
) -> Row[Any]:
    """The task, locked with its instance, if this actor may act on it now. Raises what the person should know.

    may_prepare: also for whom it was delegated to; may_take_back: also for who delegated it.
    """
    task = LOCKED_TASK.one_or_none(work.connection, task_id=task_id)
    if task is None:
        raise NotFound
    work.instance_id = task.instance_id
    work.lines[task.id] = task
    _require_sight(work.actor, task)
    if task.status == TaskStatus.COMPLETED:
        raise AlreadyDone(**_who(work, task.completed_by_id, task.completed_at))
    if task.status == TaskStatus.CANCELLED:
        raise Gone
    standing = standing_of(work.connection, work.actor, task)
    is_her_share = (standing is Standing.PREPARE and may_prepare) or (standing is Standing.DELEGATED and may_take_back)
    if not is_her_share:
        _require_candidate(work, task, standing)
    if task.has_incident and not work.is_repair:
        raise IncidentOpen
    if revision is not None and revision != task.revision:
        raise StaleProcess(revision=task.revision, **_who(work, task.changed_by_id, task.changed_at))
    return task


def case_of(work: Work, task: Any) -> Case:
    """The instance of a task that open_task has given: it was read and locked with it."""
    names = InstanceRow.__dataclass_fields__
    return work.case_of(InstanceRow(**{name: getattr(task, f"instance_{name}") for name in names}))


def readable_task(work: Work, task_id: str) -> Row[Any]:
    """The task, whoever has it now, if the actor may see it. Raises NotFound."""
    task = work.connection.execute(
        select(TASK, INSTANCE.c.unit_id.label("instance_unit_id"))
        .join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
        .where(TASK.c.id == task_id)
    ).one_or_none()
    if task is None:
        raise NotFound
    _require_sight(work.actor, task)
    return task


def _require_sight(actor: Actor, task: Row[Any]) -> None:
    """Another unit's task answers like a missing one; what somebody was given is hers."""
    units = {task.unit_id, task.instance_unit_id}
    inboxes = {task.principal, f"person:{task.assignee_id}"}
    is_hers = not inboxes.isdisjoint(actor.principals) or not units.isdisjoint(actor.unit_ids)
    if not (actor.reads_all or is_hers):
        raise NotFound


def _require_candidate(work: Work, task: Row[Any], standing: Standing) -> None:
    match standing:
        case Standing.TAKEN:
            raise Reassigned(**_who(work, task.assignee_id, task.changed_at))
        case Standing.WATCH:
            raise NotPermitted
        case Standing.DELEGATED:
            raise NotPermitted("您已把这件事委派给他人，收回后才能办理。")
        case Standing.PREPARE:
            raise NotPermitted("这件事由您代为准备，办好后请交回，由委派人报送。")
        case Standing.DRAFTED:
            raise NotPermitted("您已办理过此事项的前一环节，不能代为审签。")
        case Standing.BARRED:
            raise NotPermitted("您是该单位的人员或代表该单位办理过此事项，请由办公室其他人员审核。")


def _who(work: Work, person_id: int | None, at: datetime | None) -> dict[str, Any]:
    """by and at of a conflict: who was first, and when."""
    name = work.connection.execute(select(PERSON.c.name).where(PERSON.c.id == person_id)).scalar_one_or_none()
    return {"by": name or "系统", "at": at.isoformat() if at else None}


def _checked(case: Case, casework: Casework, task: Row[Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form, what is known and what was sent, when nothing is wrong with it. Raises InvalidForm."""
    form = form_of(casework, task.element_id)
    if form is None or casework.duty is None:
        plain_variables.require_scalars(sent)
        return dict(sent)
    facts = casework.facts(case, task.element_id, task.item)
    known, _marks = casework.prefill(case, task.element_id, task.item)
    whole = form_rules.overlay(form, known, sent, casework.locked(case, task.element_id, task.item))
    errors = [(error.field, error.text) for error in form_rules.validate(form, whole)]
    if not errors:
        offered = casework.duty.offered(task.element_id, facts)
        if offered and whole.get("outcome") not in offered:
            errors.append(("outcome", "现在不能选择这一项，请另选。"))
        found = casework.duty.check(task.element_id, whole, facts)
        errors += [(error.field, error.text) for error in found if error.level == "error"]
    if errors:
        raise InvalidForm(errors)
    return whole


def mark_completed(work: Work, task: Row[Any], outcome: str) -> None:
    values = {
        "status": TaskStatus.COMPLETED.value,
        "completed_at": work.at,
        "completed_by_id": work.actor.person_id,
        "on_behalf_of_id": work.actor.stands_for.get(inbox_of(task)),
        "changed_at": work.at,
        "changed_by_id": work.actor.person_id,
        "revision": task.revision + 1,
        "outcome": outcome[:20],
    }
    told = {name: values[name] for name in ("outcome", "on_behalf_of_id") if values[name]}
    told_tasks.note_changed(work, task.instance_id, task.id, told)
    work.write(CHANGE_TASK, {**values, "of_task": task.id})


def on_behalf_of(work: Work, task: Row[Any], answers: Mapping[str, Any]) -> str | None:
    """The login of an absent person, or the leading group for a decision on paper."""
    if task.principal == Role.LEADER and Role.LEADER not in work.actor.roles and answers.get("mode") in ON_PAPER:
        return Role.LEADER.value
    absent_id = work.actor.stands_for.get(inbox_of(task))
    where = PERSON.c.id == absent_id
    login: str | None = work.connection.execute(select(PERSON.c.login).where(where)).scalar() if absent_id else None
    return login


def _reassign(work: Work, task: Row[Any], person_id: int | None, type_: EventType) -> Answer:
    moved = _move_line(work, task, person_id)
    steps.note(work, case_of(work, task), type_, {"element": task.element_id, "task": task.id, "name": task.name})
    return _task_answer(moved, moved.revision)


def give_to(work: Work, task_id: str, person_id: int) -> None:
    """Whoever has it now; the caller says why. Raises NotFound, Gone for a task that is no longer open."""
    task = LOCKED_TASK.one_or_none(work.connection, task_id=task_id)
    if task is None:
        raise NotFound
    if task.status not in (TaskStatus.OPEN, TaskStatus.CLAIMED):
        raise Gone
    _move_line(work, task, person_id)


def _move_line(work: Work, task: Any, person_id: int | None) -> Any:
    """Move the task's line to the person's inbox, or back to the group's; the row as it will be."""
    status = TaskStatus.OPEN if person_id is None else TaskStatus.CLAIMED
    return change_task(work, task, {"assignee_id": person_id, "delegated_by_id": None, "status": status.value})


def _task_answer(task: Any, revision: int) -> Answer:
    return {"id": task.id, "instance_id": task.instance_id, "status": str(task.status), "revision": revision}
