"""卷宗: one matter on paper, whole: what it is, all its events, every form as it was sent, its files, and its seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.documents.diagram import Diagram
from app.documents.handling_sheet import Report
from app.documents.paper import Paper
from app.documents.paper_table import Column

FACTS = (Column("项目", 36, is_centred=True), Column("内容", 120))
EVENTS = (
    Column("序号", 12, is_centred=True),
    Column("时间", 36, is_centred=True),
    Column("事件", 46),
    Column("办理人", 36),
    Column("摘要", 26),
)
FILES = (Column("序号", 12, is_centred=True), Column("文件", 58), Column("上传", 36), Column("SHA-256", 50))


@dataclass(frozen=True)
class Entry:
    """One event, in words. hash: the first digits of its own."""

    seq: int
    at: str
    what: str
    who: str
    hash: str


@dataclass(frozen=True)
class FileEntry:
    """uploaded: by whom and when. sha256: whole, in hex."""

    name: str
    uploaded: str
    sha256: str


@dataclass(frozen=True)
class Dossier:
    """facts: (word, value) of the cover. seal: sentences. printed: by whom and when. diagram: as the matter stands."""

    facts: Sequence[tuple[str, str]]
    events: Sequence[Entry]
    seal: Sequence[str]
    printed: str
    reports: Sequence[Report] = field(default_factory=tuple)
    files: Sequence[FileEntry] = field(default_factory=tuple)
    diagram: Diagram | None = None


def render(dossier: Dossier) -> bytes:
    """The paper as a Word file."""
    paper = Paper("事项卷宗")
    paper.title()
    paper.table(FACTS, dossier.facts)
    paper.chapter("封存说明")
    paper.text("\n".join(dossier.seal))
    paper.chapter("事件")
    paper.table(EVENTS, [(str(one.seq), one.at, one.what, one.who, one.hash) for one in dossier.events])
    paper.chapter("填报内容")
    _reports(paper, dossier.reports)
    paper.chapter("附件")
    if dossier.files:
        paper.table(FILES, [(f"{n}", one.name, one.uploaded, one.sha256) for n, one in enumerate(dossier.files, 1)])
    else:
        paper.text("没有附件。")
    if dossier.diagram is None:
        paper.text("这个流程没有画图，本卷宗不含流程图。")
    paper.text(dossier.printed)
    if dossier.diagram is not None:
        paper.diagram("流程图", dossier.diagram, "浅色底为已走过，粗框为当前环节，虚框为已取消，粗线为走过的路径。")
    return paper.to_bytes()


def _reports(paper: Paper, reports: Sequence[Report]) -> None:
    if not reports:
        paper.text("没有填报内容。")
    for report in reports:
        paper.section(report.heading)
        for part in report.parts:
            paper.text(f"{part.title}：" if part.lines else f"{part.title}：当时未填写")
            paper.text("\n".join(part.lines))
