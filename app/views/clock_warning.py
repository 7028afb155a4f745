"""What the screens of those who administer say while what acts by the clock is stopped (see services/clock_stops)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import gettext as _

from app.models.timer import ClockStop
from app.queries.clock_stops import open_stops
from app.terms import ClockFault
from app.views import formats
from app.views.context import current_house


def init_app(app: Flask) -> None:
    app.jinja_env.globals["clock_warning"] = sentence


def sentence() -> str:
    """What was noticed first; empty while the clock is believed. Asked for by the few templates that show it."""
    with current_house().database.reading() as session:
        stops = open_stops(session)
    return _sentence(stops[0]) if stops else ""


def _sentence(stop: ClockStop) -> str:
    return _(
        "%(at)s 发现服务器时钟%(fault)s，相差约 %(span)s。时限触发、任务发起和每日提醒已暂停，其他事项照常办理。"
        "请系统管理员核对服务器时间，然后按运维手册确认时钟，各项即恢复。",
        at=formats.moment(stop.noticed_at),
        fault=ClockFault(stop.fault).label,
        span=_span(timedelta(seconds=abs(stop.seconds))),
    )


def _span(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return _("%(hours)s 小时", hours=hours) if hours < 48 else _("%(days)s 天", days=round(span / timedelta(days=1)))
