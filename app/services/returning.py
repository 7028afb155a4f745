"""退回: from an open user task to an earlier step, by the form's own outcome or, where none is drawn, by a move.

What may be chosen is the engine's answer (`earlier_steps`), which looks at the drawing and at what was done; a duty
adds that its rounds are counted. The earlier step goes to who did it, if she still could, with what she had sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.engine import Advance, Definition, Earlier, Engine, Outcome, Step, earlier_steps
from app.errors import InvalidForm
from app.models.person import Person
from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor, actor_of
from app.queries.candidates import people_of
from app.services import signing_guard, steps, tasks
from app.services.cases import Case, Casework, InstanceRow
from app.services.commands import Answer, Command, handles, run
from app.services.filling import sent_answers
from app.services.form_rules import Schema
from app.services.house import House
from app.services.messages import Message, put_messages
from app.services.projections import claimed_by, inbox_of
from app.services.registry import casework_of
from app.services.work import Work, reading_case
from app.terms import EventType, TaskStatus

TASK, DRAFT = table_of(UserTask), table_of(Draft)
RETURNED = "returned"  # the outcome of a task that was sent back without a form
SHORTEST, LONGEST = 2, 500


@dataclass(frozen=True)
class WayBack:
    """An earlier step as a page offers it, or says why not."""

    element_id: str
    name: str
    outcome: Outcome


def return_to(
    house: House, actor: Actor, task_id: str, to_element: str, reason: str, *, key: str, revision: int | None = None
) -> Answer:
    """Send the task back to a step that was done before. Raises InvalidForm("to_element" | "reason"), as complete()."""
    payload = {"task_id": task_id, "to_element": to_element, "reason": reason, "revision": revision}
    return run(house, actor, Command("return_to", key, payload))


def ways_back(house: House, session: Session, actor: Actor, task: UserTask) -> list[WayBack]:
    """Every step that was done before this one, the latest first."""
    case = reading_case(house, session, actor, task.instance_id)
    names = case.definition.elements
    return [WayBack(one.element_id, names[one.element_id].name, one.outcome) for one in _earlier(case, task)]


@handles("return_to")
def _return_to(work: Work, payload: Mapping[str, Any]) -> Answer:
    task = tasks.open_task(work, payload["task_id"], payload["revision"])
    signing_guard.require_none_open(work.connection, task.id)
    reason = str(payload["reason"]).replace("\0", "").strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise InvalidForm([("reason", f"请填写退回意见，{SHORTEST} 至 {LONGEST} 字。")])
    case = tasks.case_of(work, task)
    way = _chosen(case, task, payload["to_element"])
    if way.outcome is Outcome.DRAWN and returning_outcomes(_form(case, task)):
        told = {"task_id": task.id, "reason": reason, "to_element": way.element_id}
        return tasks.send_back_as_drawn(work, told)
    return _move(work, case, task, way, reason)


def _chosen(case: Case, task: Any, element_id: str) -> Earlier:
    found = {one.element_id: one for one in _earlier(case, task)}
    way = found.get(element_id)
    if way is None:
        raise InvalidForm([("to_element", "只能退回本事项已经办过的环节。")])
    if not way.outcome.is_allowed:
        raise InvalidForm([("to_element", f"{way.outcome.label}。")])
    return way


def _earlier(case: Case, task: Any) -> list[Earlier]:
    done = _done(case, task.instance_id)
    casework = casework_of(case.instance.definition_key)
    found = earlier_steps(case.definition, task.element_id, done, is_plain=casework.duty is None)
    if not _is_used_up(case, casework, task):
        return list(found)
    return [
        Earlier(one.element_id, one.entry_id, Outcome.ROUNDS if one.outcome.is_allowed else one.outcome)
        for one in found
    ]


def _done(case: Case, instance_id: str) -> list[str]:
    """The user tasks that were completed, by element, in their order; but for what a later version does not know."""
    where = (TASK.c.instance_id == instance_id, TASK.c.status == TaskStatus.COMPLETED)
    asked = select(TASK.c.element_id).where(*where).order_by(TASK.c.completed_at, TASK.c.created_at, TASK.c.id)
    return [id_ for id_ in case.connection.execute(asked).scalars() if id_ in case.definition.elements]


def _is_used_up(case: Case, casework: Casework, task: Any) -> bool:
    """The form knows a returning outcome, and the duty does not offer it any more."""
    returning = returning_outcomes(tasks.form_of(casework, task.element_id))
    if not returning or casework.duty is None:
        return False
    offered = casework.duty.offered(task.element_id, casework.facts(case, task.element_id, task.item))
    return bool(offered) and returning.isdisjoint(offered)


def _form(case: Case, task: Any) -> Schema | None:
    return tasks.form_of(casework_of(case.instance.definition_key), task.element_id)


def returning_outcomes(form: Schema | None) -> set[str]:
    """The outcomes of a form that return the matter."""
    outcomes = form["properties"].get("outcome", {}).get("oneOf", ()) if form else ()
    return {word["const"] for word in outcomes if word.get("x-danger")}


def _move(work: Work, case: Case, task: Row[Any], way: Earlier, reason: str) -> Answer:
    before = _last_done(case, task.instance_id, way.element_id)

    def back(engine: Engine, definition: Definition, row: InstanceRow, step: Step, host: steps.Host) -> Advance:
        return engine.send_back(definition, row.state, step, task.id, way.entry_id, host)

    def hand_on(opened: list[dict[str, Any]]) -> None:
        _hand_on(work, case, opened, before)

    tasks.mark_completed(work, task, RETURNED)
    if task.has_draft:
        work.write(tasks.DROP_DRAFT, {"of_task": task.id})
    about = {"element": task.element_id, "task": task.id, "name": task.name}
    told = {**about, "to": way.element_id, "entry": way.entry_id, "reason": reason}
    behalf = tasks.on_behalf_of(work, task, {})
    advance = steps.move(work, case, EventType.TASK_RETURNED, told, back, on_behalf_of=behalf, hand_on=hand_on)
    opened = [one.task_id for one in advance.opened]
    _give_draft(work, opened, before)
    _tell(work, case, opened, reason)
    return {
        "id": task.id,
        "instance_id": case.instance.id,
        "status": TaskStatus.COMPLETED.value,
        "instance_status": advance.status,
        "opened": [{"id": one.task_id, "element_id": one.element_id, "name": one.name} for one in advance.opened],
    }


def _last_done(case: Case, instance_id: str, element_id: str) -> Row[Any] | None:
    where = (TASK.c.instance_id == instance_id, TASK.c.element_id == element_id)
    asked = select(TASK).where(*where, TASK.c.status == TaskStatus.COMPLETED).order_by(TASK.c.completed_at.desc())
    return case.connection.execute(asked.limit(1)).one_or_none()


def _hand_on(work: Work, case: Case, opened: list[dict[str, Any]], before: Row[Any] | None) -> None:
    """To who did the step before; a step of several, or of who has left, to its group."""
    if before is None or [row["element_id"] for row in opened] != [before.element_id]:
        return
    with Session(work.connection) as session:
        if before.completed_by_id and _could_do(session, before.completed_by_id, opened[0]["principal"], case):
            opened[0] |= claimed_by(before.completed_by_id)


def _give_draft(work: Work, opened: Sequence[str], before: Row[Any] | None) -> None:
    """What she had sent lies in the form again; a duty's form begins with what it knows."""
    if before is None or len(opened) != 1 or casework_of(before.definition_key).duty is not None:
        return
    task = work.connection.execute(select(TASK).where(TASK.c.id == opened[0])).one()
    with Session(work.connection) as session:
        answers = sent_answers(session, before) if task.element_id == before.element_id else {}
    if answers:
        row = {"task_id": task.id, "data": dict(answers), "saved_at": work.at, "saved_by_id": before.completed_by_id}
        work.connection.execute(DRAFT.insert(), [row])


def _could_do(session: Session, person_id: int, principal: str, case: Case) -> bool:
    person = session.get(Person, person_id)
    return person is not None and person.is_active and principal in actor_of(session, person, case.today).principals


def _tell(work: Work, case: Case, opened: Sequence[str], reason: str) -> None:
    """A message to everybody who can act on it now."""
    rows = work.connection.execute(select(TASK).where(TASK.c.id.in_(opened))).all()
    with Session(work.connection) as session:
        people = people_of(session, {inbox_of(row) for row in rows}, clock.local(work.at).date())
    text = f"{work.actor.name}退回：{reason}"
    told = [
        Message(
            person.id,
            "returned",
            f"退回：{row.title}（{row.name}）",
            text,
            f"returned:{row.id}:{person.id}",
            work.at,
            row.id,
        )
        for row in rows
        for person in people.get(inbox_of(row), ())
    ]
    put_messages(work.connection, told)
