"""What the screens ask of the database, by the name of the screen: functions of a house, a session and who looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.queries import (
    board,
    board_list,
    campaigns,
    cockpit,
    events,
    frame,
    gauges,
    histories,
    inbox,
    standings,
    units,
    user_tasks,
    worklists,
)
from app.queries.actor import Actor
from app.services.house import House
from app.terms import Light
from bench.crowd import TODAY
from tests.factories import actor

Screen = Callable[[Session], object]


def screens(house: House) -> Mapping[str, Screen]:
    """Each as often as the page asks it; the actors are read beforehand."""
    calendar = house.calendar
    contact, office, leader = (actor(house, login) for login in ("contact.sci", "office", "leader"))
    return {
        **{f"{name} ({who.login})": screen for who in (contact, office) for name, screen in _own(house, who).items()},
        "board page": lambda session: _board_page(session, house),
        "board list, all open": lambda session: _listed(session, house, board_list.Filters()),
        "board list, overdue": lambda session: _listed(session, house, board_list.Filters(light=Light.RED)),
        "board list, of a unit": lambda session: _listed(session, house, board_list.Filters(unit="sci")),
        "board list, of a duty": lambda session: _listed(session, house, board_list.Filters(duty="annual_target")),
        "board list, of a year": lambda session: _listed(session, house, board_list.Filters(year=2024)),
        "board list, with others": lambda session: _listed(
            session, house, board_list.Filters(unit="sci", light=Light.GREY)
        ),
        "board list, ended": lambda session: _listed(session, house, board_list.Filters(light=Light.BLUE)),
        "board list, done this month": lambda session: _listed(
            session, house, board_list.Filters(span=board_list.Span.THIS_MONTH)
        ),
        "cockpit, decisions": lambda session: cockpit.decisions(session, TODAY, calendar),
        "cockpit, localities": lambda session: cockpit.localities(session, 2024, TODAY),
        "cockpit, standings": lambda session: _standings(session),
        "histories (leader)": lambda session: histories.histories(session, leader, histories.Wanted()),
        "histories, of a unit": lambda session: histories.histories(session, leader, histories.Wanted(unit_id="sci")),
        "histories, by a person": lambda session: histories.histories(
            session, leader, histories.Wanted(person_id=contact.person_id)
        ),
        "histories, running": lambda session: histories.histories(session, leader, histories.Wanted(status="active")),
        "search, found": lambda session: histories.histories(session, leader, histories.Wanted(text="事项7"), limit=10),
        "search, nothing": lambda session: histories.histories(session, leader, histories.Wanted(text="无"), limit=10),
        "audit, events after": lambda session: events.events_after(session, None, 100),
        "gauges": lambda session: gauges.gauges(session, gauges.count_open_tasks),
        "unit, holdings": lambda session: units.holdings(session, "sci"),
    }


def _own(house: House, who: Actor) -> Mapping[str, Screen]:
    days = inbox.days_of(TODAY, house.calendar, house.rules().widest_yellow_days)
    red = inbox.Filters(light=Light.RED)
    return {
        "inbox, first page": lambda session: inbox.page(session, who, days, inbox.Filters()),
        "inbox, one light": lambda session: inbox.page(session, who, days, red),
        "inbox, newest first": lambda session: inbox.page(session, who, days, inbox.Filters(sort="new")),
        "inbox, search": lambda session: inbox.page(session, who, days, inbox.Filters(q="无")),
        "inbox, counts": lambda session: inbox.counts(session, who, days),
        "inbox, choices": lambda session: inbox.choices(session, who),
        "frame": lambda session: frame.figures(session, who),
        "handed on": lambda session: worklists.handed_on(session, who, TODAY),
        "done": lambda session: worklists.done(session, who, TODAY),
        "worklists, counts": lambda session: worklists.counts(session, who),
        "histories": lambda session: histories.histories(session, who, histories.Wanted()),
        "API, user tasks": lambda session: user_tasks.tasks_page(session, who, user_tasks.Filters(), TODAY, None, 50),
        "API, mine": lambda session: user_tasks.tasks_page(
            session, who, user_tasks.Filters(mine=True), TODAY, None, 50
        ),
        "API, open of a unit": lambda session: user_tasks.tasks_page(
            session, who, user_tasks.Filters(unit="sci", status="open"), TODAY, None, 50
        ),
    }


def _board_page(session: Session, house: House) -> None:
    """All that views.board.page asks for."""
    board.board(session, TODAY, house.calendar)
    board_list.lines(session, board_list.Filters(light=Light.RED), TODAY, house.calendar, limit=6)
    board.years(session)
    board.month_done(session, TODAY)
    board.office_since(session)
    board_list.overdue(session, TODAY)
    campaigns.recent(session, TODAY, house.calendar)
    _standings(session)


def _listed(session: Session, house: House, filters: board_list.Filters) -> None:
    board_list.lines(session, filters, TODAY, house.calendar)
    board_list.count(session, filters, TODAY, house.calendar)


def _standings(session: Session) -> None:
    plan = standings.newest_plan(session)
    if plan is not None:
        standings.standings(session, plan, 2024, TODAY)
