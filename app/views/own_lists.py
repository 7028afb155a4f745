"""How a person sets up her lists: filters she saves under a name, and the columns, in her own order."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access import may_open
from app.errors import NotFound, RuleViolation
from app.models.inbox_view import SavedFilter
from app.queries import list_views, units
from app.services import list_views as own_views
from app.terms import Light
from app.views import event_filters, list_filters, list_rows
from app.views.clauses import clause_label
from app.views.context import current_actor, current_house

bp = Blueprint("own_lists", __name__, url_prefix="/inbox")

MOVES = {"up": -1, "down": 1}


@bp.app_template_filter("clause")
def clause_filter(clause: str) -> str:
    return clause_label(clause)


@bp.get("/filters")
def filters() -> str:
    """All that she has saved, to be renamed, made the default, or removed."""
    with current_house().database.reading() as session:
        saved = list_views.saved_filters(session, current_actor())
        names = {unit.id: unit.short_name for unit in units.units(session)} if saved else {}
    lists = _list_words()
    rows = [(one, lists[one.list_key], list_filters.filter_href(one), _words(one, names)) for one in saved]
    return render_template("inbox/filters.html", rows=rows, back=_back())


@bp.post("/filters")
def save() -> Response:
    """Keep what the list is filtered by now. query: the address of the list, as it stands behind the question mark."""
    list_key, query = request.form.get("list", ""), dict(parse_qsl(request.form.get("query", "")))
    terms = {name: query[name] for name in list_views.TERMS_OF.get(list_key, ()) if query.get(name)}
    is_default = "default" in request.form
    try:
        with current_house().database.transaction() as session:
            name, actor = request.form.get("name", ""), current_actor()
            saved = own_views.save_filter(session, actor, list_key, name, terms, is_default=is_default)
            address = list_filters.filter_href(saved)
    except RuleViolation as refused:
        flash(refused.text, "error")
        if list_key not in list_views.TERMS_OF:
            raise NotFound from refused
        return redirect(list_filters.list_href(list_key, terms))
    flash(_("已保存筛选“%(name)s”", name=saved.name))
    return redirect(address)


@bp.post("/filters/<int:filter_id>")
def change(filter_id: int) -> Response:
    is_default = {"yes": True, "no": False}.get(request.form.get("default", ""))
    try:
        with current_house().database.transaction() as session:
            own_views.change_filter(
                session, current_actor(), filter_id, name=request.form.get("name"), is_default=is_default
            )
    except RuleViolation as refused:
        flash(refused.text, "error")
    else:
        flash(_("筛选已更新"))
    return redirect(url_for("own_lists.filters"))


@bp.post("/filters/<int:filter_id>/removal")
def remove(filter_id: int) -> Response:
    with current_house().database.transaction() as session:
        removed = own_views.remove_filter(session, current_actor(), filter_id)
    flash(_("已删除筛选“%(name)s”", name=removed.name))
    return redirect(url_for("own_lists.filters"))


@bp.get("/columns/<list_key>")
def columns(list_key: str) -> str:
    """Which columns, in which order: a list of ticks, each with a button up and down."""
    _require_list(list_key)
    with current_house().database.reading() as session:
        chosen = list_views.columns_of(session, current_actor(), list_key)
    return _columns_page(list_key, chosen, [name for name in list_views.COLUMNS[list_key] if name not in chosen])


@bp.post("/columns/<list_key>")
def set_columns(list_key: str) -> str | Response:
    """Keep them; a button of a row only moves it, and the page comes back."""
    _require_list(list_key)
    order, ticked = request.form.getlist("order"), request.form.getlist("column")
    known = [name for name in dict.fromkeys(order) if name in list_views.COLUMNS[list_key]]
    for move, step in MOVES.items():
        if (name := request.form.get(move, "")) in known:
            return _columns_page(list_key, ticked, [], _moved(known, name, step), focus=f"{move}-{name}")
    wanted = [] if "usual" in request.form else [name for name in known if name in ticked]
    with current_house().database.transaction() as session:
        own_views.set_columns(session, current_actor(), list_key, wanted or list_views.USUAL[list_key])
    flash(_("列设置已保存"))
    return redirect(url_for(list_filters.PAGES[list_key]))


def _columns_page(
    list_key: str, ticked: Sequence[str], others: Sequence[str], order: Sequence[str] = (), focus: str = ""
) -> str:
    headings = list_rows.headings(list_key)
    shown = [(name, headings[name], name in ticked) for name in order or [*ticked, *others]]
    return render_template(
        "inbox/columns.html",
        list_key=list_key,
        title=_list_words()[list_key],
        columns=shown,
        always=list_views.ALWAYS,
        back=url_for(list_filters.PAGES[list_key]),
        focus=focus,
    )


def _moved(order: Sequence[str], name: str, step: int) -> list[str]:
    """The name one place further, as far as there is one."""
    at = order.index(name)
    to = min(max(at + step, 0), len(order) - 1)
    rest = [one for one in order if one != name]
    return [*rest[:to], name, *rest[to:]]


def _require_list(list_key: str) -> None:
    if list_key not in list_views.LISTS or not may_open(list_filters.PAGES[list_key], current_actor()):
        raise NotFound


def _list_words() -> dict[str, str]:
    return {
        list_views.INBOX: _("待办"),
        list_views.HANDED_ON: _("在办"),
        list_views.DONE: _("已办"),
        list_views.COPIES: _("抄送"),
        list_views.STARTED: _("我发起的"),
        list_views.EVENTS: _("检索"),
    }


def _back() -> tuple[str, str]:
    """Address and name of the list that the person works with."""
    is_at_work = may_open("inbox.page", current_actor())
    return (url_for("inbox.page"), _("待办")) if is_at_work else (url_for("event_search.page"), _("检索"))


def _words(saved: SavedFilter, names: dict[str, str]) -> str:
    if saved.list_key == list_views.EVENTS:
        return event_filters.named(event_filters.wanted_of(saved.terms), names)
    terms = dict(saved.terms)
    light = terms.pop("light", "")
    is_light = light in [one.value for one in (Light.RED, Light.YELLOW, Light.GREEN)]
    return list_filters.named(list_filters.Filters(light=Light(light) if is_light else None, **terms), names)
