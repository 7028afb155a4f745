"""Units that have become one: whom they count as, and that nobody judges the items of a unit that became hers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.errors import NotPermitted
from app.models.organization import Unit
from app.models.user_task import UserTask
from app.queries import inbox
from app.queries.mergers import Mergers
from app.queries.recipients import recipients
from app.services import succession
from app.services.check import check
from app.services.house import House
from tests.factories import actor
from tests.services.december_report_walk import Walk, morning, unit_key

UNITS = st.sampled_from("abcdefgh")
REVIEW = unit_key("gov_service")


@given(st.dictionaries(UNITS, UNITS), UNITS, UNITS)
def test_two_units_are_one_or_not_whichever_is_asked_first(after: dict[str, str], one: str, other: str) -> None:
    merged = Mergers({unit: follower for unit, follower in after.items() if unit < follower})

    assert (other in merged.one_with([one])) == (one in merged.one_with([other]))
    assert one in merged.one_with([one])
    assert merged.one_with([one]) == merged.one_with([merged.present(one)])
    assert merged.present(one) not in merged.after


def test_who_followed_a_follower_is_one_with_all_before() -> None:
    merged = Mergers({"a": "b", "b": "c", "d": "c"})

    assert merged.one_with(["a"]) == {"a", "b", "c", "d"}
    assert merged.one_with(["e"]) == {"e"}
    assert Mergers({"a": "b", "b": "a"}).one_with(["a"]) == {"a", "b"}, "nobody waits for ever"


@pytest.fixture
def walk(house: House) -> Walk:
    """A report waits for its review, and its unit is merged into the home of one of the reviewers."""
    walk = Walk(house).collect("gov_service").on("2024-12-02")
    walk.submit("gov_service")
    with clock.held(morning(walk.day)):
        with house.database.transaction() as session:
            session.get_one(Unit, "gov_service").successor_id = "drc"
        succession.move_to_successor(house, actor(house, "system_admin"), "gov_service")
    return walk


def sees(walk: Walk, login: str, task: UserTask) -> bool:
    with clock.held(morning(walk.day)), walk.house.database.reading() as session:
        days = inbox.days_of(clock.today(), walk.house.calendar, 5)
        page = inbox.page(session, actor(walk.house, login), days, inbox.Filters())
        return task.id in [line.task_id for line in page.lines]


def test_after_a_merger_the_people_of_the_successor_do_not_review_it(walk: Walk) -> None:
    task = walk.task("review_report", REVIEW)

    assert not sees(walk, "office.drc", task)
    assert sees(walk, "office.miit", task)
    with pytest.raises(NotPermitted):
        walk.do("office.drc", "review_report", REVIEW, outcome="accepted", quality_level="good")
    with walk.house.database.reading() as session:
        given_to = [person.login for person in recipients(session, actor(walk.house, "office"), task)]
    assert given_to == ["office.miit"]
    walk.accept("gov_service")
    assert check(walk.house) == []


def test_those_of_the_unit_that_ended_do_not_review_what_is_of_the_successor(walk: Walk) -> None:
    assert {"drc", "gov_service"} <= actor(walk.house, "contact.gov_service").barred_unit_ids
    assert "gov_service" in actor(walk.house, "office.drc").barred_unit_ids
    assert actor(walk.house, "office.miit").barred_unit_ids == {"miit"}
