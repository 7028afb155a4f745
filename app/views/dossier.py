"""卷宗 of one history: as PDF where the machine makes one, and as a Word file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.documents import dossier
from app.documents.dossier import Dossier, Entry, FileEntry
from app.documents.handling_sheet import Report
from app.errors import NotFound
from app.models.ledger import LedgerCheckpoint, LedgerLeaf
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.queries import checkpoints
from app.queries.attachments import FileLine, files_of_instance
from app.queries.leaves import leaf_of
from app.services import audit, pdf_files
from app.services.audit import Report as Seal
from app.terms import InstanceStatus
from app.views import formats, replay_frames
from app.views.context import current_actor, current_house
from app.views.handling_sheet import UNFIT, WORD
from app.views.histories import history_of
from app.views.printed_diagram import printed_diagram
from app.views.printed_forms import printed_parts
from app.views.replay_frames import Told
from app.views.task_panels import marks_of_files

bp = Blueprint("dossier", __name__, url_prefix="/histories")

PDF = "application/pdf"
ENDINGS = ("pdf", "docx")
SHORT = 12  # digits of a hash that a table has room for; the bundle holds them whole


@bp.get("/<instance_id>/dossier.<ending>")
def file(instance_id: str, ending: str) -> Response:
    """What the reader may see of the history. Raises NotFound for a PDF where nothing makes one."""
    if ending not in ENDINGS:
        raise NotFound
    house = current_house()
    with house.database.reading() as session:
        instance, drawn, frames = history_of(session, house, instance_id)
        told = replay_frames.told(frames, drawn)
        files = files_of_instance(session, current_actor(), instance_id)
        facts = list(_facts(session, instance, told))
        checkpoint = _checkpoint(session, instance)
        drawing = printed_diagram(session, told[-1].drawn.definition, frames[-1])
    content = dossier.render(
        Dossier(
            facts=facts,
            events=[_entry(one) for one in told],
            seal=list(_seal(audit.verify_stream(house, instance_id), checkpoint)),
            printed=_printed(),
            reports=list(_reports(told, marks_of_files(files))),
            files=[_file(one) for one in files],
            diagram=drawing,
        )
    )
    if ending == "pdf":
        return _send(_pdf(content), PDF, instance, ending)
    return _send(content, WORD, instance, ending)


def _pdf(content: bytes) -> bytes:
    made = pdf_files.as_pdf(content)
    if made is None:
        raise NotFound(_("本机不能生成 PDF，请下载 Word 文件。"))
    return made


def _send(content: bytes, media_type: str, instance: ProcessInstance, ending: str) -> Response:
    name = f"{_('卷宗')} {instance.title.translate(UNFIT)}.{ending}"
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)


def _facts(session: Session, instance: ProcessInstance, told: Sequence[Told]) -> Iterator[tuple[str, str]]:
    unit = session.get(Unit, instance.unit_id) if instance.unit_id else None
    yield _("事项"), instance.title
    yield _("业务标识"), instance.business_key
    yield _("责任单位"), unit.short_name if unit else "–"
    yield (
        _("流程"),
        _("%(name)s，第 %(version)s 版", name=told[-1].drawn.definition.name, version=told[-1].drawn.version),
    )
    yield _("状态"), _(InstanceStatus(instance.status).label)
    end = formats.full_day(instance.ended_at) if instance.ended_at else _("仍在办理")
    yield _("起止"), f"{formats.full_day(instance.started_at)} – {end}"
    yield _("事件数"), str(instance.head_seq)
    yield _("链首"), instance.head_hash


def _entry(one: Told) -> Entry:
    at = f"{formats.full_day(one.frame.at)} {formats.time_of_day(one.frame.at)}"
    return Entry(one.frame.seq, at, one.text, one.who, f"{one.frame.hash[:SHORT]}…")


def _reports(told: Sequence[Told], files: Mapping[str, Mapping[str, Any]]) -> Iterator[Report]:
    """Each form as it was sent, also one that was sent again."""
    for one in told:
        frame, answers = one.frame, one.frame.answers
        if frame.answers_element and answers:
            schema = replay_frames.schema_at(one.drawn.definition, frame.answers_element, answers)
            heading = f"{frame.name}（{one.who}，{formats.full_day(frame.at)} {formats.time_of_day(frame.at)}）"
            yield Report(heading, printed_parts(schema, answers, files))


def _file(one: FileLine) -> FileEntry:
    return FileEntry(one.name, f"{one.person} {formats.full_day(one.at)}", one.sha256)


def _checkpoint(session: Session, instance: ProcessInstance) -> tuple[LedgerLeaf | None, LedgerCheckpoint | None]:
    """The place of the last event in the log, and the newest checkpoint, where it stands above it."""
    leaf, newest = leaf_of(session, instance.id, instance.head_seq), checkpoints.newest(session)
    return leaf, newest if leaf is not None and newest is not None and newest.size > leaf.index else None


def _seal(report: Seal, checkpoint: tuple[LedgerLeaf | None, LedgerCheckpoint | None]) -> Iterator[str]:
    now = clock.now()
    at = f"{formats.full_day(now)} {formats.time_of_day(now)}"
    if report.faults:
        yield _("%(at)s 校验：发现 %(count)s 处不一致，请以封存记录为准核查。", at=at, count=len(report.faults))
        for fault in report.faults:
            yield _("第 %(seq)s 个事件：%(reason)s。", seq=fault.seq, reason=fault.reason.label)
    else:
        yield _("%(at)s 校验：%(count)s 个事件与链上摘要逐条一致，未发现改动。", at=at, count=report.events)
    leaf, above = checkpoint
    if leaf is None:
        yield _("末条事件尚未编入总日志，由本流程的摘要链保护。")
    elif above is None:
        yield _("末条事件在总日志中的序号为 %(index)s，尚未被检查点覆盖。", index=leaf.index)
    else:
        yield _("末条事件在总日志中的序号为 %(index)s，由 %(at)s 签署的检查点（规模 %(size)s，根 %(root)s）覆盖。",
                index=leaf.index, at=formats.full_day(above.at), size=above.size, root=above.root)  # fmt: skip


def _printed() -> str:
    now = clock.now()
    at = f"{formats.full_day(now)} {formats.time_of_day(now)}"
    return _("打印人：%(name)s，打印时间：%(at)s。", name=current_actor().name, at=at)
