"""Lines of events as a table shows them, and as a file takes them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from io import BytesIO
from typing import Any

from flask import flash, redirect, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.documents import csv_file, ledger_sheet
from app.duties.registry import DUTIES
from app.errors import NotFound
from app.models.event import ACCESS, ADMINISTRATION
from app.queries import event_lines
from app.queries.actor import Actor
from app.queries.event_lines import Line
from app.queries.event_search import Find, Found
from app.queries.event_verbs import VERBS
from app.views.administration_words import text_of, told_texts

MOST = 50_000  # lines of one file
ENDINGS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
HEADINGS = {
    "时间": 20,
    "人员": 12,
    "账号": 14,
    "代何人": 12,
    "单位": 14,
    "动作": 14,
    "环节": 18,
    "事项": 40,
    "业务标识": 28,
    "涉及单位": 14,
    "涉及人员": 12,
    "企业": 28,
    "统一社会信用代码": 20,
    "职责事项": 14,
    "流程编号": 38,
    "记录序号": 9,
}


@dataclass(frozen=True)
class Row:
    """A line with where it leads to, "" where that is not this reader's.

    said: of an administrative act, what it changed; of an access, what was asked for.
    """

    line: Line
    verb: str
    duty: str
    href: str
    said: str


@dataclass(frozen=True)
class FileRow:
    """In the order of HEADINGS."""

    at: str
    who: str
    login: str
    behalf: str
    unit: str
    verb: str
    step: str
    title: str
    business_key: str
    subject: str
    concerned: str
    enterprise: str
    enterprise_id: str
    duty: str
    matter: str
    seq: int


def rows(session: Session, actor: Actor, found: Found) -> list[Row]:
    lines = event_lines.lines(session, found.lines)
    told = event_lines.told(session, [line for line in lines if line.kind in (ADMINISTRATION, ACCESS)])
    opens = may_open("histories.one", actor) and actor.reads_all
    return [_row(line, told.get((line.stream, line.seq), {}), opens) for line in lines]


def taken(session: Session, find: Find, title: str, ending: str, page: str) -> Response:
    """All that is found, as a file; back to the page where that is too much. page: its address. Raises NotFound."""
    if ending not in ENDINGS:
        raise NotFound
    lines = event_lines.everything(session, find, MOST)
    if len(lines) > MOST:
        flash(too_many(), "error")
        return redirect(page)
    return as_file(title, ending, lines)


def too_many() -> str:
    return _("超过 %(most)s 条，请缩小范围后导出。", most=MOST)


def files_of(endpoint: str, terms: Mapping[str, Any]) -> dict[str, str]:
    """By ending, where the lines are to be had as a file."""
    return {ending: url_for(endpoint, ending=ending, **terms) for ending in ENDINGS}


def as_file(title: str, ending: str, lines: Sequence[Line]) -> Response:
    """As a spreadsheet, or as CSV."""
    today, listed = clock.today(), [_file_row(line) for line in lines]
    if ending == "xlsx":
        content = ledger_sheet.render(title, today, listed, HEADINGS, title)
    else:
        content = b"".join(csv_file.render(list(HEADINGS), map(astuple, listed)))
    name = f"{title} {today.isoformat()}.{ending}"
    return send_file(BytesIO(content), ENDINGS[ending], as_attachment=True, download_name=name)


def verb_word(verb: str) -> str:
    return _(VERBS[verb]) if verb in VERBS else verb


def _row(line: Line, told: Mapping[str, Any], opens: bool) -> Row:
    said = "，".join(_asked(told)) if line.kind == ACCESS else " → ".join(filter(None, told_texts(told)))
    return Row(line, verb_word(line.verb), _duty(line.duty), _href(line, told) if opens and line.matter else "", said)


def _asked(told: Mapping[str, Any]) -> Iterator[str]:
    """What was asked for, and from where."""
    if told.get("event"):
        yield _("第 %(seq)s 条记录", seq=told["event"])
    if told.get("address"):
        yield _("地址 %(address)s", address=text_of(told["address"]))


def _href(line: Line, told: Mapping[str, Any]) -> str:
    """The history at the moment of the event; of an access, where the reader was."""
    seq = told.get("event") if line.kind == ACCESS else line.seq
    return url_for("histories.one", instance_id=line.matter, event=seq)


def _duty(duty: str) -> str:
    return DUTIES[duty].name if duty in DUTIES else duty


def _file_row(line: Line) -> FileRow:
    return FileRow(
        at=f"{clock.local(line.at):%Y-%m-%d %H:%M:%S}",
        who=line.who,
        login=line.login,
        behalf=line.behalf,
        unit=line.unit,
        verb=verb_word(line.verb),
        step=line.step,
        title=line.title,
        business_key=line.business_key,
        subject=line.subject,
        concerned=line.concerned,
        enterprise=line.enterprise,
        enterprise_id=line.enterprise_id,
        duty=_duty(line.duty),
        matter=line.matter,
        seq=line.seq,
    )
