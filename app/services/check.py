"""The oracle: what holds of an honest house at any moment. Each rule is a function that yields what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, String, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.models.command import CommandRow
from app.models.event import EventPayload, EventRow
from app.models.outbox import OutboxRow
from app.models.process import Incident, ProcessInstance, Subscription
from app.models.timer import Timer
from app.models.user_task import IS_OPEN, InboxEntry, UserTask
from app.queries.actor import CLOCK
from app.queries.stuck import stuck_instances
from app.services import audit, reexecution, told_elsewhere
from app.services.assessment.scores import differences
from app.services.children import PAGES
from app.services.effects import SEALED
from app.services.findings import Finding, Rule
from app.services.house import House
from app.services.instance_check import findings_of
from app.services.rebuilt_rows import People, Tally
from app.services.reexecution import STEPS
from app.services.told_erasures import erasures
from app.services.told_incidents import incidents
from app.terms import EventType

__all__ = ["Finding", "Rule", "check", "counts"]

LONGEST_WAIT = timedelta(hours=1)  # of an effect, beyond the instant at which it should have left
FORGOTTEN = timedelta(minutes=10)  # beyond the end of a lease that nobody took up again
CLAIMS = ("claim", "unclaim")
MAY_MOVE_NOTHING = (*CLAIMS, "cancel_children")  # what is so already
BY_THE_HOUSE = (EventType.INCIDENT_RAISED, EventType.INCIDENT_SETTLED)  # what was not done, and is no more
INWARD = ("message", SEALED, *PAGES)  # effects that are commands
BESIDE = {EventType.DUE_DATE_MOVED}  # a step that comes along with another one of the instance
MAY_MOVE_TWICE = ("deliver", "deliver_to_one", "add_signers")  # several tasks that wait for a message; several signers


Check = Callable[[Session, datetime], Iterator[Finding]]


def check(house: House, tally: Tally | None = None) -> list[Finding]:
    """Everything that does not hold now; an honest house gives none. Reads all, and does every instance again.

    tally: is told how many columns of rows were compared with the log.
    """
    faults = audit.verify(house).faults
    found = [Finding(Rule.CHAIN, fault.text, fault.stream) for fault in faults]
    engine, tally = reexecution.fresh_engine(), tally or Tally()
    with house.database.reading() as session:
        people = People.read(session)
    for id_ in reexecution.instance_ids(house):
        with house.database.reading() as session:
            found += findings_of(session, house, engine, people, id_, tally)
    with house.database.reading() as session:
        for rule in RULES:
            found += rule(session, clock.now())
        found += told_elsewhere.versions(session, house)
    return found


def counts(house: House) -> dict[str, int]:
    """How much there was to check; printed beside every zero."""
    with house.database.reading() as session:
        return {name: session.scalar(select(func.count()).select_from(model)) or 0 for name, model in COUNTED.items()}


COUNTED: dict[str, Any] = {
    "instances": ProcessInstance,
    "events": EventRow,
    "payloads": EventPayload,
    "commands": CommandRow,
    "user_tasks": UserTask,
    "inbox_entries": InboxEntry,
    "timers": Timer,
    "subscriptions": Subscription,
    "effects": OutboxRow,
    "incidents": Incident,
}


def _commands_in_the_log(session: Session, at: datetime) -> Iterator[Finding]:
    is_told = exists().where(
        EventRow.stream == CommandRow.instance_id,
        EventRow.command_key == CommandRow.key,
        EventRow.actor == CommandRow.actor,
    )
    asked = select(CommandRow.actor, CommandRow.key, CommandRow.instance_id).where(
        CommandRow.instance_id.is_not(None), CommandRow.kind.not_in(MAY_MOVE_NOTHING), ~is_told
    )
    for actor, key, instance_id in session.execute(asked):
        yield Finding(Rule.COMMAND, f"command {key} of {actor} left no event", instance_id)


def _commands_once(session: Session, at: datetime) -> Iterator[Finding]:
    """A command moves an instance once."""
    asked = (
        select(EventRow.stream, EventRow.actor, EventRow.command_key)
        .join(CommandRow, (CommandRow.actor == EventRow.actor) & (CommandRow.key == EventRow.command_key))
        .where(EventRow.type.in_(STEPS - BESIDE), CommandRow.kind.not_in(MAY_MOVE_TWICE))
        .group_by(EventRow.stream, EventRow.actor, EventRow.command_key)
        .having(func.count() > 1)
    )
    for stream, actor, key in session.execute(asked):
        yield Finding(Rule.COMMAND_TWICE, f"command {key} of {actor} moved {stream} more than once", stream)


def _events_by_commands(session: Session, at: datetime) -> Iterator[Finding]:
    is_where_it_says = CommandRow.instance_id == EventRow.stream
    is_wanted = exists().where(
        CommandRow.actor == EventRow.actor,
        CommandRow.key == EventRow.command_key,
        CommandRow.instance_id.is_not(None),  # of a command that reaches further, _commands_in_the_log asks which
        or_(CommandRow.kind.not_in(CLAIMS), is_where_it_says),
    )
    asked = (
        select(EventRow.stream, EventRow.seq)
        .join(ProcessInstance, ProcessInstance.id == EventRow.stream)
        .where(~is_wanted, EventRow.type.not_in(BY_THE_HOUSE))
    )
    for stream, seq in session.execute(asked):
        yield Finding(Rule.EVENT, f"{stream} event {seq} comes from no command", stream)


def _versions(session: Session, at: datetime) -> Iterator[Finding]:
    steps = (
        select(func.count())
        .where(EventRow.stream == ProcessInstance.id, EventRow.type.in_(STEPS))
        .correlate(ProcessInstance)
        .scalar_subquery()
    )
    asked = select(ProcessInstance.id, ProcessInstance.version, steps).where(ProcessInstance.version != steps)
    for id_, version, count in session.execute(asked):
        yield Finding(Rule.VERSION, f"{id_} has version {version} after {count} steps", id_)


def _inbox(session: Session, at: datetime) -> Iterator[Finding]:
    """A line for each open task, where its assignee or its group looks, and no other line."""
    in_line = exists().where(_is_line_of_task())
    tasks = select(UserTask.id, UserTask.instance_id).where(IS_OPEN, ~in_line)
    for task_id, instance_id in session.execute(tasks):
        yield Finding(Rule.INBOX, f"open task {task_id} lies in no inbox", instance_id)
    is_open = exists().where(IS_OPEN, _is_line_of_task())
    lines = select(InboxEntry.principal, InboxEntry.task_id).where(~is_open)
    for principal, task_id in session.execute(lines):
        yield Finding(Rule.INBOX, f"the inbox of {principal} holds {task_id}, which is not open there")


def _is_line_of_task() -> ColumnElement[bool]:
    is_claimed = UserTask.assignee_id.is_not(None)
    person = literal("person:") + cast(UserTask.assignee_id, String)
    is_barred = UserTask.has_own_item_rule & ~is_claimed
    return (
        (InboxEntry.task_id == UserTask.id)
        & (InboxEntry.due_on == UserTask.due_on)
        & (InboxEntry.principal == case((is_claimed, person), else_=UserTask.principal))
        & InboxEntry.barred_unit_id.is_not_distinct_from(case((is_barred, UserTask.subject_unit_id), else_=None))
    )


def _effects(session: Session, at: datetime) -> Iterator[Finding]:
    """A message that was delivered is a command under its effect key; both keys are unique, so it was one.

    A form that was sealed is sent in the name of who sealed it.
    """
    by_whom = or_(CommandRow.actor == CLOCK.login, OutboxRow.kind == SEALED)
    is_done = exists().where(by_whom, CommandRow.key == OutboxRow.effect_key)
    asked = select(OutboxRow.effect_key).where(OutboxRow.kind.in_(INWARD), OutboxRow.status == "done", ~is_done)
    for key in session.scalars(asked):
        yield Finding(Rule.EFFECT, f"message {key} is marked as done but no command delivered it")


def _leases(session: Session, at: datetime) -> Iterator[Finding]:
    until = at - FORGOTTEN
    timers = select(Timer.task_id, Timer.instance_id).where(
        Timer.status == "waiting", Timer.lease_until < until, ~_has_incident(Timer.instance_id)
    )
    for task_id, instance_id in session.execute(timers):
        yield Finding(Rule.LEASE, f"timer {task_id} is claimed beyond its lease", instance_id)
    effects = select(OutboxRow.effect_key).where(OutboxRow.status == "pending", OutboxRow.lease_until < until)
    for key in session.scalars(effects):
        yield Finding(Rule.LEASE, f"effect {key} is claimed beyond its lease")


def _outbox(session: Session, at: datetime) -> Iterator[Finding]:
    late = (OutboxRow.status == "pending") & (OutboxRow.next_at < at - LONGEST_WAIT)
    lost = (OutboxRow.status == "failed") & ~_has_own_incident()
    for key, status in session.execute(select(OutboxRow.effect_key, OutboxRow.status).where(late | lost)):
        yield Finding(Rule.OUTBOX, f"effect {key} is {status}")


def _stuck(session: Session, at: datetime) -> Iterator[Finding]:
    for id_ in session.scalars(stuck_instances()):
        yield Finding(Rule.STUCK, f"{id_} waits for nothing that can come", id_)


def _has_incident(instance_id: Any) -> Exists:
    return exists().where(Incident.instance_id == instance_id, Incident.status == "open")


def _has_own_incident() -> Exists:
    """What has failed is in somebody's hands: an incident under its own key, or the one of all letters of its kind."""
    is_its = or_(Incident.command_key == OutboxRow.effect_key, Incident.about == literal("outbox:") + OutboxRow.kind)
    return exists().where(Incident.status == "open", is_its)


def _scores(session: Session, now: datetime) -> Iterator[Finding]:
    """Reckoned again from its stored inputs, every score is the same to the last digit."""
    for found in differences(session):
        text = f"{found.instance_id} score {found.year} {found.unit_id} r{found.revision}: {found.text}"
        yield Finding(Rule.SCORE, text, found.instance_id)


RULES: tuple[Check, ...] = (
    _commands_in_the_log,
    _commands_once,
    _events_by_commands,
    _versions,
    _inbox,
    _effects,
    _leases,
    _outbox,
    _stuck,
    _scores,
    told_elsewhere.commands,
    told_elsewhere.strays,
    told_elsewhere.witnesses,
    incidents,
    erasures,
)
