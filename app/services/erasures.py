"""依法删除: what events say is erased, with its salt; the events stay, sealed as they were.

The security administrator proposes it on a legal ground, the audit administrator decides. The event of the
administration that tells of it names each erased event and its seal: whatever else is missing is a fault. What the
working tables repeat of the same person is not touched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.errors import AlreadyDone, NotFound, NotPermitted, RuleViolation
from app.models.erasure import Erasure
from app.models.event import ADMINISTRATION, PAYLOAD_OF_EVENT, EventPayload, EventRow
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT
from app.services import event_lines
from app.services.administration import record, require
from app.terms import Act, ErasureGround, ErasureStatus, EventType, Role

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
MAY_PROPOSE, MAY_DECIDE = Role.SECURITY_ADMIN, Role.AUDIT_ADMIN
SHORTEST, LONGEST, MOST = 5, 1000, 200
KEPT_ACTS = (
    "erasure_proposed", "erased", "erasure_rejected", "erasure_withdrawn",
    "witness_added", "witness_retired", "log_begun",
)  # fmt: skip
OWN = "提交人不能审批自己提交的删除申请，请由审计管理员审批。"


def propose(session: Session, actor: Actor, stream: str, seqs: Sequence[int], ground: str, reason: str) -> Erasure:
    """Raises NotPermitted, and RuleViolation("stream" | "seqs" | "ground" | "reason")."""
    require(actor, MAY_PROPOSE)
    if actor.person_id is None:
        raise NotPermitted
    wanted = sorted(set(seqs))
    if ground not in {one.value for one in ErasureGround}:
        raise RuleViolation("ground", "请选择法律依据。")
    reason = _words(reason, "请写明删除的事由。")
    _require_erasable(session, stream, wanted)
    row = Erasure(
        stream=stream,
        seqs=wanted,
        ground=ground,
        reason=reason,
        status=ErasureStatus.PROPOSED.value,
        proposed_by=actor.person_id,
        proposed_at=clock.now(),
        decision="",
    )
    session.add(row)
    session.flush()
    record(session, actor.login, Act.ERASURE_PROPOSED, **_told(row))
    return row


def approve(session: Session, actor: Actor, erasure_id: int, decision: str = "") -> Erasure:
    """Erase. Raises NotPermitted, NotFound, AlreadyDone, RuleViolation("seqs") where something is gone meanwhile."""
    row = _to_decide(session, actor, erasure_id)
    sealed = _require_erasable(session, row.stream, row.seqs)
    named = tuple_(PAYLOAD.c.stream, PAYLOAD.c.seq).in_([(row.stream, seq) for seq in row.seqs])
    session.execute(PAYLOAD.delete().where(named))
    event_lines.write_again(session, row.stream, row.seqs)
    _decide(row, actor, ErasureStatus.DONE, _words(decision, ""))
    told = {"proposed_by": row.proposer.login, "hashes": {str(seq): hash_ for seq, hash_ in sealed}}
    row.event_seq = record(session, actor.login, Act.ERASED, **_told(row), **told)
    session.flush()
    return row


def reject(session: Session, actor: Actor, erasure_id: int, decision: str) -> Erasure:
    """Raises RuleViolation("decision") without a reason, NotPermitted, NotFound, AlreadyDone."""
    row = _to_decide(session, actor, erasure_id)
    _decide(row, actor, ErasureStatus.REJECTED, _words(decision, "请写明不予删除的理由。", "decision"))
    record(session, actor.login, Act.ERASURE_REJECTED, **_told(row), remark=row.decision)
    return row


def withdraw(session: Session, actor: Actor, erasure_id: int) -> Erasure:
    """By who proposed it. Raises NotPermitted, NotFound, AlreadyDone."""
    require(actor, MAY_PROPOSE)
    row = _open(session, erasure_id)
    if row.proposed_by != actor.person_id:
        raise NotPermitted("只有提交人可以撤回。")
    _decide(row, actor, ErasureStatus.WITHDRAWN, "")
    record(session, actor.login, Act.ERASURE_WITHDRAWN, **_told(row))
    return row


def numbers(text: str) -> list[int]:
    """`3, 5-7` as a person writes it. Raises RuleViolation("seqs")."""
    found: list[int] = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        first, _, last = part.strip().partition("-")
        if not (first.strip().isdecimal() and (not last or last.strip().isdecimal())):
            raise RuleViolation("seqs", "请填写记录序号，如 3 或者 3，5-7。")
        begin, end = int(first), int(last or first)
        if not 1 <= begin <= end <= LARGEST_INT or end - begin > MOST:
            raise RuleViolation("seqs", "请填写记录序号，如 3 或者 3，5-7。")
        found += range(begin, end + 1)
    return found


def _require_erasable(session: Session, stream: str, seqs: Sequence[int]) -> list[tuple[int, str]]:
    """Seq and seal of each, locked; in their order."""
    if not 1 <= len(seqs) <= MOST:
        raise RuleViolation("seqs", f"一次可以删除 1 至 {MOST} 条记录的内容。")
    asked = (
        select(EVENT.c.seq, EVENT.c.hash, EVENT.c.type, PAYLOAD.c.body)
        .join(PAYLOAD, PAYLOAD_OF_EVENT)
        .where(EVENT.c.stream == stream, EVENT.c.seq.in_(seqs))
        .order_by(EVENT.c.seq)
        .with_for_update(of=PAYLOAD)
    )
    rows = session.execute(asked).all()
    missing = sorted(set(seqs) - {row.seq for row in rows})
    if missing:
        raise RuleViolation("seqs", f"没有第 {missing[0]} 条记录，或者其内容已删除。")
    if stream == ADMINISTRATION and any(_is_kept(row) for row in rows):
        raise RuleViolation("seqs", "依法删除、见证方和日志本身的记录不能删除。")
    return [(row.seq, row.hash) for row in rows]


def _is_kept(row: Any) -> bool:
    return row.type == EventType.ADMINISTERED and any(f'"act":"{act}"' in row.body for act in KEPT_ACTS)


def _to_decide(session: Session, actor: Actor, erasure_id: int) -> Erasure:
    require(actor, MAY_DECIDE)
    row = _open(session, erasure_id)
    if actor.person_id is None or row.proposed_by == actor.person_id:
        raise NotPermitted(OWN)
    return row


def _open(session: Session, erasure_id: int) -> Erasure:
    where = Erasure.id == min(erasure_id, LARGEST_INT)
    session.execute(select(Erasure.id).where(where).with_for_update())
    row = session.scalar(select(Erasure).where(where))
    if row is None:
        raise NotFound("没有这项删除申请。")
    if row.status != ErasureStatus.PROPOSED:
        raise AlreadyDone(f"这项申请已处理：{ErasureStatus(row.status).label}。")
    return row


def _decide(row: Erasure, actor: Actor, status: ErasureStatus, decision: str) -> None:
    row.status, row.decision = status.value, decision
    row.decided_by, row.decided_at = actor.person_id, clock.now()


def _told(row: Erasure) -> dict[str, Any]:
    return {"stream": row.stream, "seqs": list(row.seqs), "ground": row.ground, "reason": row.reason}


def _words(text: str, needed: str, field: str = "reason") -> str:
    tidy = text.replace("\0", "").strip()
    if len(tidy) > LONGEST:
        raise RuleViolation(field, f"最多 {LONGEST} 个字。")
    if needed and len(tidy) < SHORTEST:
        raise RuleViolation(field, f"{needed}至少 {SHORTEST} 个字。")
    return tidy
