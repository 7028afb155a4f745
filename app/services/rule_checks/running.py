"""Looks for violations in the histories: once a day, only where something has happened or a limit has passed.

What is to be looked at stands in rows (RuleWait), so that the looking can be done in turns and goes on after a death.
A rule that is new, or has a new version, looks at all instances of its processes once; after that at those with events
since, and at those that it must look at again on a day. Findings stay as they are; a new version settles open ones that
it no longer minds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, and_, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import insert_if_new, table_of
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
    """All rules over logs, or one, until nothing waits to be looked at."""
    ask(house, only)
    looked_at = judged = found = 0
    while (page := work_off(house)).looked_at:
        looked_at, judged, found = looked_at + page.looked_at, judged + page.judged, found + page.found
    return Tally(looked_at, judged, found)


def ask(house: House, only: str | None = None) -> None:
    """Note which instances each rule is to look at: all of them for a rule or version that is new, else what moved."""
    chosen = {id_: rule for id_, (rule, _) in log_rules().items() if only in (None, id_)}
    began = clock.system_now()
    with house.database.writing() as connection:
        known = {row.rule: row for row in connection.execute(select(PROGRESS))}
        for id_, rule in chosen.items():
            before = known.get(id_)
            _ask(connection, rule, before.upto if before is not None and before.version == rule.version else "")
        _remember(connection, chosen.values(), began)


def work_off(house: House, limit: int = PAGE) -> Tally:
    """Look at some of the instances that wait for it, in a transaction of their own. Nothing looked at: none waits."""
    known = log_rules()
    with house.database.reading() as session:
        page = _next(session, limit)
        verdicts = list(_judged(house, session, page, known))
    if not page:
        return Tally(0, 0, 0)
    with house.database.writing() as connection:
        done = WAIT.c.instance_id.in_(page), WAIT.c.look_again_on <= clock.today()
        connection.execute(WAIT.delete().where(*done))
        return Tally(len(page), len(verdicts), _write(connection, verdicts))


def _ask(connection: Connection, rule: CheckRule, upto: str) -> None:
    today = literal(clock.today(), Date)
    asked = select(literal(rule.id), INSTANCE.c.id, today).where(INSTANCE.c.definition_key.in_(rule.processes))
    if upto:
        asked = asked.where(INSTANCE.c.id.in_(select(EVENT.c.stream).where(EVENT.c.at_raw >= upto)))
    add = INSERT[connection.dialect.name](WAIT).from_select(["rule", "instance_id", "look_again_on"], asked)
    sooner = {"look_again_on": clock.today()}
    connection.execute(add.on_conflict_do_update(index_elements=["rule", "instance_id"], set_=sooner))


def _next(session: Session, limit: int) -> dict[str, frozenset[str]]:
    """Instances, and which rules are to look at each."""
    is_due = WAIT.c.look_again_on <= clock.today()
    first = select(WAIT.c.instance_id).where(is_due).distinct().order_by(WAIT.c.instance_id).limit(limit)
    found: dict[str, set[str]] = {}
    for id_, rule in session.execute(
        select(WAIT.c.instance_id, WAIT.c.rule).where(is_due, WAIT.c.instance_id.in_(first.scalar_subquery()))
    ):
        found.setdefault(id_, set()).add(rule)
    return {id_: frozenset(found[id_]) for id_ in sorted(found)}


def _judged(house: House, session: Session, page: Mapping[str, frozenset[str]], chosen: Rules) -> Iterator[Judged]:
    read = list(histories(session, page))
    for history in read:
        for id_ in sorted(page[history.id] & chosen.keys()):
            rule, check = chosen[id_]
            if not rule.same:
                yield rule, [history], judge(check, _group(house, [history]))
    for id_ in sorted(id_ for id_ in frozenset().union(*page.values()) & chosen.keys() if chosen[id_][0].same):
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
    dialect, found = connection.dialect.name, 0
    for rule, together, verdict in verdicts:
        ids = [history.id for history in together]
        units = {history.id: history.unit_id for history in together}
        connection.execute(WAIT.delete().where(WAIT.c.rule == rule.id, WAIT.c.instance_id.in_(ids)))
        if verdict.look_again_on is not None:
            wait = {"rule": rule.id, "instance_id": ids[0], "look_again_on": verdict.look_again_on}
            connection.execute(insert_if_new(dialect, WAIT), wait)
        rows = [
            {
                "rule": rule.id, "version": rule.version, "severity": rule.severity.value, "status": "open",
                "instance_id": one.instance, "unit_id": units[one.instance], "seq": one.seq, "about": one.about[:200],
                "found_at": clock.now(), "reason": "", "explained_by": "", "settled_by": "",
            }
            for one in verdict.violations
        ]  # fmt: skip
        for row in rows:
            new = insert_if_new(dialect, FINDING).returning(FINDING.c.id)
            found += len(connection.execute(new, row).all())
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


def _remember(connection: Connection, chosen: Iterable[CheckRule], began: datetime) -> None:
    """What happens while this is written is looked at the next time."""
    upto = instant(began - OVERLAP)
    asked = select(INSTANCE.c.definition_key, func.count().label("number")).group_by(INSTANCE.c.definition_key)
    counts = {row.definition_key: row.number for row in connection.execute(asked)}
    for rule in chosen:
        looked_at = sum(counts.get(process, 0) for process in rule.processes)
        row = {"rule": rule.id, "version": rule.version, "looked_at": looked_at, "upto": upto, "ran_at": clock.now()}
        connection.execute(PROGRESS.delete().where(PROGRESS.c.rule == rule.id))
        connection.execute(PROGRESS.insert(), row)
