"""New versions of recognition rules: proposed by one person, approved by another; old ones stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.duties.recognition import InvalidRules, RuleSet, read_rule_set
from app.duties.recognition.editing import edited, source_of
from app.errors import AlreadyDone, Conflict, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.rule_set import RuleSetVersion
from app.queries import rule_sets
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT
from app.queries.rule_sets import NOT_FOUND
from app.services.administration import record, require
from app.terms import Act, Role, RuleSetStatus

MAY_PROPOSE = (Role.OFFICE,)
MAY_DECIDE = (Role.OFFICE, Role.OFFICE_SIGNER)
MAX_REMARK = 1000
OWN = "提交人不能审批自己提交的标准，请由另一位有此权限的人员审批。"
ONLY_OWN = "只有提交人可以撤回。"
UNCHANGED = "与所依据的版本相同，没有变化。"
MEANWHILE = "刚才有人提交了这一标准的新版本，请重新提交。"
NO_BASIS = "请填写核对依据（文件名称、文号和条款）。"


def propose(
    session: Session, actor: Actor, key: str, base: int, answers: Mapping[str, str], remark: str
) -> RuleSetVersion:
    """A draft made from a version with what the form changes (see duties.recognition.editing).

    Raises NotPermitted, NotFound, RuleViolation("remark"), and InvalidForm with the paths of places that do not fit,
    Conflict when another version was proposed at the same moment.
    """
    require(actor, *MAY_PROPOSE)
    if actor.person_id is None:
        raise NotPermitted
    remark = _short(remark, "remark", "请说明改了什么、依据是什么。")
    known = rule_sets.version(session, key, base)
    number = _next_number(session, key)
    content = edited(known.content, number, answers)
    if content == {**known.content, "version": number}:
        raise InvalidForm([("", UNCHANGED)])
    rule_set = _read(content, number)
    row = RuleSetVersion(
        key=key,
        version=number,
        status=RuleSetStatus.DRAFT.value,
        base=base,
        content=content,
        in_force_from=rule_set.in_force_from,
        in_force_until=rule_set.in_force_until,
        remark=remark,
        proposed_by=actor.person_id,
        proposed_at=clock.now(),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:  # another took the number between our looking and our writing
        raise Conflict(MEANWHILE) from error
    record(session, actor.login, Act.RULES_PROPOSED, rule_set=rule_set.id, remark=remark)
    return row


def approve(session: Session, actor: Actor, key: str, number: int, reason: str = "") -> None:
    """Put a draft of another person into use. Raises NotPermitted, NotFound, AlreadyDone."""
    require(actor, *MAY_DECIDE)
    row = _draft(session, key, number)
    if actor.person_id is None or row.proposed_by == actor.person_id:
        raise NotPermitted(OWN)
    _decide(session, actor, row, RuleSetStatus.ACTIVE, _short(reason, "reason"))


def reject(session: Session, actor: Actor, key: str, number: int, reason: str) -> None:
    """Send a draft back. Raises RuleViolation("reason") without one, NotPermitted, NotFound, AlreadyDone."""
    require(actor, *MAY_DECIDE)
    row = _draft(session, key, number)
    if row.proposed_by == actor.person_id:
        raise NotPermitted(OWN)
    _decide(session, actor, row, RuleSetStatus.REJECTED, _short(reason, "reason", "请写明退回的理由。"))


def withdraw(session: Session, actor: Actor, key: str, number: int) -> None:
    """Take one's own draft back. Raises NotPermitted, NotFound, AlreadyDone."""
    require(actor, *MAY_PROPOSE)
    row = _draft(session, key, number)
    if row.proposed_by != actor.person_id:
        raise NotPermitted(ONLY_OWN)
    _decide(session, actor, row, RuleSetStatus.WITHDRAWN, "")


def _next_number(session: Session, key: str) -> int:
    """Numbers are never used twice, not even one that was sent back."""
    latest = session.scalar(select(func.max(RuleSetVersion.version)).where(RuleSetVersion.key == key))
    return max(latest or 1, 1) + 1


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


def _draft(session: Session, key: str, number: int) -> RuleSetVersion:
    """The draft, locked. Raises NotFound, and AlreadyDone with who was first."""
    named = (RuleSetVersion.key == key, RuleSetVersion.version == min(number, LARGEST_INT))
    session.execute(select(RuleSetVersion.id).where(*named).with_for_update())
    row = session.scalar(select(RuleSetVersion).where(*named))
    if row is None:
        raise NotFound(NOT_FOUND)
    if row.status != RuleSetStatus.DRAFT:
        by = row.decider.name if row.decider is not None else ""
        raise AlreadyDone(f"这一版本已由{by}处理：{RuleSetStatus(row.status).label}。")
    return row


def _decide(session: Session, actor: Actor, row: RuleSetVersion, status: RuleSetStatus, reason: str) -> None:
    acts = {
        RuleSetStatus.ACTIVE: Act.RULES_APPROVED,
        RuleSetStatus.REJECTED: Act.RULES_REJECTED,
        RuleSetStatus.WITHDRAWN: Act.RULES_WITHDRAWN,
    }
    row.status, row.reason = status.value, reason
    row.decided_by, row.decided_at = actor.person_id, clock.now()
    record(session, actor.login, acts[status], rule_set=f"{row.key}.{row.version}", remark=reason)


def _short(text: str, field: str, needed: str = "") -> str:
    """Raises RuleViolation where it is too long, or empty though it is needed."""
    text = text.replace("\0", "").strip()
    if len(text) > MAX_REMARK:
        raise RuleViolation(field, f"最多 {MAX_REMARK} 个字。")
    if needed and not text:
        raise RuleViolation(field, needed)
    return text
