"""The demonstration's enterprises: they arrive in August 2024, and until winter each process is met once."""

from __future__ import annotations

from datetime import date
from random import Random

from app.demo import case_leads, happenings
from app.demo.course import Actors
from app.demo.enterprises import ARRIVAL
from app.demo.happenings import Town
from app.demo.matter_ratings import rate_matters
from app.services.house import House
from app.terms import TitleLevel

BATCHES = {
    date(2024, 8, 27): TitleLevel.SPECIALISED_CITY,
    date(2024, 8, 28): TitleLevel.LITTLE_GIANT,
    date(2024, 11, 4): TitleLevel.SPECIALISED,
}
PAIRING_DAY = date(2024, 8, 27)
SELECTION_DAY = date(2024, 9, 2)
CASES_DAY = date(2024, 9, 3)  # the day after the call for typical cases
LIBRARY_DAYS = (date(2024, 8, 27), date(2024, 8, 29))
RENAMED_ON, DOUBTED_ON = date(2024, 9, 9), date(2024, 9, 16)
DEMAND_SHARE = 0.35  # of the days on which somebody asks for something


def on(house: House, town: Town, actors: Actors, day: date) -> None:
    """The happenings of one working day, in the morning."""
    if day < ARRIVAL or not town.count:
        return
    if not town.codes:
        town.arrive(house, ARRIVAL)
    random = Random(f"{town.seed}:happenings:{day}")
    if day == PAIRING_DAY:
        happenings.pair_giants(house, day)
    if day == SELECTION_DAY:
        happenings.select_growth(house, day)
    if day == CASES_DAY:
        case_leads.answer_the_call(house, actors, day, _all_with(house, TitleLevel.SPECIALISED))
    if day in BATCHES:
        happenings.open_batch(house, BATCHES[day], day)
    happenings.apply(house, town, actors, day, random)
    if random.random() < DEMAND_SHARE:
        happenings.ask(house, town, actors, day, random)
    if day in LIBRARY_DAYS:
        happenings.enter_library(house, actors, day, random)
    rate_matters(house, actors, day, random)
    _disputes(house, actors, day)


def _disputes(house: House, actors: Actors, day: date) -> None:
    """One firm changes its name, another is doubted, and somebody objects to the first list that is shown."""
    if day == RENAMED_ON:
        happenings.rename(house, actors, day, _first_with(house, TitleLevel.SPECIALISED))
    if day == DOUBTED_ON:
        happenings.doubt(house, day, _first_with(house, TitleLevel.SPECIALISED_CITY))
    for notice in happenings.notices_since(house, date.min, limit=1):
        happenings.object_to(house, actors, day, notice)


def _first_with(house: House, level: TitleLevel) -> str:
    return _all_with(house, level)[0]


def _all_with(house: House, level: TitleLevel) -> list[str]:
    with house.database.reading() as session:
        return list(happenings.with_title(session, level))
