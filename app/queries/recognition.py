"""认定批次: all batches with their numbers, one of them with its list, and what of it a reader may see.

The readers of everything and the people of the bureau see the whole list; a locality the rows of its own enterprises,
without scores. Nobody sees here which expert gave what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.recognition import Application, ExpertSheet, PublicNotice, RecognitionBatch
from app.queries.actor import Actor
from app.queries.paging import LARGEST_INT, Descending, Page, page
from app.queries.recognition_list import Line, lines_of
from app.queries.units import short_names

PAGE = 30
ALL = (
    "draft",
    "submitted",
    "returned",
    "reviewed",
    "granted",
    "refused",
    "lapsed",
    "withdrawn",
    "fraud",
    "postponed",
    "cancelled",
)
SENT = tuple(status for status in ALL if status != "draft")
NOT_FOUND = "没有找到这个批次。"


@dataclass(frozen=True)
class BatchLine:
    """counts: applications by status; empty where the reader does not see the whole list."""

    batch: RecognitionBatch
    bureau: str
    counts: Mapping[str, int]

    @property
    def sent(self) -> int:
        return sum(count for status, count in self.counts.items() if status in SENT)


@dataclass(frozen=True)
class CheckProgress:
    """One department's part: how many applications it has answered, in how many it found something."""

    function: str
    answered: int
    problems: int


@dataclass(frozen=True)
class BatchPage:
    """sees_all: with scores, checks and proposals. sheets: given and asked for, over all applications."""

    batch: RecognitionBatch
    bureau: str
    lines: Sequence[Line]
    sees_all: bool
    checks: Sequence[CheckProgress]
    sheets_given: int
    sheets_asked: int
    notices: Sequence[PublicNotice]

    @property
    def proposed(self) -> int:
        return sum(line.application.decision == "granted" for line in self.lines)


def batches(session: Session, actor: Actor, cursor: str | None = None, limit: int = PAGE) -> Page[BatchLine]:
    """The last opened first; who has no part in a batch sees that it was there."""
    order = (Descending(RecognitionBatch.id),)
    found = page(session, select(RecognitionBatch), order, cursor, limit, counts=True)
    names = short_names(session, {batch.unit_id for batch in found.items})
    counts = _counts(session, [batch.id for batch in found.items if sees_all(actor, batch)])
    lines = [BatchLine(batch, names[batch.unit_id], counts.get(batch.id, {})) for batch in found.items]
    return Page(lines, found.next_cursor, found.left)


def sees_all(actor: Actor, batch: RecognitionBatch) -> bool:
    return actor.reads_all or batch.unit_id in actor.unit_ids


def batch_page(session: Session, actor: Actor, batch_id: int) -> BatchPage:
    """Raises NotFound where nothing of it is the actor's to see."""
    batch = session.get(RecognitionBatch, min(batch_id, LARGEST_INT))
    if batch is None:
        raise NotFound(NOT_FOUND)
    whole = sees_all(actor, batch)
    lines = lines_of(session, batch, ALL)
    if not whole:
        lines = [line for line in lines if line.application.locality_id in actor.unit_ids]
        if not lines:
            raise NotFound(NOT_FOUND)
    given, asked = _sheets(session, batch) if whole else (0, 0)
    notices = select(PublicNotice).where(PublicNotice.instance_id == batch.instance_id).order_by(PublicNotice.number)
    return BatchPage(
        batch=batch,
        bureau=short_names(session, {batch.unit_id})[batch.unit_id],
        lines=lines,
        sees_all=whole,
        checks=_checks(batch, lines) if whole else (),
        sheets_given=given,
        sheets_asked=asked,
        notices=session.scalars(notices).all(),
    )


def _counts(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = session.execute(
        select(Application.batch_id, Application.status, func.count())
        .where(Application.batch_id.in_(ids))
        .group_by(Application.batch_id, Application.status)
    )
    found: dict[int, dict[str, int]] = {}
    for batch_id, status, count in rows:
        found.setdefault(batch_id, {})[status] = count
    return found


def _checks(batch: RecognitionBatch, lines: Sequence[Line]) -> list[CheckProgress]:
    said = [check for line in lines for check in line.checks]
    return [
        CheckProgress(
            function,
            sum(check.function == function for check in said),
            sum(check.function == function and check.has_problem for check in said),
        )
        for function in batch.checks
    ]


def _sheets(session: Session, batch: RecognitionBatch) -> tuple[int, int]:
    rows = session.execute(
        select(ExpertSheet.status, func.count().label("number"))
        .join(Application, Application.id == ExpertSheet.application_id)
        .where(Application.batch_id == batch.id, ExpertSheet.status.in_(("drawn", "given")))
        .group_by(ExpertSheet.status)
    )
    counts = {row.status: row.number for row in rows}
    return counts.get("given", 0), sum(counts.values())
