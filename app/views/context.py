"""What every view and every page has at hand: the house, who acts, and the words of the frame (see base.html)."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import gettext as _

from app import clock
from app.access import may_open
from app.errors import NotSignedIn
from app.queries import frame
from app.queries.actor import Actor
from app.services.house import House
from app.views import formats, navigation


def current_house() -> House:
    house: House = current_app.extensions["house"]
    return house


def current_actor() -> Actor:
    """Who acts in this request; raises NotSignedIn on a page for everybody."""
    actor: Actor | None = g.actor
    if actor is None:
        raise NotSignedIn
    return actor


def init_app(app: Flask) -> None:
    app.context_processor(frame_of_page)


def frame_of_page() -> dict[str, Any]:
    """Asked for each template that is rendered, and worked out once a request."""
    if "frame" not in g:
        g.frame = _frame()
    return dict(g.frame)


def _frame() -> dict[str, Any]:
    today = clock.today()
    actor: Actor | None = g.get("actor")
    with current_house().database.reading() as session:
        figures = frame.figures(session, actor)
    badges = {"inbox": figures.open_count, "incidents": figures.incident_count}
    return {
        "nav": navigation.entries(actor, request.endpoint, badges),
        "further": navigation.further(actor, badges),
        "me": g.get("me"),
        "may_search": may_open("search.page", actor),
        "plan_title": figures.plan_title,
        "today_text": f"{formats.full_day(today)} {formats.weekday(today)}",
        "unread": figures.unread_count,
        "demo_text": _demo_text(),
    }


def _demo_text() -> str:
    shown = f"{formats.full_day(clock.today())} {formats.time_of_day(clock.now())}"
    if current_house().settings.is_demo:
        return _("演示环境：数据均为模拟，时钟走到 %(shown)s", shown=shown)
    return _("时钟已另行设定，走到 %(shown)s", shown=shown) if clock.is_driven() else ""
