"""企业档案: one enterprise on one page, as much of it as the person may see, and who has looked at it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from app import clock
from app.access import may_open
from app.errors import NotFound
from app.queries import enterprise_file, ladder
from app.queries.enterprise_sight import NOT_FOUND, seen_enterprise
from app.services import file_accesses
from app.terms import EnterpriseState
from app.views.context import current_actor, current_house
from app.views.enterprise_sections import Looking, sections
from app.views.enterprises import SCREENS
from app.views.paging import wants_rows

bp = Blueprint("enterprise_file", __name__, url_prefix="/enterprises")


@bp.get("/<code>")
def page(code: str) -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        enterprise, sight = seen_enterprise(session, actor, code)
        titles = enterprise_file.titles(session, code)
        at = Looking(house, session, actor, enterprise, titles, sight, today)
        answer = render_template(
            "enterprises/file.html",
            enterprise=enterprise,
            rungs=ladder.rungs(titles, today),
            main=sections(at, "main"),
            side=sections(at, "side"),
            state=EnterpriseState(enterprise.state),
            is_whole=sight.is_whole,
            screens=SCREENS,
            today=today,
            opens_list=may_open("enterprises.page", actor),
        )
    file_accesses.note(house, actor, [code], file_accesses.FILE)
    return answer


@bp.get("/<code>/accesses")
def accesses(code: str) -> str:
    """查阅记录, for those who see the whole file."""
    with current_house().database.reading() as session:
        enterprise, sight = seen_enterprise(session, current_actor(), code)
        if not sight.is_whole:
            raise NotFound(NOT_FOUND)
        found = enterprise_file.accesses(session, code, request.args.get("cursor"))
        following = url_for("enterprise_file.accesses", code=code, cursor=found.next_cursor)
        return render_template(
            "enterprises/_accesses.html" if wants_rows() else "enterprises/accesses.html",
            enterprise=enterprise,
            found=found,
            more=following if found.next_cursor else "",
            screens=SCREENS,
        )
