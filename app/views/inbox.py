"""待办: what is due, by whom it was asked and since when it matters; beside it 在办, 已办, 抄送 and 我发起的."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.queries import inbox, list_views, worklists
from app.queries.actor import Actor
from app.queries.inbox import Days, Filters
from app.services import reading_marks
from app.services.house import House
from app.views import list_filters, list_rows
from app.views.context import current_actor, current_house
from app.views.list_filters import here
from app.views.list_rows import Group
from app.views.signed_in import current_me

bp = Blueprint("inbox", __name__, url_prefix="/inbox")


@bp.get("")
def page() -> str | Response:
    house, actor, after = current_house(), current_actor(), request.args.get("after", "")
    filters, days = list_filters.asked_filters(), days_today(house)
    with house.database.reading() as session:
        saved = list_views.saved_filters(session, actor, list_views.INBOX)
        if address := list_filters.default_address(saved):
            return redirect(address)
        found = inbox.page(session, actor, days, filters, after)
        counts = inbox.counts(session, actor, days, filters)
        shown = _shown_before() + len(found.lines)
        listed = {
            "groups": list(list_rows.groups(found.lines, counts, filters, after, house, days)),
            "columns": list_views.columns_of(session, actor, list_views.INBOX),
            "headings": list_rows.headings(list_views.INBOX),
            "more": here(after=found.after, shown=shown) if found.after else "",
            "left": _left(counts, filters) - shown,
            "key": secrets.token_urlsafe(16),
        }
        if after and request.headers.get("HX-Request"):
            return render_template("inbox/_lines.html", **listed)
        whole = counts if filters.is_empty else inbox.counts(session, actor, days)
        handed = worklists.counts(session, actor)
        choices = inbox.choices(session, actor)
        following = inbox.next_line(session, actor, days) if not found.lines else None
    return render_template(
        "inbox/page.html",
        **listed,
        whole=whole,
        tabs=_tabs("inbox.page", whole.total, handed),
        segments=_segments(filters, counts),
        bar=list_filters.bar(list_views.INBOX, filters, choices, saved),
        following=following,
        is_compact=_is_compact(),
        rows_href=lambda rows: here(rows=rows),
        sort_href=here(sort="due" if filters.sort == "new" else "new"),
    )


@bp.get("/handed-on")
def handed_on() -> str | Response:
    return _task_list(list_views.HANDED_ON, _("在办"), worklists.handed_on)


@bp.get("/done")
def done() -> str | Response:
    return _task_list(list_views.DONE, _("已办"), worklists.done)


@bp.get("/copies")
def copies() -> str | Response:
    """抄送: reading the list is knowing of it."""
    shown = _task_list(list_views.COPIES, _("抄送"), worklists.copies)
    reading_marks.note_copies(current_house(), current_actor())
    return shown


@bp.get("/started")
def started() -> str | Response:
    house, actor, filters = current_house(), current_actor(), list_filters.asked_filters()
    with house.database.reading() as session:
        saved = list_views.saved_filters(session, actor, list_views.STARTED)
        if address := list_filters.default_address(saved):
            return redirect(address)
        found = worklists.started(session, actor, filters, request.args.get("after"))
        context = {
            "lines": found.items,
            "columns": list_views.columns_of(session, actor, list_views.STARTED),
            "headings": list_rows.headings(list_views.STARTED),
            "more": here(after=found.next_cursor) if found.next_cursor else "",
            "left": found.left,
            "duties": list_rows.duty_names(),
        }
        if request.headers.get("HX-Request") and "after" in request.args:
            return render_template("inbox/_started.html", **context)
        choices = worklists.choices(session, actor, list_views.STARTED)
        tabs = _other_tabs(session, "inbox.started", actor, house)
    bar = list_filters.bar(list_views.STARTED, filters, choices, saved)
    return render_template("inbox/started.html", tabs=tabs, bar=bar, is_compact=_is_compact(), **context)


def days_today(house: House) -> Days:
    return inbox.days_of(clock.today(), house.calendar, house.rules().widest_yellow_days)


def _task_list(list_key: str, title: str, read: Callable[..., Any]) -> str | Response:
    house, actor, filters = current_house(), current_actor(), list_filters.asked_filters()
    endpoint, days = list_filters.PAGES[list_key], days_today(house)
    with house.database.reading() as session:
        saved = list_views.saved_filters(session, actor, list_key)
        if address := list_filters.default_address(saved):
            return redirect(address)
        found = read(session, actor, days.today, filters, request.args.get("after"))
        rows = [list_rows.row(line, house, days) for line in found.items]
        context = {
            "groups": [Group(None, rows)] if rows else [],
            "columns": list_views.columns_of(session, actor, list_key),
            "headings": list_rows.headings(list_key),
            "left": found.left,
            "endpoint": endpoint,
            "more": here(after=found.next_cursor) if found.next_cursor else "",
        }
        if request.headers.get("HX-Request") and "after" in request.args:
            return render_template("inbox/_lines.html", **context)
        choices = worklists.choices(session, actor, list_key)
        tabs = _other_tabs(session, endpoint, actor, house)
    bar = list_filters.bar(list_key, filters, choices, saved)
    return render_template("inbox/list.html", title=title, tabs=tabs, bar=bar, is_compact=_is_compact(), **context)


def _shown_before() -> int:
    text = request.args.get("shown", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _left(counts: inbox.Counts, filters: Filters) -> int:
    return counts.of(filters.light) if filters.light else counts.total


def _tabs(current: str, open_count: int, counts: worklists.Counts) -> list[dict[str, Any]]:
    listed = [
        ("inbox.page", _("待办"), open_count),
        ("inbox.handed_on", _("在办"), counts.handed_on),
        ("inbox.done", _("已办"), counts.done),
        ("inbox.copies", _("抄送"), counts.copies or None),
    ]
    if current_actor().is_outsider:
        listed = [listed[0], listed[2]]
    if counts.started is not None:
        listed.append(("inbox.started", _("我发起的"), counts.started))
    return [
        {"href": url_for(endpoint), "label": label, "count": count, "is_current": endpoint == current}
        for endpoint, label, count in listed
    ]


def _other_tabs(session: Session, current: str, actor: Actor, house: House) -> list[dict[str, Any]]:
    open_count = inbox.counts(session, actor, days_today(house)).total
    return _tabs(current, open_count, worklists.counts(session, actor))


def _segments(filters: Filters, counts: inbox.Counts) -> list[dict[str, Any]]:
    every = {"href": here(light=""), "label": _("全部"), "is_current": filters.light is None}
    return [every] + [
        {"href": here(light=light.value), "label": list_filters.light_word(light), "light": light.value,
         "count": counts.of(light), "is_current": filters.light is light}
        for light in inbox.GROUPS
    ]  # fmt: skip


def _is_compact() -> bool:
    asked = request.args.get("rows")
    return asked == "compact" if asked else current_me().compact_rows
