"""A family and all histories of a process as queries, on both databases: the same answers, page after page."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import table_of
from app.models.process import ProcessInstance
from app.queries import family, process_figures, process_histories
from app.queries.process_histories import Wanted
from app.services.house import House
from tests import walks
from tests.factories import actor

INSTANCE = table_of(ProcessInstance)


@pytest.fixture
def eldest(any_house: House) -> str:
    """A parent of three, one of which has a child."""
    ids = [walks.walked(any_house, "linear", seed) for seed in range(5)]
    with any_house.database.writing() as connection:
        for child, parent in ((1, 0), (2, 0), (3, 0), (4, 3)):
            where = INSTANCE.c.id == ids[child]
            connection.execute(INSTANCE.update().where(where).values(parent_id=ids[parent]))
    return ids[0]


def test_a_family_is_counted_and_its_events_come_in_order(
    any_house: House, eldest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family, "EVENTS", 4)
    auditor = actor(any_house, "auditor")
    with any_house.database.reading() as session:
        instance = session.get_one(ProcessInstance, eldest)
        found = family.family(session, auditor, instance)
        pages, cursor = [family.events(session, auditor, instance)], ""
        while (cursor := pages[-1].next_cursor or "") != "":
            pages.append(family.events(session, auditor, instance, cursor))
        heads = session.scalars(select(ProcessInstance.head_seq)).all()

    assert found.members == 5
    assert sorted(one.children for one in found.children.items) == [0, 0, 1]
    events = [event for page in pages for event in page.items]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert len({(event.instance_id, event.seq) for event in events}) == len(events) == sum(heads)


def test_all_histories_are_counted_alike(any_house: House, eldest: str) -> None:
    auditor, calendar = actor(any_house, "auditor"), any_house.calendar
    with any_house.database.reading() as session:
        of = process_histories.process(session, "linear")
        [line] = [line for line in process_histories.processes(session, auditor) if line.key == "linear"]
        sample = process_histories.sample(session, auditor, of, Wanted(year=2024, version=1))
        waiting = process_histories.open_now(session, auditor, of, Wanted())
        newest = process_histories.sample(session, auditor, of, Wanted(), 2)

    assert (line.histories, line.open) == (5, 0)
    assert (len(sample.histories), sample.is_all, waiting) == (5, True, {})
    assert (len(newest.histories), newest.is_all) == (2, False)
    assert {step.instance_id for step in newest.steps} == {ran.id for ran in newest.histories}
    [way] = process_figures.variants(sample, calendar)
    assert (way.share, len(way.histories)) == (1, 5)
    assert sum(step.entered for step in process_figures.step_figures(sample, calendar, waiting)) == len(sample.steps)
