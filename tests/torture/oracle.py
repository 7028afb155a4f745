"""What the programs were told, held against what the database says; and the product's own oracle, `duban check`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import func, select

from app.cli.fresh_replay import other_surroundings, replayed
from app.models.command import CommandRow
from app.models.event import EventPayload, EventRow
from app.models.outbox import OutboxRow
from app.models.process import Incident, ProcessInstance
from app.services.check import check
from app.services.house import House
from app.terms import EventType, InstanceStatus
from tests.torture.programs import Entry, Program

COMPLETION = "/completion"
OUTWARD = ("mail", "chat")


@dataclass(frozen=True)
class Verdict:
    """lost: acknowledged, not in the log. doubled: more than once in the log. differing: kept with another answer."""

    acknowledged: int
    lost: int
    doubled: int
    differing: int

    def __str__(self) -> str:
        return (
            f"{self.acknowledged:,} completions acknowledged, {self.lost} lost, {self.doubled} doubled, "
            f"{self.differing} answered otherwise"
        )


def verdict(house: House, entries: Sequence[Entry]) -> Verdict:
    """Of the completions among the entries. An answer is compared with the one that the database keeps for its key."""
    told = {entry.key: entry for entry in entries if entry.path.endswith(COMPLETION) and entry.is_acknowledged}
    answers, by_key, by_task = _answers(house), Counter[str](), Counter[str]()
    for key, task_id in _completions(house):
        by_key[key] += 1
        by_task[task_id] += 1
    return Verdict(
        acknowledged=len(told),
        lost=sum(1 for key in told if key not in answers or by_key[key] == 0),
        doubled=sum(1 for count in (*by_key.values(), *by_task.values()) if count > 1),
        differing=sum(1 for key, entry in told.items() if entry.reply and entry.reply.body != answers.get(key)),
    )


def _answers(house: House) -> dict[str, object]:
    with house.database.reading() as session:
        return {row.key: row.answer for row in session.execute(select(CommandRow.key, CommandRow.answer))}


def _completions(house: House) -> list[tuple[str, str]]:
    """The key and the user task of each completion in the log."""
    asked = (
        select(EventRow.command_key, EventPayload.body)
        .join(EventPayload, (EventPayload.stream == EventRow.stream) & (EventPayload.seq == EventRow.seq))
        .where(EventRow.type == EventType.TASK_COMPLETED)
    )
    with house.database.reading() as session:
        return [(key, orjson.loads(body)["task"]) for key, body in session.execute(asked)]


def asked_again(program: Program, entries: Sequence[Entry], at_most: int) -> tuple[int, int]:
    """Send completions that broke, and others, once more under the old keys: how many, and how many answers differ."""
    done = [entry for entry in entries if entry.path.endswith(COMPLETION) and entry.is_acknowledged]
    broken, others = [entry for entry in done if entry.breaks], [entry for entry in done if not entry.breaks]
    again = [*broken, *random.Random(1).sample(others, min(len(others), max(at_most - len(broken), 0)))]
    differing = 0
    for entry in again:
        reply = program.insist(Entry(entry.key, entry.path, entry.body))
        differing += entry.reply is None or (reply.status, reply.body) != (entry.reply.status, entry.reply.body)
    return len(again), differing


def active_instances(house: House, *definition_keys: str) -> int:
    asked = (
        select(func.count())
        .select_from(ProcessInstance)
        .where(ProcessInstance.status == InstanceStatus.ACTIVE, ProcessInstance.definition_key.in_(definition_keys))
    )
    with house.database.reading() as session:
        return session.scalar(asked) or 0


def pending_effects(house: House, *kinds: str) -> int:
    """What is not delivered yet: of these kinds, or of those that stay inside the house."""
    wanted = OutboxRow.kind.in_(kinds) if kinds else OutboxRow.kind.not_in(OUTWARD)
    asked = select(func.count()).select_from(OutboxRow).where(OutboxRow.status == "pending", wanted)
    with house.database.reading() as session:
        return session.scalar(asked) or 0


def require_green(house: House) -> str:
    """Raises AssertionError with what `duban check` found, or when anything is left over."""
    found = check(house)
    assert not found, "\n".join(f"{finding.rule}: {finding.text}" for finding in found[:20])
    with house.database.reading() as session:
        incidents = [incident.text for incident in session.scalars(select(Incident))]
    assert (incidents, pending_effects(house)) == ([], 0)
    return "check green"


def replayed_afresh(house: House) -> str:
    """All histories, done again in a fresh process. Raises AssertionError where one departs."""
    around = other_surroundings()
    lines = list(replayed(house.settings, around))
    assert [line for line in lines if line["departure"]] == []
    steps, events = sum(line["equal"] for line in lines), sum(line["events"] for line in lines)
    erased = sum(line["erased"] is not None for line in lines)
    told = f"{len(lines):,} histories, {steps:,} steps, {events:,} events to the same hash in {around.text}"
    return f"{told}, 0 departures, {erased} erased"
