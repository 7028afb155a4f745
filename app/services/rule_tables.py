"""New versions of the rules of lights, pace and reminders: proposed by one person, approved by another.

A version holds from a day on, the day after its approval at the earliest: what was reckoned before stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.duties.rule_table import InvalidTable, filled
from app.errors import InvalidForm, RuleViolation
from app.models.rule_table import RuleTableVersion
from app.queries import rule_tables
from app.queries.actor import Actor
from app.queries.rule_tables import NOT_FOUND
from app.services.two_persons import Rules, proposer, short
from app.terms import Act, RuleSetStatus

UNCHANGED = "与所依据的版本相同，没有变化。"
FARTHEST_DAYS = 3 * 366

RULES = Rules(
    RuleTableVersion,
    {
        RuleSetStatus.DRAFT: Act.LIGHT_RULES_PROPOSED,
        RuleSetStatus.ACTIVE: Act.LIGHT_RULES_APPROVED,
        RuleSetStatus.REJECTED: Act.LIGHT_RULES_REJECTED,
        RuleSetStatus.WITHDRAWN: Act.LIGHT_RULES_WITHDRAWN,
    },
    NOT_FOUND,
)


def propose(
    session: Session, actor: Actor, key: str, base: int, answers: Mapping[str, Sequence[str]]
) -> RuleTableVersion:
    """A draft made from a version with what the form says (see duties.rule_table), remark and in_force_from among it.

    Raises NotPermitted, NotFound, RuleViolation("remark" or "in_force_from"), InvalidForm with the paths of fields that
    do not fit, Conflict when another version was proposed at the same moment.
    """
    proposer(actor)
    known = rule_tables.version(session, key, base)
    content = read(known, answers)
    remark = short(_first(answers, "remark"), "remark", "请说明改了什么、依据是什么。")
    if content == known.content:
        raise InvalidForm([("", UNCHANGED)])
    draft = RuleTableVersion(
        key=key,
        version=RULES.next_number(session, key),
        base=base,
        content=content,
        in_force_from=_day(_first(answers, "in_force_from")),
        remark=remark,
    )
    return RULES.add(session, actor, draft)


def read(known: rule_tables.KnownTable, answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The content that the form makes of a version. Raises InvalidForm: each row that leaves a gap or overlaps."""
    try:
        content = filled(known.kind.form, known.content, answers)
        known.kind.table(content, known.number + 1)
    except InvalidTable as invalid:
        raise InvalidForm([(problem.path, problem.text) for problem in invalid.problems]) from invalid
    return content


def approve(session: Session, actor: Actor, key: str, number: int, reason: str = "") -> date:
    """Put another person's draft into use; the day from which it holds. Raises NotPermitted, NotFound, AlreadyDone."""
    return RULES.approve(session, actor, key, number, reason, _not_before_tomorrow).in_force_from


def reject(session: Session, actor: Actor, key: str, number: int, reason: str) -> None:
    """Send a draft back. Raises RuleViolation("reason") without one, NotPermitted, NotFound, AlreadyDone."""
    RULES.reject(session, actor, key, number, reason)


def withdraw(session: Session, actor: Actor, key: str, number: int) -> None:
    """Take one's own draft back. Raises NotPermitted, NotFound, AlreadyDone."""
    RULES.withdraw(session, actor, key, number)


def _not_before_tomorrow(draft: RuleTableVersion) -> None:
    draft.in_force_from = max(draft.in_force_from, clock.today() + timedelta(days=1))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise RuleViolation("in_force_from", "请填写施行日期。") from error
    today = clock.today()
    if not today < day <= today + timedelta(days=FARTHEST_DAYS):
        raise RuleViolation("in_force_from", "施行日期最早为明天，最晚为三年内：已经过去的日子按当时的规则计算。")
    return day


def _first(answers: Mapping[str, Sequence[str]], field: str) -> str:
    return next(iter(answers.get(field, ())), "")
