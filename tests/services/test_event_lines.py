"""Lines follow the log: each event once, by several at once, late ones too; what was erased is found no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.db import table_of
from app.models.event import ADMINISTRATION, EventPayload, EventRow
from app.models.event_line import BUSINESS, EventLine
from app.models.ledger import LedgerLeaf
from app.queries.event_search import Wanted
from app.services import administration, event_lines, history, log
from app.services.history import BEGINNING, Happening
from app.services.house import House
from app.terms import Act, EventType
from tests import walks
from tests.events import filled, found
from tests.services.streams import add

EVENT, PAYLOAD, LINE, LEAF = map(table_of, (EventRow, EventPayload, EventLine, LedgerLeaf))


def places(house: House) -> list[tuple[str, int]]:
    with house.database.reading() as session:
        return [tuple(row) for row in session.execute(select(LINE.c.stream, LINE.c.seq).order_by(LINE.c.id))]


def leaves(house: House) -> list[tuple[str, int]]:
    with house.database.reading() as session:
        return [tuple(row) for row in session.execute(select(LEAF.c.stream, LEAF.c.seq).order_by(LEAF.c.index))]


def test_every_event_has_its_line_once_however_the_pages_fall(any_house: House) -> None:
    walks.walked(any_house, "linear")
    log.sequence(any_house)
    while event_lines.fill(any_house, limit=7):
        pass

    assert places(any_house) == leaves(any_house)
    assert filled(any_house) == 0
    with any_house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EVENT)) == len(places(any_house))


def test_two_who_fill_at_once_write_the_same(any_house: House) -> None:
    walks.walked(any_house, "linear")
    log.sequence(any_house)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: event_lines.catch_up(any_house), range(2)))

    assert places(any_house) == leaves(any_house)


@pytest.mark.parametrize("any_house", ["postgresql"], indirect=True)
def test_an_event_that_commits_late_gets_its_line(any_house: House) -> None:
    """Its transaction began first and commits last: it is older than others that have their lines."""
    written, may_commit = Event(), Event()

    def slowly() -> None:
        with any_house.database.writing() as connection:
            told = Happening(EventType.ADMINISTERED, "office", clock.now(), "late", {})
            history.append(connection, "late", BEGINNING, told)
            written.set()
            may_commit.wait(30)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slowly)
        assert written.wait(30)
        add(any_house, "quick", 3)
        filled(any_house)
        before = places(any_house)
        may_commit.set()
        late.result()
    filled(any_house)

    assert ("quick", 3) in before
    assert ("late", 1) not in before
    assert ("late", 1) in places(any_house)
    assert places(any_house) == leaves(any_house)


def test_what_was_erased_is_found_no_more(house: House) -> None:
    with house.database.transaction() as session:
        administration.record(session, "office", Act.PERSON_ADDED, person="wang", remark="电话13911112222")
    filled(house)
    [line] = found(house, Wanted(text="13911112222"))
    with house.database.transaction() as session:
        erased = update(PAYLOAD).where(PAYLOAD.c.stream == ADMINISTRATION, PAYLOAD.c.seq == line.seq)
        session.execute(erased.values(body=None))
        event_lines.write_again(session, ADMINISTRATION, [line.seq])

    assert found(house, Wanted(text="13911112222")) == []
    assert places(house) == leaves(house)


def test_a_line_says_who_for_whom_and_what(house: House) -> None:
    id_ = walks.walked(house, "linear")
    filled(house)
    begun = found(house, Wanted(text="linear:0", duty="linear"))[-1]

    assert (begun.stream, begun.seq, begun.matter, begun.kind) == (id_, 1, id_, BUSINESS)
    assert (begun.actor, begun.unit_id, begun.verb) == ("office", "office", EventType.INSTANCE_STARTED)
    assert "周文博" in begun.words
