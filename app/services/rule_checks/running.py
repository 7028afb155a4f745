"""Looks for violations in the histories: once a day, only where something has happened or a limit has passed.

A rule that is new, or has a new version, looks at all instances of its processes once; after that at those with events
since, and at those that it must look at again on a day. Findings stay as they are; a new version settles open ones that
it no longer minds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.log_rules import Group, LogCheck, Verdict, judge
from app.ledger.chain import instant
from app.models.event import EventRow
from app.models.process import ProcessInstance
from app.models.rule_finding import RuleFinding, RuleProgress, RuleWait
from app.services.house import House
from app.services.rule_checks.catalog import CheckRule, log_rules
from app.services.rule_checks.reading import History, histories
from app.terms import FindingStatus

EVENT, INSTANCE = table_of(EventRow), table_of(ProcessInstance)
FINDING, PROGRESS, WAIT = table_of(RuleFinding), table_of(RuleProgress), table_of(RuleWait)
PAGE = 200  # instances whose events are in memory
OVERLAP = timedelta(hours=1)  # a transaction may commit behind one that began later
INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
BY_SYSTEM = "system"

Rules = Mapping[str, tuple[CheckRule, LogCheck]]
Judged = tuple[CheckRule, Sequence[History], Verdict]


@dataclass(frozen=True)
class Tally:
    """looked_at: instances that were read; judged: how often a rule was asked; found: new findings."""

    looked_at: int
    judged: int
    found: int


def run(house: House, only: str | None = None) -> Tally:
    """All rules over logs, or one; each page of instances is a transaction of its own."""
    chosen = {id_: one for id_, one in log_rules().items() if only in (None, id_)}
    began = clock.system_now()
    with house.database.reading() as session:
        since = _since(session, chosen)
        waiting = list(_candidates(session, chosen, since))
    looked_at = judged = found = 0
    for page in _pages(waiting):
        with house.database.reading() as session:
            verdicts = list(_judged(house, session, page, chosen))
        with house.database.writing() as connection:
            found += _write(connection, verdicts)
        looked_at, judged = looked_at + len(page), judged + len(verdicts)
    with house.database.writing() as connection:
        _remember(connection, chosen, began)
    return Tally(looked_at, judged, found)


def _since(session: Session, chosen: Rules) -> dict[str, str]:
    """For each rule up to where its present version has looked; "" where it has not."""
    rows = {row.rule: row for row in session.execute(select(PROGRESS))}
    return {
        id_: rows[id_].upto if id_ in rows and rows[id_].version == rule.version else ""
        for id_, (rule, _) in chosen.items()
    }


def _candidates(session: Session, chosen: Rules, since: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Instances, and which rules are to look at each."""
    found: dict[str, set[str]] = {}
    for upto in sorted(set(since.values())):
        own = {id_ for id_, at in since.items() if at == upto}
        for instance_id, process in session.execute(_touched(upto, own, chosen)):
            asking = {id_ for id_ in own if process in chosen[id_][0].processes}
            found.setdefault(instance_id, set()).update(asking)
    due = select(WAIT.c.instance_id, WAIT.c.rule).where(WAIT.c.look_again_on <= clock.today())
    for instance_id, id_ in session.execute(due):
        if id_ in chosen:
            found.setdefault(instance_id, set()).add(id_)
    return iter((instance_id, frozenset(ids)) for instance_id, ids in sorted(found.items()))


def _touched(upto: str, own: Collection[str], chosen: Rules) -> Select[Any]:
    processes = frozenset().union(*(chosen[id_][0].processes for id_ in own))
    asked = select(INSTANCE.c.id, INSTANCE.c.definition_key).where(INSTANCE.c.definition_key.in_(processes))
    if upto:
        asked = asked.where(INSTANCE.c.id.in_(select(EVENT.c.stream).where(EVENT.c.at_raw >= upto)))
    return asked


def _pages(waiting: Sequence[tuple[str, frozenset[str]]]) -> Iterator[dict[str, frozenset[str]]]:
    rest = iter(waiting)
    while page := dict(islice(rest, PAGE)):
        yield page


def _judged(house: House, session: Session, page: Mapping[str, frozenset[str]], chosen: Rules) -> Iterator[Judged]:
    read = list(histories(session, page))
    for history in read:
        for id_ in sorted(page[history.id]):
            rule, check = chosen[id_]
            if not rule.same:
                yield rule, [history], judge(check, _group(house, [history]))
    for id_ in sorted({id_ for ids in page.values() for id_ in ids if chosen[id_][0].same}):
        rule, check = chosen[id_]
        touched = [history for history in read if id_ in page[history.id]]
        for together in _together(session, rule, touched):
            yield rule, together, judge(check, _group(house, together))


def _together(session: Session, rule: CheckRule, touched: Sequence[History]) -> Iterator[list[History]]:
    """The groups to which these belong, each once."""
    for key in sorted({_key(rule, history) for history in touched}, key=str):
        ids = session.scalars(select(INSTANCE.c.id).where(INSTANCE.c.definition_key.in_(rule.processes), _where(key)))
        yield list(histories(session, list(ids)))


def _key(rule: CheckRule, history: History) -> tuple[tuple[str, Any], ...]:
    own = {
        "family": history.parent_id or history.id,
        "unit": history.unit_id,
        "year": history.year,
        "enterprise": history.enterprise_id,
    }
    return tuple((name, own[name]) for name in sorted(rule.same))


def _where(key: tuple[tuple[str, Any], ...]) -> Any:
    columns = {"unit": INSTANCE.c.unit_id, "year": INSTANCE.c.year, "enterprise": INSTANCE.c.enterprise_id}
    return and_(
        *(
            or_(INSTANCE.c.id == value, INSTANCE.c.parent_id == value) if name == "family" else columns[name] == value
            for name, value in key
        )
    )


def _group(house: House, together: Sequence[History]) -> Group:
    events = [event for history in together for event in history.events]
    if len(together) > 1:
        events.sort(key=lambda event: (event.on, event.instance, event.seq))
    is_ended = all(history.is_ended for history in together)
    return Group(events, is_ended, clock.today(), house.calendar)


def _write(connection: Connection, verdicts: Sequence[Judged]) -> int:
    """How many findings are new."""
    add = INSERT[connection.dialect.name]
    found = 0
    for rule, together, verdict in verdicts:
        ids = [history.id for history in together]
        units = {history.id: history.unit_id for history in together}
        connection.execute(WAIT.delete().where(WAIT.c.rule == rule.id, WAIT.c.instance_id.in_(ids)))
        if verdict.look_again_on is not None:
            wait = {"rule": rule.id, "instance_id": ids[0], "look_again_on": verdict.look_again_on}
            connection.execute(add(WAIT).on_conflict_do_nothing(), wait)
        rows = [
            {
                "rule": rule.id, "version": rule.version, "severity": rule.severity.value, "status": "open",
                "instance_id": one.instance, "unit_id": units[one.instance], "seq": one.seq, "about": one.about[:200],
                "found_at": clock.now(), "reason": "", "explained_by": "", "settled_by": "",
            }
            for one in verdict.violations
        ]  # fmt: skip
        for row in rows:
            found += connection.execute(add(FINDING).on_conflict_do_nothing(), row).rowcount
        _settle_gone(connection, rule, ids, {(one.instance, one.seq) for one in verdict.violations})
    return found


def _settle_gone(connection: Connection, rule: CheckRule, ids: Sequence[str], still: set[tuple[str, int]]) -> None:
    """Open findings of an older version that this one no longer minds."""
    older = select(FINDING.c.id, FINDING.c.instance_id, FINDING.c.seq).where(
        FINDING.c.rule == rule.id,
        FINDING.c.instance_id.in_(ids),
        FINDING.c.status == FindingStatus.OPEN.value,
        FINDING.c.version < rule.version,
    )
    gone = [row.id for row in connection.execute(older) if (row.instance_id, row.seq) not in still]
    if gone:
        settled = {"status": FindingStatus.SETTLED.value, "settled_by": BY_SYSTEM, "settled_at": clock.now()}
        connection.execute(FINDING.update().where(FINDING.c.id.in_(gone)).values(settled))


def _remember(connection: Connection, chosen: Rules, began: datetime) -> None:
    """What happened while this looked is looked at again."""
    upto = instant(began - OVERLAP)
    asked = select(INSTANCE.c.definition_key, func.count().label("number")).group_by(INSTANCE.c.definition_key)
    counts = {row.definition_key: row.number for row in connection.execute(asked)}
    for id_, (rule, _) in chosen.items():
        looked_at = sum(counts.get(process, 0) for process in rule.processes)
        row = {"rule": id_, "version": rule.version, "looked_at": looked_at, "upto": upto, "ran_at": clock.now()}
        connection.execute(PROGRESS.delete().where(PROGRESS.c.rule == id_))
        connection.execute(PROGRESS.insert(), row)
