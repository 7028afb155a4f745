"""我的企业: the home of a specialist: her enterprises, visits due, open demands, packages waiting for her."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

from app import clock
from app.duties.demand_response_states import STATES
from app.models.user_task import UserTask
from app.queries import inbox, my_enterprises
from app.queries.inbox import Filters
from app.terms import Light
from app.views.context import current_actor, current_house
from app.views.distances import distance_words
from app.views.inbox import days_today

bp = Blueprint("my_enterprises", __name__, url_prefix="/my-enterprises")

MOST_TASKS = 10


@bp.get("")
def page() -> str:
    house, actor, today = current_house(), current_actor(), clock.today()
    with house.database.reading() as session:
        served = my_enterprises.served_by(session, actor)
        tasks = inbox.page(session, actor, days_today(house), Filters(), limit=MOST_TASKS).lines
        return render_template(
            "my_enterprises/page.html",
            served=served,
            tasks=[(line, distance_words(line.due_on, today, house.calendar)) for line in tasks],
            visits=[(one, one.visit_task) for one in served if one.visit_task],
            demands=sum(len(one.demands) for one in served),
            packages=sum(one.package_task is not None for one in served),
            distance=lambda day: distance_words(day, today, house.calendar),
            light_of=lambda task: _light(task, today),
            states=STATES,
        )


def _light(task: UserTask, today: date) -> Light:
    if today > task.due_on:
        return Light.RED
    return Light.YELLOW if today >= task.yellow_on else Light.GREEN
