"""The search of the top bar: what runs or ran, and what the plan says; each part leads to its own list."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.queries import plan_browser, standings
from app.queries.histories import Wanted, histories
from app.queries.paging import Page
from app.views.context import current_actor, current_house

bp = Blueprint("search", __name__)

MOST = 10  # of what runs; the rest stands in the list that the page leads to
LONGEST = 80


@bp.get("/search")
def page() -> str:
    q = request.args.get("q", "").strip()[:LONGEST]
    with current_house().database.reading() as session:
        plan = standings.newest_plan(session)
        found = plan_browser.search(session, plan, q) if plan else None
        lines = histories(session, current_actor(), Wanted(text=q), limit=MOST) if q else Page([], None)
        return render_template("search/page.html", q=q, lines=lines, found=found)
