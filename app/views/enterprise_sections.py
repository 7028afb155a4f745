"""The sections of an enterprise's file, in their order. A duty adds one: a template under enterprises/sections, a
function that reads what it shows, and a row here.

The template gets `shown`, what the function gives, beside `enterprise` and `today`; where it gives None the section is
left out. Those that need the whole file are not for those who see the shared list only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.access import may_open
from app.duties.demand_response_rates import RATING_WORDS
from app.duties.demand_response_states import STATES
from app.models.enterprise import Enterprise, Title
from app.queries import activity_offers, enterprise_file, ladder
from app.queries.actor import Actor
from app.queries.enterprise_sight import Sight
from app.services.house import House
from app.services.self_check import self_check
from app.terms import PackageState, TitleLevel, TitleStatus
from app.views import enterprise_charts, enterprise_figure_table

ACCESSES_SHOWN = 5


@dataclass(frozen=True)
class Looking:
    """Who looks at which file, in one reading session. titles: all it has ever had."""

    house: House
    session: Session
    actor: Actor
    enterprise: Enterprise
    titles: Sequence[Title]
    sight: Sight
    today: date


Load = Callable[[Looking], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Section:
    """key: of its template. place: main column or the one at its side."""

    key: str
    load: Load
    place: Literal["main", "side"] = "main"
    needs_whole: bool = True


def sections(at: Looking, place: str) -> list[dict[str, Any]]:
    """What is shown in one column: each with its template and what that shows."""
    found = []
    for section in SECTIONS:
        if section.place != place or (section.needs_whole and not at.sight.is_whole):
            continue
        shown = section.load(at)
        if shown is not None:
            found.append({"template": f"enterprises/sections/{section.key}.html", "shown": shown})
    return found


def _figures(at: Looking) -> Mapping[str, Any]:
    years = enterprise_file.years(at.session, at.enterprise.id)
    return {
        "years": years,
        "lines": enterprise_figure_table.lines(years, at.sight) if years else [],
        "chart": enterprise_charts.growth(years, at.sight),
        "is_masked": not at.sight.is_whole,
    }


def _service(at: Looking) -> Mapping[str, Any]:
    demands = enterprise_file.demands(at.session, at.actor, at.enterprise.id)
    return {"demands": demands, "visits": enterprise_file.visits(at.session, at.enterprise.id), "states": STATES}


def _activities(at: Looking) -> Mapping[str, Any] | None:
    attended = activity_offers.attended(at.session, at.enterprise.id)
    can_open = may_open("service_months.activity", at.actor)
    return {"attended": attended, "ratings": RATING_WORDS, "can_open": can_open} if attended else None


def _packages(at: Looking) -> Mapping[str, Any]:
    return {
        "packages": enterprise_file.packages(at.session, at.enterprise.id),
        "words": {state.value: state.label for state in PackageState},
        "can_open": may_open("packages.one", at.actor),
    }


def _matters(at: Looking) -> Mapping[str, Any] | None:
    found = enterprise_file.matters(at.session, at.actor, at.enterprise.id)
    return {"matters": found, "can_open": may_open("histories.one", at.actor)} if found else None


def _conditions(at: Looking) -> Mapping[str, Any] | None:
    level = ladder.next_level(ladder.live_titles(at.titles, at.today))
    check = self_check(at.session, at.enterprise, level, at.today) if level else None
    return {"check": check, "level": level.label} if check is not None and level is not None else None


def _titles(at: Looking) -> Mapping[str, Any]:
    return {
        "titles": at.titles,
        "levels": {level.value: level.label for level in TitleLevel},
        "statuses": {status.value: status.label for status in TitleStatus},
        "opens_evaluation": at.sight.is_whole and may_open("evaluations.one", at.actor),
    }


def _about(at: Looking) -> Mapping[str, Any]:
    name, phone = at.sight.contact(at.enterprise.contact_name, at.enterprise.contact_phone)
    return {
        "contact_name": name,
        "contact_phone": phone,
        "old_names": enterprise_file.old_names(at.session, at.enterprise.id),
        "specialists": enterprise_file.specialists(at.session, at.enterprise.id),
    }


def _accesses(at: Looking) -> Mapping[str, Any]:
    return {"looks": enterprise_file.last_accesses(at.session, at.enterprise.id, ACCESSES_SHOWN)}


SECTIONS: Sequence[Section] = (
    Section("figures", _figures, needs_whole=False),
    Section("service", _service),
    Section("activities", _activities),
    Section("packages", _packages),
    Section("matters", _matters),
    Section("conditions", _conditions, place="side"),
    Section("titles", _titles, place="side", needs_whole=False),
    Section("about", _about, place="side", needs_whole=False),
    Section("accesses", _accesses, place="side"),
)
