"""Histories as files: the events of one, and the list as it is filtered, as a table and as an event log."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, stream_with_context, url_for
from flask_babel import gettext as _

from app import clock
from app.documents import csv_file
from app.duties.registry import DUTIES
from app.queries import histories
from app.queries.histories import Line
from app.services import event_log_parts
from app.terms import InstanceStatus
from app.views import replay_frames
from app.views.context import current_actor, current_house
from app.views.downloads import CSV, XES, sent
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
    return sent(csv_file.render(headings, map(_event, told)), CSV, f"{instance.business_key}.csv")


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
    return sent(stream_with_context(csv_file.render(headings, rows())), CSV, f"{_('流程历史')}.csv")


@bp.get("/log.xes")
def log_xes() -> Response:
    """The histories that the list shows, as an event log."""
    uri = url_for("event_logs.extension", _external=True)
    return sent(event_log_parts.as_xes(current_house(), _listed(), uri), XES, f"{_('事件日志')}.xes")


@bp.get("/log.csv")
def log_csv() -> Response:
    """The same, a line a step."""
    return sent(event_log_parts.as_csv(current_house(), _listed()), CSV, f"{_('事件日志')}.csv")


def _listed() -> Iterator[str]:
    return event_log_parts.listed(current_house(), current_actor(), wanted_of_request())


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
