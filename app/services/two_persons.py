"""The way of rules that two persons make: a draft with the next number, and who may decide on it.

What the rules are is for the callers (rule_sets.py, rule_tables.py): each says its table and what it records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import AlreadyDone, Conflict, NotFound, NotPermitted, RuleViolation
from app.models.two_persons import OfTwoPersons
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT
from app.services.administration import record, require
from app.terms import Act, Role, RuleSetStatus

MAY_PROPOSE = (Role.OFFICE,)
MAY_DECIDE = (Role.OFFICE, Role.OFFICE_SIGNER)
MAX_REMARK = 1000
OWN = "提交人不能审批自己提交的内容，请由另一位有此权限的人员审批。"
ONLY_OWN = "只有提交人可以撤回。"
MEANWHILE = "刚才有人提交了新版本，请重新提交。"

V = TypeVar("V", bound=OfTwoPersons)


@dataclass(frozen=True)
class Rules(Generic[V]):
    """One table of versions. acts: what is recorded when a draft is proposed, approved, rejected, withdrawn."""

    model: type[V]
    acts: Mapping[RuleSetStatus, Act]
    not_found: str

    def next_number(self, session: Session, key: str) -> int:
        """Numbers are never used twice, not even one that was sent back."""
        latest = session.scalar(select(func.max(self.model.version)).where(self.model.key == key))
        return max(latest or 1, 1) + 1

    def add(self, session: Session, actor: Actor, draft: V) -> V:
        """Raises Conflict when another version was proposed at the same moment."""
        assert actor.person_id is not None
        draft.status, draft.proposed_by, draft.proposed_at = RuleSetStatus.DRAFT.value, actor.person_id, clock.now()
        session.add(draft)
        try:
            session.flush()
        except IntegrityError as error:  # another took the number between our looking and our writing
            raise Conflict(MEANWHILE) from error
        self._record(session, actor, draft, RuleSetStatus.DRAFT, draft.remark)
        return draft

    def approve(
        self,
        session: Session,
        actor: Actor,
        key: str,
        number: int,
        reason: str = "",
        first: Callable[[V], None] = lambda _draft: None,
    ) -> V:
        """Put a draft of another person into use. first: what is to be done or checked before.

        Raises NotPermitted, NotFound, AlreadyDone.
        """
        require(actor, *MAY_DECIDE)
        draft = self.draft(session, key, number)
        if actor.person_id is None or draft.proposed_by == actor.person_id:
            raise NotPermitted(OWN)
        first(draft)
        return self._decide(session, actor, draft, RuleSetStatus.ACTIVE, short(reason, "reason"))

    def reject(self, session: Session, actor: Actor, key: str, number: int, reason: str) -> None:
        """Send a draft back. Raises RuleViolation("reason") without one, NotPermitted, NotFound, AlreadyDone."""
        require(actor, *MAY_DECIDE)
        draft = self.draft(session, key, number)
        if draft.proposed_by == actor.person_id:
            raise NotPermitted(OWN)
        self._decide(session, actor, draft, RuleSetStatus.REJECTED, short(reason, "reason", "请写明退回的理由。"))

    def withdraw(self, session: Session, actor: Actor, key: str, number: int) -> None:
        """Take one's own draft back. Raises NotPermitted, NotFound, AlreadyDone."""
        require(actor, *MAY_PROPOSE)
        draft = self.draft(session, key, number)
        if draft.proposed_by != actor.person_id:
            raise NotPermitted(ONLY_OWN)
        self._decide(session, actor, draft, RuleSetStatus.WITHDRAWN, "")

    def draft(self, session: Session, key: str, number: int) -> V:
        """The draft, locked. Raises NotFound, and AlreadyDone with who was first."""
        named = (self.model.key == key, self.model.version == min(number, LARGEST_INT))
        session.execute(select(self.model.id).where(*named).with_for_update())
        row = session.scalar(select(self.model).where(*named))
        if row is None:
            raise NotFound(self.not_found)
        if row.status != RuleSetStatus.DRAFT:
            by = row.decider.name if row.decider is not None else ""
            raise AlreadyDone(f"这一版本已由{by}处理：{RuleSetStatus(row.status).label}。")
        return row

    def _decide(self, session: Session, actor: Actor, row: V, status: RuleSetStatus, reason: str) -> V:
        row.status, row.reason = status.value, reason
        row.decided_by, row.decided_at = actor.person_id, clock.now()
        self._record(session, actor, row, status, reason)
        return row

    def _record(self, session: Session, actor: Actor, row: V, status: RuleSetStatus, remark: str) -> None:
        record(session, actor.login, self.acts[status], rule_set=f"{row.key}.{row.version}", remark=remark)


def proposer(actor: Actor) -> None:
    """Raises NotPermitted for whoever may not propose, and for what is no person."""
    require(actor, *MAY_PROPOSE)
    if actor.person_id is None:
        raise NotPermitted


def short(text: str, field: str, needed: str = "") -> str:
    """Raises RuleViolation where it is too long, or empty though it is needed."""
    text = text.replace("\0", "").strip()
    if len(text) > MAX_REMARK:
        raise RuleViolation(field, f"最多 {MAX_REMARK} 个字。")
    if needed and not text:
        raise RuleViolation(field, needed)
    return text
