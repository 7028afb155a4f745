"""检索: everything that was ever done, by person, unit, enterprise, duty, verb, time and words; one line an event."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.access import may_open
from app.duties.registry import DUTIES
from app.queries import event_lines, event_search, list_views, units
from app.queries.event_search import Find, Wanted
from app.queries.event_verbs import KINDS
from app.services import event_log_parts
from app.views import event_filters
from app.views.context import current_actor, current_house
from app.views.downloads import XES, sent
from app.views.event_rows import MOST, files_of, rows, taken, too_many
from app.views.list_filters import default_address
from app.views.paging import next_page, wants_rows

bp = Blueprint("event_search", __name__, url_prefix="/events")


@bp.get("")
def page() -> str | Response:
    house, actor, wanted = current_house(), current_actor(), event_filters.asked()
    with house.database.reading() as session:
        saved = list_views.saved_filters(session, actor, list_views.EVENTS)
        if address := default_address(saved):
            return redirect(address)
        found = event_search.search(session, actor, wanted, request.args.get("cursor"))
        listed = {
            "rows": rows(session, actor, found),
            "looked_until": found.looked_until,
            "more": next_page("event_search.page", found.next_cursor),
        }
        if wants_rows():
            return render_template("events/_rows.html", **listed)
        people = dict(event_lines.people(session))
        names = {unit.id: unit.short_name for unit in units.units(session)}
    kinds = event_search.kinds_for(actor)
    return render_template(
        "events/page.html",
        **listed,
        wanted=wanted,
        bar=event_filters.bar(wanted, names, people, saved),
        people=people,
        units=names,
        duties={key: duty.name for key, duty in DUTIES.items()},
        kinds={kind: word for kind, word in event_filters.kind_words().items() if kind in kinds},
        verbs={kind: {verb.value: _(verb.label) for verb in KINDS[kind]} for kind in KINDS if kind in kinds},
        may_read_payloads=bool(event_search.kinds_read_by(actor)),
        files=files_of("event_search.file", event_filters.asked_terms()),
        log_file=_log_file(),
        may_see_accesses=may_open("accesses.page", actor),
    )


@bp.get("/lines.<ending>")
def file(ending: str) -> Response:
    """All that is found, as a table to be taken away."""
    wanted = event_filters.asked()
    with current_house().database.reading() as session:
        back = url_for("event_search.page", **event_filters.asked_terms())
        return taken(session, finding(session, wanted), _("检索结果"), ending, back)


@bp.get("/log.xes")
def log() -> Response:
    """The histories in which something is found, each whole, as an event log."""
    house, wanted = current_house(), event_filters.asked()
    with house.database.reading() as session:
        ids = event_lines.matters(session, finding(session, wanted), MOST)
    if ids is None:
        flash(too_many(), "error")
        return redirect(url_for("event_search.page", **event_filters.asked_terms()))
    uri = url_for("event_logs.extension", _external=True)
    return sent(event_log_parts.as_xes(house, ids, uri), XES, f"{_('事件日志')}.xes")


def finding(session: Session, wanted: Wanted) -> Find:
    """Asks for what the person may search, a large page after the other."""
    return partial(event_search.search, session, current_actor(), wanted, limit=event_search.MANY)


def _log_file() -> str:
    """Where the log is to be had, by those who may read histories."""
    terms = event_filters.asked_terms()
    return url_for("event_search.log", **terms) if may_open("event_search.log", current_actor()) else ""
