"""The sequencer gives every event one place, and the tree over them is that of RFC 6962."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import pytest
from sqlalchemy import delete, select, update

from app.ledger.merkle import continues, includes, leaf_hash, tree_of
from app.services import log, log_tree
from app.services.house import House
from app.services.log import sequence
from app.services.log_tree import LEAF, NODE, TreeDamaged, log_of
from tests.services.streams import EVENT, add


def leaves(house: House) -> list[tuple[int, str, int, str]]:
    with house.database.reading() as session:
        return [tuple(row) for row in session.execute(select(LEAF).order_by(LEAF.c.index))]


def require_whole(house: House) -> None:
    """Every event once, indexes dense, each stream in its order, and every proof that of a tree in memory."""
    found = leaves(house)
    with house.database.reading() as session:
        events = {tuple(row) for row in session.execute(select(EVENT.c.stream, EVENT.c.seq, EVENT.c.hash))}
        assert {leaf[1:] for leaf in found} == events
        assert len(found) == len(events)
        assert [leaf[0] for leaf in found] == list(range(len(found)))
        last: dict[str, int] = {}
        for _, stream, seq, _ in found:
            assert seq == last.get(stream, 0) + 1
            last[stream] = seq
        kept = log_of(session.connection())
        assert kept is not None
        assert kept.size == len(found)
        require_proofs(kept, log_tree.tree_of(session.connection(), kept), [bytes.fromhex(leaf[3]) for leaf in found])


def require_proofs(kept: log_tree.Log, stored: log_tree.Tree, entries: Sequence[bytes]) -> None:
    size, chance = kept.size, Random(kept.size)
    whole = tree_of(kept.digest, entries)
    root = stored.root(size)
    assert root == whole.root(size)
    for index in {0, size - 1, *(chance.randrange(size) for _ in range(20))}:
        leaf = leaf_hash(kept.digest, entries[index])
        assert includes(kept.digest, root, size, index, leaf, stored.inclusion(index, size))
    for old in {1, size, *(chance.randint(1, size) for _ in range(20))}:
        assert continues(kept.digest, old, stored.root(old), size, root, stored.consistency(old, size))


def test_every_event_gets_its_place_once(any_house: House) -> None:
    first = sequence(any_house)
    add(any_house, "a", 300)
    add(any_house, "b", 2)
    add(any_house, "a", 3)

    assert (sequence(any_house), sequence(any_house)) == (305, 0)
    require_whole(any_house)
    assert first > 0
    assert [leaf[1:3] for leaf in leaves(any_house)[-5:]] == [("b", 1), ("b", 2), ("a", 301), ("a", 302), ("a", 303)]


def test_pages_and_limits_change_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE", 7)
    monkeypatch.setattr(log_tree, "WIDTH_BITS", 2)
    for module in (log, log_tree):
        monkeypatch.setattr(module, "WIDTH", 4)
    for number in range(12):
        add(house, f"stream {number % 5}", 13)

    while sequence(house, limit=40):
        pass

    require_whole(house)
    with house.database.reading() as session:
        levels = session.scalars(select(NODE.c.level).distinct().order_by(NODE.c.level)).all()
    assert levels == [1, 2, 3]


def test_a_clock_that_went_back_leaves_a_stream_in_its_order(house: House) -> None:
    sequence(house)
    add(house, "a", 5)
    with house.database.writing() as connection:
        connection.execute(update(EVENT).where(EVENT.c.stream == "a", EVENT.c.seq == 4).values(at_raw="1970"))

    assert sequence(house) < 5  # what lies far back is not looked for each time

    log._complete_at.clear()
    sequence(house)
    require_whole(house)


def test_an_event_that_commits_late_is_found_by_the_complete_look(house: House) -> None:
    add(house, "late", 1)
    with house.database.writing() as connection:
        connection.execute(update(EVENT).where(EVENT.c.stream == "late").values(at_raw="2001"))
        taken = connection.execute(select(EVENT).where(EVENT.c.stream == "late")).mappings().one()
        connection.execute(delete(EVENT).where(EVENT.c.stream == "late"))
    sequence(house)
    with house.database.writing() as connection:
        connection.execute(EVENT.insert(), [dict(taken)])

    assert sequence(house) == 0
    log._complete_at.clear()
    assert sequence(house) == 1
    require_whole(house)


def test_a_last_event_from_the_future_hides_no_event_of_now(house: House) -> None:
    add(house, "future")
    with house.database.writing() as connection:
        connection.execute(update(EVENT).where(EVENT.c.stream == "future").values(at_raw="2999-01-01T00:00:00.000000Z"))
    sequence(house)
    add(house, "now", 2)

    assert sequence(house) == 2


def test_what_follows_a_gap_waits_and_holds_up_nobody(house: House) -> None:
    add(house, "gap", 5)
    add(house, "whole", 5)
    with house.database.writing() as connection:
        connection.execute(delete(EVENT).where(EVENT.c.stream == "gap", EVENT.c.seq == 2))
        connection.execute(update(EVENT).where(EVENT.c.stream == "whole", EVENT.c.seq == 3).values(hash="no hash"))

    sequence(house)

    found = [leaf[1:3] for leaf in leaves(house)]
    assert ("gap", 1) in found
    assert ("whole", 2) in found
    assert not {("gap", 3), ("whole", 3), ("whole", 4)} & set(found)


def test_sequencers_at_once_and_commands_give_one_log(any_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE", 10)
    done = Event()

    def write(stream: str) -> None:
        for _ in range(40):
            add(any_house, stream, 3)

    def place() -> int:
        count = 0
        while not done.wait(0.005):
            count += sequence(any_house)
        return count

    with ThreadPoolExecutor(5) as pool:
        sequencers = [pool.submit(place) for _ in range(2)]
        writers = [pool.submit(write, f"stream {number}") for number in range(3)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        counts = [sequencer.result() for sequencer in sequencers]

    log._complete_at.clear()
    counts.append(sequence(any_house))
    require_whole(any_house)
    assert sum(counts) == len(leaves(any_house))


def test_a_leaf_or_a_subtree_that_is_missing_is_named(house: House) -> None:
    add(house, "a", 600)
    sequence(house)
    with house.database.writing() as connection:
        connection.execute(delete(NODE).where(NODE.c.number == 1))
        connection.execute(delete(LEAF).where(LEAF.c.index == 3))

    with house.database.reading() as session:
        kept = log_of(session.connection())
        assert kept is not None
        tree = log_tree.tree_of(session.connection(), kept)
        with pytest.raises(TreeDamaged, match="level 1, numbers 0 to 1"):
            tree.root(512)
        with pytest.raises(TreeDamaged, match="level 0, numbers 3 to 3"):
            tree.inclusion(2, 4)


def test_a_proof_reads_few_rows(house: House) -> None:
    add(house, "a", 1000)
    sequence(house)
    with house.database.reading() as session:
        kept = log_of(session.connection())
        assert kept is not None
        stored = log_tree._Stored(session.connection(), kept.digest)
        log_tree.Tree(kept.digest, stored.full).inclusion(300, kept.size)
    assert sum(1 << height for height, _ in stored.known if height < 8) <= 512
