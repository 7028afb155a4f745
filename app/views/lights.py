"""A light explains itself, of a task, an indicator or a cell of the board, as a small panel or as a page.

预测 lists what is likely to be late or missed.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.duties.forecast_words import NOTE
from app.duties.pace import WORDS
from app.errors import NotFound
from app.queries import board, board_list, outlook, standings
from app.queries.board_filters import Filters
from app.queries.progress import seen_indicator
from app.queries.sight import seen_task
from app.terms import Light
from app.views import light_panels
from app.views.board_ways import chosen_words, filters_asked, href
from app.views.context import current_actor, current_house
from app.views.distances import distance_words

bp = Blueprint("lights", __name__)

MOST = 50
SHOWN = 3  # of a cell
LIKELY_LATE, LIKELY_MISSED = 0.3, 0.1
WORDS_OF_PACE = {light.value: word for light, word in WORDS.items()}


@bp.get("/lights/user-tasks/<task_id>")
def of_task(task_id: str) -> str:
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        task = seen_task(session, actor, task_id)
        found = light_panels.of_task(session, house, actor, task)
        return _shown(found, f"{task.title}：{task.name}", url_for("tasks.page", task_id=task.id), {})


@bp.get("/lights/indicators/<int:number>")
def of_indicator(number: int) -> str:
    """year: that of the plan which is asked for, the running one without it."""
    actor, today = current_actor(), clock.today()
    with current_house().database.reading() as session:
        plan = standings.newest_plan(session)
        if plan is None:
            raise NotFound
        year = min(max(request.args.get("year", today.year, int), plan.first_year), plan.last_year)
        rows = {row.indicator.number: row for row in standings.standings(session, plan, year, today)}
        if number not in rows:
            raise NotFound
        standing = rows[number]
        seen_indicator(session, actor, standing.indicator.id)
        found = light_panels.of_indicator(session, actor, standing, year)
        title = _("指标%(number)s", number=number)
        return _shown(found, title, url_for("indicators.one", number=number, year=year), WORDS_OF_PACE)


@bp.get("/lights/cells")
def of_cell() -> str:
    """Of a cell of the board, by the board's own filter: what it holds of each light, and the first of the worst."""
    house, asked, today = current_house(), filters_asked(), clock.today()
    with house.database.reading() as session:
        whole = board.board(session, today, house.calendar, asked)
        cell = whole.total
        if cell.light is None:
            raise NotFound
        worst = replace(asked, light=cell.light)
        lines = board_list.lines(session, worst, today, house.calendar, limit=SHOWN, counts=False).items
        name = "lights/_cell.html" if "HX-Request" in request.headers else "lights/cell.html"
        return render_template(
            name,
            cell=cell,
            title=" ".join(chosen_words(whole, replace(asked, light=None))) or _("全部"),
            numbers=_numbers(cell, asked),
            lines=lines,
            words={line.task_id: distance_words(line.due_on, today, house.calendar) for line in lines},
            list_href=href(replace(asked, light=None if cell.open else cell.light), view="list"),
        )


def _numbers(cell: board.Cell, asked: Filters) -> list[tuple[Light, int, str]]:
    """Of each light in it, the worst first: how many, and where they are listed."""
    found = (
        (Light.RED, cell.overdue), (Light.YELLOW, cell.yellow), (Light.GREEN, cell.green), (Light.GREY, cell.waiting),
        (Light.BLUE, cell.done),
    )  # fmt: skip
    return [(light, number, href(replace(asked, light=light), view="list")) for light, number in found if number]


@bp.get("/forecasts")
def forecasts() -> str:
    with current_house().database.reading() as session:
        late = outlook.likely_late(session, MOST, LIKELY_LATE)
        missed = outlook.likely_missed(session, clock.today().year, MOST, LIKELY_MISSED)
        rows = [*(row.forecast for row in late), *(row.forecast for row in missed)]
        return render_template(
            "lights/forecasts.html",
            late=late,
            missed=missed,
            tested=outlook.backtests(session),
            texts={row.id: light_panels.chance_of(row) for row in rows},
            caution=NOTE,
        )


def _shown(found: light_panels.Explained | None, title: str, back: str, words: dict[str, str]) -> str:
    """A part for the script that asks for one, else a page."""
    name = "lights/_panel.html" if "HX-Request" in request.headers else "lights/why.html"
    return render_template(name, found=found, title=title, back=back, words=words)
