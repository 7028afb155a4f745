"""待办: what is due, by whom it was asked and since when it matters; beside it 在办, 已办 and 我发起的."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.duties.registry import DUTIES
from app.errors import AppError, BadRequest
from app.queries import inbox, worklists
from app.queries.actor import Actor
from app.queries.inbox import Days, Filters
from app.queries.task_lines import Line
from app.services import reading_marks, tasks
from app.services.house import House
from app.terms import Light, TaskStatus
from app.views.clauses import clause_label
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.signed_in import current_me

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

SORTS = ("due", "new")
MOST_TOGETHER = 100
VERBS: dict[str, Callable[..., Any]] = {"claim": tasks.claim, "unclaim": tasks.unclaim}


@dataclass(frozen=True)
class Row:
    """A line as the table shows it. can: what may be done with it together with others."""

    line: Line
    distance: str
    duty: str
    clause: str
    can: str = ""


@dataclass(frozen=True)
class Group:
    """Lines of one light. begins: False where the page before has shown its head. light: None for a list without."""

    light: Light | None
    rows: Sequence[Row]
    begins: bool = True
    count: int = 0


@bp.app_template_filter("clause")
def clause_filter(clause: str) -> str:
    return clause_label(clause)


@bp.get("")
def page() -> str:
    house, actor, filters, after = current_house(), current_actor(), _filters(), request.args.get("after", "")
    days = days_today(house)
    with house.database.reading() as session:
        found = inbox.page(session, actor, days, filters, after)
        counts = inbox.counts(session, actor, days, filters)
        shown = _shown_before() + len(found.lines)
        listed = {
            "groups": list(_groups(found.lines, counts, filters, after, house, days)),
            "more": _here(after=found.after, shown=shown) if found.after else "",
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
        filters=filters,
        selects=_selects(filters, choices),
        named_filters=_named(filters, choices),
        following=following,
        is_compact=_is_compact(),
        rows_href=lambda rows: _here(rows=rows),
        sort_href=_here(sort="due" if filters.sort == "new" else "new"),
        query=request.query_string.decode(),
    )


@bp.get("/handed-on")
def handed_on() -> str:
    return _task_list("inbox.handed_on", _("在办"), worklists.handed_on)


@bp.get("/done")
def done() -> str:
    return _task_list("inbox.done", _("已办"), worklists.done)


@bp.get("/copies")
def copies() -> str:
    """抄送: reading the list is knowing of it."""
    shown = _task_list("inbox.copies", _("抄送"), worklists.copies)
    reading_marks.note_copies(current_house(), current_actor())
    return shown


@bp.get("/started")
def started() -> str:
    house, actor, q = current_house(), current_actor(), request.args.get("q", "").strip()
    with house.database.reading() as session:
        found = worklists.started(session, actor, q, request.args.get("after"))
        context = {"lines": found.items, "more": _here(after=found.next_cursor) if found.next_cursor else "",
                   "left": found.left, "duties": _duty_names(), "q": q}  # fmt: skip
        if request.headers.get("HX-Request") and "after" in request.args:
            return render_template("inbox/_started.html", **context)
        tabs = _other_tabs(session, "inbox.started", actor, house)
    return render_template("inbox/started.html", tabs=tabs, is_compact=_is_compact(), **context)


@bp.post("/batch")
def batch() -> Response:
    """Claim or put back what is ticked; each by itself, so that one that was taken meanwhile stops no other."""
    house, actor, verb = current_house(), current_actor(), VERBS.get(request.form.get("verb", ""))
    if verb is None:
        raise BadRequest
    key, done_count, refused = request.form.get("_key") or secrets.token_urlsafe(16), 0, Counter[str]()
    for task_id in request.form.getlist("task")[:MOST_TOGETHER]:
        try:
            verb(house, actor, task_id, key=f"{key}:{task_id}")
        except AppError as error:
            refused[error.text] += 1
        else:
            done_count += 1
    _tell(request.form["verb"], done_count, refused)
    return redirect(f"{url_for('inbox.page')}?{request.form.get('query', '')}".rstrip("?"))


def days_today(house: House) -> Days:
    return inbox.days_of(clock.today(), house.calendar, house.light_policy.yellow_days)


def _task_list(endpoint: str, title: str, read: Callable[..., Any]) -> str:
    house, actor, q = current_house(), current_actor(), request.args.get("q", "").strip()
    today = clock.today()
    with house.database.reading() as session:
        found = read(session, actor, today, q, request.args.get("after"))
        rows = [_row(line, house, days_today(house)) for line in found.items]
        context = {"groups": [Group(None, rows)] if rows else [], "left": found.left, "q": q, "endpoint": endpoint,
                   "more": _here(after=found.next_cursor) if found.next_cursor else ""}  # fmt: skip
        if request.headers.get("HX-Request") and "after" in request.args:
            return render_template("inbox/_lines.html", **context)
        tabs = _other_tabs(session, endpoint, actor, house)
    return render_template("inbox/list.html", title=title, tabs=tabs, is_compact=_is_compact(), **context)


def _filters() -> Filters:
    asked = {name: request.args.get(name, "").strip() for name in ("duty", "unit", "clause", "q", "sort", "light")}
    light, sort = asked.pop("light"), asked.pop("sort")
    is_light = light in [group.value for group in inbox.GROUPS]
    return Filters(light=Light(light) if is_light else None, sort=sort if sort in SORTS else "due", **asked)


def _here(**changes: Any) -> str:
    """This list with something changed in its address; None or "" takes it out."""
    kept = {name: text for name, text in request.args.items() if name not in ("after", "shown")}
    wanted = {name: value for name, value in {**kept, **changes}.items() if value not in (None, "")}
    return url_for(request.endpoint or "inbox.page", **wanted)


def _shown_before() -> int:
    text = request.args.get("shown", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _left(counts: inbox.Counts, filters: Filters) -> int:
    return counts.of(filters.light) if filters.light else counts.total


def _groups(
    lines: Sequence[Line], counts: inbox.Counts, filters: Filters, after: str, house: House, days: Days
) -> Iterator[Group]:
    if filters.sort == "new":
        if lines:
            yield Group(None, [_row(line, house, days) for line in lines])
        return
    for light, same in groupby(lines, key=lambda line: line.light or Light.GREEN):
        rows = [_row(line, house, days) for line in same]
        yield Group(light, rows, not after.startswith(f"{light}."), counts.of(light))


def _row(line: Line, house: House, days: Days) -> Row:
    is_waiting = line.light is Light.GREY or line.completed_at is not None
    can = "" if is_waiting else {TaskStatus.OPEN: "claim", TaskStatus.CLAIMED: "unclaim"}.get(line.status, "")
    return Row(
        line=line,
        distance="" if line.completed_at else distance_words(line.due_on, days.today, house.calendar),
        duty=_duty_names().get(line.duty, ""),
        clause=line.clause,
        can=can,
    )


def _duty_names() -> dict[str, str]:
    return {key: duty.name for key, duty in DUTIES.items()}


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
    every = {"href": _here(light=""), "label": _("全部"), "is_current": filters.light is None}
    words = {Light.RED: _("逾期"), Light.YELLOW: _("临期"), Light.GREEN: _("正常")}
    return [every] + [
        {"href": _here(light=light.value), "label": words[light], "light": light.value, "count": counts.of(light),
         "is_current": filters.light is light}
        for light in inbox.GROUPS
    ]  # fmt: skip


def _selects(filters: Filters, choices: inbox.Choices) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """(name, label, options, chosen) of each filter that has something to choose between."""
    names = _duty_names()
    listed = [
        ("duty", _("职责事项"), [(key, names.get(key, key)) for key in choices.duties], filters.duty),
        ("clause", _("来源条款"), [(clause, clause_label(clause)) for clause in choices.clauses], filters.clause),
        ("unit", _("责任单位"), list(choices.units), filters.unit),
    ]
    return [select for select in listed if len(select[2]) > 1 or select[3]]


def _named(filters: Filters, choices: inbox.Choices) -> str:
    """逾期、市工信局: what the list is filtered by, in words."""
    lights = {Light.RED: _("逾期"), Light.YELLOW: _("临期"), Light.GREEN: _("正常")}
    words = [lights[filters.light]] if filters.light else []
    for name, _label, options, chosen in _selects(replace(filters, light=None), choices):
        if chosen:
            words.append(dict(options).get(chosen, asdict(filters)[name]))
    return "、".join([*words, *([f"“{filters.q}”"] if filters.q else [])])


def _is_compact() -> bool:
    asked = request.args.get("rows")
    return asked == "compact" if asked else current_me().compact_rows


def _tell(verb: str, done_count: int, refused: Counter[str]) -> None:
    if done_count:
        done_text = (
            _("已认领 %(count)s 件", count=done_count)
            if verb == "claim"
            else _("已放回 %(count)s 件", count=done_count)
        )
        flash(done_text)
    for text, count in refused.items():
        flash(_("%(count)s 件没有办成：%(text)s", count=count, text=text), "error")
