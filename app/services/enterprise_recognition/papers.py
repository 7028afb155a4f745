"""Which papers a batch offers so far, and each of them drawn from what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import recognition as documents
from app.documents.recognition import Head, Row
from app.duties.lights import chinese_date
from app.errors import NotFound, RuleViolation
from app.models.enterprise import Title
from app.models.organization import Unit
from app.models.recognition import PublicNotice, RecognitionBatch
from app.queries import rule_sets
from app.queries.recognition import BatchPage
from app.queries.recognition_list import Line
from app.services.enterprise_recognition.application_forms import window_of
from app.services.enterprise_recognition.rows import batch_title

UNGIVEN = ("refused", "lapsed")


@dataclass(frozen=True)
class Offered:
    """key: what the address of the paper says."""

    key: str
    title: str


def offered(session: Session, batch: RecognitionBatch) -> Sequence[Offered]:
    """In the order of the course; refusals are offered beside their rows."""
    has_notice = session.scalar(select(PublicNotice.id).where(PublicNotice.instance_id == batch.instance_id).limit(1))
    steps = (
        ("call", "申报通知", batch.published_on is not None),
        ("public_notice", "公示", has_notice is not None),
        ("recommendation", "推荐名单", "recommendation" in batch.documents),
        ("announcement", "认定公告", batch.announced_on is not None),
    )
    return [Offered(key, title) for key, title, is_there in steps if is_there]


def draw(session: Session, page: BatchPage, key: str, about: str) -> tuple[str, bytes]:
    """File name and content. about: credit code, for a refusal. Raises NotFound for one that is not there yet."""
    if not page.sees_all or key not in PAPERS:
        raise NotFound
    title, content = PAPERS[key](session, page, about)
    return f"{batch_title(page.batch)}{title}.docx", content


def _head(session: Session, page: BatchPage, on: date | None) -> Head:
    if on is None:
        raise NotFound
    bureau = session.get_one(Unit, page.batch.unit_id)
    return Head(bureau.name, batch_title(page.batch), on)


def _call(session: Session, page: BatchPage, about: str) -> tuple[str, bytes]:
    batch = page.batch
    head = _head(session, page, batch.published_on)
    return "申报通知", documents.call(head, batch.notice_text, window_of(batch), _rules(session, batch))


def _rules(session: Session, batch: RecognitionBatch) -> str:
    try:
        rules = rule_sets.by_id(session, batch.rule_version)
    except (NotFound, RuleViolation):
        return batch.rule_version
    return f"《{rules.name}》" + (f"（{rules.number}）" if rules.number else "")


def _public_notice(session: Session, page: BatchPage, about: str) -> tuple[str, bytes]:
    if not page.notices:
        raise NotFound
    notice = page.notices[-1]
    rows = [Row(row["name"], row["key"], row.get("locality", "")) for row in notice.rows]
    period = f"{chinese_date(notice.published_on)}至{chinese_date(notice.ends_on)}"
    head = _head(session, page, notice.published_on)
    return "公示", documents.public_notice(head, notice.title, notice.text, period, notice.contact, rows)


def _recommendation(session: Session, page: BatchPage, about: str) -> tuple[str, bytes]:
    sent = page.batch.documents.get("recommendation")
    if sent is None:
        raise NotFound
    lines = [line for line in page.lines if line.application.place is not None and _was_recommended(line)]
    ordered = sorted(lines, key=lambda line: line.application.place or 0)
    rows = [Row(line.enterprise.name, line.enterprise.id, line.locality) for line in ordered]
    head = _head(session, page, date.fromisoformat(sent["on"]))
    return "推荐名单", documents.recommendation(head, sent["number"], sent["text"], rows)


def _was_recommended(line: Line) -> bool:
    return bool(line.application.decision == "granted" or line.application.upper)


def _announcement(session: Session, page: BatchPage, about: str) -> tuple[str, bytes]:
    titles = session.scalars(select(Title).where(Title.batch_key == page.batch.key).order_by(Title.id)).all()
    lines = {line.enterprise.id: line for line in page.lines}
    rows = [
        Row(
            lines[title.enterprise_id].enterprise.name,
            title.enterprise_id,
            lines[title.enterprise_id].locality,
            title.from_on,
            title.until_on,
        )
        for title in titles
        if title.enterprise_id in lines
    ]
    return "认定公告", documents.announcement(_head(session, page, page.batch.announced_on), rows)


def _refusal(session: Session, page: BatchPage, about: str) -> tuple[str, bytes]:
    line = next((line for line in page.lines if line.enterprise.id == about), None)
    if line is None or line.application.status not in UNGIVEN:
        raise NotFound
    on = page.batch.announced_on or page.batch.window_to
    head = _head(session, page, on)
    return f"不予认定告知书（{line.enterprise.name}）", documents.refusal(
        head, line.enterprise.name, line.application.reasons
    )


Draw = Callable[[Session, BatchPage, str], tuple[str, bytes]]
PAPERS: Mapping[str, Draw] = {
    "call": _call,
    "public_notice": _public_notice,
    "recommendation": _recommendation,
    "announcement": _announcement,
    "refusal": _refusal,
}
