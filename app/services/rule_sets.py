"""New versions of recognition rules: proposed by one person, approved by another; old ones stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.duties.recognition import InvalidRules, RuleSet, read_rule_set
from app.duties.recognition.editing import edited, source_of
from app.errors import InvalidForm
from app.models.rule_set import RuleSetVersion
from app.queries import rule_sets
from app.queries.actor import Actor
from app.queries.rule_sets import NOT_FOUND
from app.services.two_persons import Rules, proposer, short
from app.terms import Act, RuleSetStatus

UNCHANGED = "与所依据的版本相同，没有变化。"
NO_BASIS = "请填写核对依据（文件名称、文号和条款）。"

RULES = Rules(
    RuleSetVersion,
    {
        RuleSetStatus.DRAFT: Act.RULES_PROPOSED,
        RuleSetStatus.ACTIVE: Act.RULES_APPROVED,
        RuleSetStatus.REJECTED: Act.RULES_REJECTED,
        RuleSetStatus.WITHDRAWN: Act.RULES_WITHDRAWN,
    },
    NOT_FOUND,
)


def propose(
    session: Session, actor: Actor, key: str, base: int, answers: Mapping[str, str], remark: str
) -> RuleSetVersion:
    """A draft made from a version with what the form changes (see duties.recognition.editing).

    Raises NotPermitted, NotFound, RuleViolation("remark"), and InvalidForm with the paths of places that do not fit,
    Conflict when another version was proposed at the same moment.
    """
    proposer(actor)
    remark = short(remark, "remark", "请说明改了什么、依据是什么。")
    known = rule_sets.version(session, key, base)
    number = RULES.next_number(session, key)
    content = edited(known.content, number, answers)
    if content == {**known.content, "version": number}:
        raise InvalidForm([("", UNCHANGED)])
    rule_set = _read(content, number)
    draft = RuleSetVersion(
        key=key,
        version=number,
        base=base,
        content=content,
        in_force_from=rule_set.in_force_from,
        in_force_until=rule_set.in_force_until,
        remark=remark,
    )
    return RULES.add(session, actor, draft)


def approve(session: Session, actor: Actor, key: str, number: int, reason: str = "") -> None:
    """Put a draft of another person into use. Raises NotPermitted, NotFound, AlreadyDone."""
    RULES.approve(session, actor, key, number, reason)


def reject(session: Session, actor: Actor, key: str, number: int, reason: str) -> None:
    """Send a draft back. Raises RuleViolation("reason") without one, NotPermitted, NotFound, AlreadyDone."""
    RULES.reject(session, actor, key, number, reason)


def withdraw(session: Session, actor: Actor, key: str, number: int) -> None:
    """Take one's own draft back. Raises NotPermitted, NotFound, AlreadyDone."""
    RULES.withdraw(session, actor, key, number)


def _read(content: Mapping[str, Any], number: int) -> RuleSet:
    """Raises InvalidForm: the problems of the reader beside the fields of the form."""
    try:
        return read_rule_set(content, f"{content['key']}.{number}")
    except InvalidRules as invalid:
        errors: dict[str, str] = {}
        for problem in invalid.problems:
            is_without_basis = problem.field == "source" and source_of(number) in problem.text
            errors.setdefault(*(("basis", NO_BASIS) if is_without_basis else (problem.path, problem.text)))
        raise InvalidForm(list(errors.items())) from invalid
