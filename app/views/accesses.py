"""查阅记录: who has looked at what. The audit administrator sees all of it, an auditor her own."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.models.event import ACCESS
from app.queries import event_lines, event_search
from app.queries.event_search import Found
from app.queries.event_verbs import KINDS
from app.terms import Role
from app.views import event_filters
from app.views.context import current_actor, current_house
from app.views.event_rows import files_of, rows, taken
from app.views.paging import next_page, wants_rows

bp = Blueprint("accesses", __name__, url_prefix="/accesses")


@bp.get("")
def page() -> str:
    house, actor, wanted = current_house(), current_actor(), event_filters.asked()
    with house.database.reading() as session:
        found = event_search.accesses(session, actor, wanted, request.args.get("cursor"))
        listed = {
            "rows": rows(session, actor, found),
            "looked_until": found.looked_until,
            "more": next_page("accesses.page", found.next_cursor),
        }
        if wants_rows():
            return render_template("accesses/_rows.html", **listed)
        people = dict(event_lines.people(session))
    return render_template(
        "accesses/page.html",
        **listed,
        wanted=wanted,
        named=event_filters.named(wanted, {}, people),
        people=people if actor.has(Role.AUDIT_ADMIN) else {},
        verbs={verb.value: _(verb.label) for verb in KINDS[ACCESS]},
        files=files_of("accesses.file", event_filters.asked_terms()),
    )


@bp.get("/lines.<ending>")
def file(ending: str) -> Response:
    """All that is found, as a table to be taken away."""
    house, actor, wanted = current_house(), current_actor(), event_filters.asked()
    with house.database.reading() as session:

        def find(cursor: str | None) -> Found:
            return event_search.accesses(session, actor, wanted, cursor, event_search.MANY)

        back = url_for("accesses.page", **event_filters.asked_terms())
        return taken(session, find, _("查阅记录"), ending, back)
