"""Histories as CSV: the events of one, and the list as it is filtered. Written as it is read, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, stream_with_context
from flask_babel import gettext as _

from app import clock
from app.documents import csv_file
from app.duties.registry import DUTIES
from app.queries import histories
from app.queries.histories import Line
from app.terms import InstanceStatus
from app.views import replay_frames
from app.views.context import current_actor, current_house
from app.views.histories import history_of, wanted_of_request
from app.views.replay_frames import Told

bp = Blueprint("history_files", __name__, url_prefix="/histories")

MOST_ROWS = 100_000  # of one file


@bp.get("/<instance_id>/events.csv")
def events(instance_id: str) -> Response:
    house = current_house()
    with house.database.reading() as session:
        instance, drawn, frames = history_of(session, house, instance_id)
        told = replay_frames.told(frames, drawn)
    headings = [
        _("序号"),
        _("时间"),
        _("事件"),
        _("类型"),
        _("环节"),
        _("办理人"),
        _("账号"),
        _("被代理人账号"),
        _("说明"),
        _("流程版本"),
        "SHA-256",
    ]
    return _sent(csv_file.render(headings, map(_event, told)), instance.business_key)


@bp.get("/list.csv")
def histories_file() -> Response:
    """The list as the page filters it, at most MOST_ROWS."""
    house, actor, wanted = current_house(), current_actor(), wanted_of_request()

    def rows() -> Iterator[tuple[object, ...]]:
        cursor, written = None, 0
        while written < MOST_ROWS:
            with house.database.reading() as session:
                found = histories.histories(session, actor, wanted, cursor, limit=500)
            yield from map(_line, found.items)
            written, cursor = written + len(found.items), found.next_cursor
            if cursor is None:
                return

    headings = [
        _("事项"),
        _("业务标识"),
        _("职责事项"),
        _("流程"),
        _("流程版本"),
        _("责任单位"),
        _("状态"),
        _("启动"),
        _("结束"),
        _("事件数"),
        _("流程编号"),
    ]
    return _sent(stream_with_context(csv_file.render(headings, rows())), _("流程历史"))


def _event(one: Told) -> tuple[object, ...]:
    frame = one.frame
    behalf = frame.on_behalf_of.login if frame.on_behalf_of else ""
    at = clock.local(frame.at).isoformat(timespec="milliseconds")
    return (frame.seq, at, one.text, frame.type, frame.element_id or "", one.who, frame.actor.login, behalf,
            frame.said, one.drawn.version, frame.hash)  # fmt: skip


def _line(line: Line) -> tuple[object, ...]:
    ended = clock.local(line.ended_at).isoformat(timespec="seconds") if line.ended_at else ""
    duty = DUTIES[line.duty].name if line.duty in DUTIES else line.duty
    started = clock.local(line.started_at).isoformat(timespec="seconds")
    status = _(InstanceStatus(line.status).label)
    return (line.title, line.business_key, duty, line.process, line.version, line.unit, status, started, ended,
            line.events, line.id)  # fmt: skip


def _sent(content: Iterator[bytes], name: str) -> Response:
    file_name = quote(f"{name.replace(':', '_')}.csv", safe="")
    return Response(
        content,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{file_name}",
        },
    )
