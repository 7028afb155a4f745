"""The log is sealed by its signer, whatever dies between, and a new one is begun where it cannot go on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, exists, select

from app import clock
from app.db import table_of
from app.errors import NotPermitted, RuleViolation
from app.ledger.note import Checkpoint, Note, VerifierKey, followed, who_signed
from app.models.event import ADMINISTRATION, EventPayload
from app.models.ledger import LedgerCheckpoint, LedgerRotation
from app.queries.actor import SYSTEM
from app.services import log, new_log
from app.services.checkpoints import OtherSigner, seal, seal_when_due
from app.services.house import House
from app.services.log_signer.client import SignerAway, SignerRefused
from app.services.log_signer.keeper import Keeper
from app.services.log_tree import LEAF, LOG, NODE, log_of, tree_of
from scheduler import jobs
from tests.factories import actor
from tests.services.streams import EVENT, add
from tests.signing import signing

PAYLOAD = table_of(EventPayload)


@pytest.fixture
def sealed_house(any_house: House) -> Iterator[House]:
    with signing(any_house):
        yield any_house


def stored(house: House) -> list[LedgerCheckpoint]:
    with house.database.reading() as session:
        return list(session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)))


def require_signed(house: House) -> None:
    """Every checkpoint has the root of the log at its size, and a signature that the first key leads to."""
    with house.database.reading() as session:
        connection = session.connection()
        kept = log_of(connection)
        assert kept is not None
        notes = session.scalars(select(LedgerRotation.note).order_by(LedgerRotation.number)).all()
        keys, tree = followed(VerifierKey.read(kept.vkey), notes), tree_of(connection, kept)
        for row in session.scalars(select(LedgerCheckpoint)):
            note = Note.read(row.note)
            assert Checkpoint.read(note.text) == Checkpoint(kept.origin, row.size, tree.root(row.size))
            assert row.root == tree.root(row.size).hex()
            assert who_signed(note, keys) is not None


def test_all_that_happened_is_sealed_and_nothing_new_is_not(sealed_house: House) -> None:
    first = seal(sealed_house)
    assert seal(sealed_house) is None
    add(sealed_house, "a", 300)

    second = seal(sealed_house)

    assert first is not None
    assert second is not None
    assert second.size == first.size + 300
    assert [row.size for row in stored(sealed_house)] == [first.size, second.size]
    require_signed(sealed_house)


def test_a_checkpoint_is_due_after_100_events_or_after_a_minute(house: House) -> None:
    with signing(house), clock.held(clock.now()):
        assert seal_when_due(house) is not None
        add(house, "a", 99)
        assert seal_when_due(house) is None
        add(house, "a", 1)
        assert seal_when_due(house) is not None
        add(house, "a", 1)
        assert seal_when_due(house) is None
        now = clock.now()
    with signing(house), clock.held(now + timedelta(seconds=60)):
        assert seal_when_due(house) is not None
    with signing(house), clock.held(now + timedelta(days=1)):
        assert seal_when_due(house) is None


def test_what_was_signed_and_never_stored_is_taken_over(sealed_house: House) -> None:
    first = seal(sealed_house)
    add(sealed_house, "a", 5)
    second = seal(sealed_house)
    assert first is not None
    assert second is not None
    with sealed_house.database.writing() as connection:
        connection.execute(delete(LedgerCheckpoint).where(LedgerCheckpoint.size == second.size))

    taken = seal(sealed_house)
    assert taken is not None
    assert taken.note == second.note

    with sealed_house.database.writing() as connection:
        connection.execute(delete(LedgerCheckpoint))
    add(sealed_house, "a", 5)
    assert seal(sealed_house) is not None
    assert [row.size for row in stored(sealed_house)] == [second.size, second.size + 5]
    require_signed(sealed_house)


def test_two_who_seal_at_once_end_with_one_line_of_checkpoints(sealed_house: House) -> None:
    def work(stream: str) -> None:
        for _ in range(8):
            add(sealed_house, stream, 3)
            seal(sealed_house)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, f"stream {number}") for number in range(2)]:
            done.result()

    log._complete_at.clear()
    seal(sealed_house)
    require_signed(sealed_house)
    with sealed_house.database.reading() as session:
        kept = log_of(session.connection())
        assert kept is not None
        assert stored(sealed_house)[-1].size == kept.size


def test_a_new_key_is_taken_over_with_the_next_checkpoint(house: House, tmp_path: Path) -> None:
    with signing(house):
        seal(house)
        for _ in range(2):
            Keeper(tmp_path / "signer").rotate()
        add(house, "a")
        seal(house)

    require_signed(house)
    with house.database.reading() as session:
        assert session.scalars(select(LedgerRotation.number).order_by(LedgerRotation.number)).all() == [1, 2]


def test_another_signer_is_not_taken_for_this_one(house: House, tmp_path: Path) -> None:
    with signing(house):
        before = seal(house)
    shutil.rmtree(tmp_path / "signer")
    add(house, "a")
    with signing(house), pytest.raises(OtherSigner, match="another key"):
        seal(house)

    assert before is not None
    assert [row.size for row in stored(house)] == [before.size]


def test_a_log_that_was_changed_below_a_checkpoint_is_not_signed_again(house: House) -> None:
    with signing(house):
        seal(house)
        with house.database.writing() as connection:
            connection.execute(LEAF.update().where(LEAF.c.index == 3).values(hash="ab" * 32))
        add(house, "a")
        with pytest.raises(SignerRefused) as refused:
            seal(house)

    assert refused.value.code == "unproved"


def test_sealing_waits_for_the_signer_and_says_so_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(jobs.log, "warning", lambda event, **_more: said.append(event), raising=False)
    with pytest.raises(SignerAway):
        seal(house)

    for _ in range(3):
        jobs.seal(house)
    with signing(house):
        jobs.seal(house)
    add(house, "a", 100)
    jobs.seal(house)

    assert said == ["sealing waits", "sealing waits"]
    assert len(stored(house)) == 1


def restored_to(house: House, size: int) -> None:
    """As if the database came back from a backup of then."""
    with house.database.writing() as connection:
        for table in (PAYLOAD, EVENT):
            is_its = (LEAF.c.stream == table.c.stream) & (LEAF.c.seq == table.c.seq)
            connection.execute(delete(table).where(exists().where(is_its, LEAF.c.index >= size)))
        connection.execute(delete(LedgerCheckpoint).where(LedgerCheckpoint.size > size))
        connection.execute(delete(LEAF).where(LEAF.c.index >= size))
        connection.execute(delete(NODE).where((NODE.c.number + 1) * 256 > size))
        connection.execute(LOG.update().values(size=size))


def test_a_restored_database_is_refused_and_goes_on_under_a_new_name(house: House, tmp_path: Path) -> None:
    with signing(house):
        old = seal(house)
        assert old is not None
        add(house, "lost", 20)
        lost = seal(house)
        assert lost is not None
        restored_to(house, old.size)
        add(house, "later", 3)
        with pytest.raises(SignerRefused, match="new-log") as refused:
            seal(house)
        assert refused.value.code == "smaller"

        origin = new_log.begin(house, SYSTEM, "数据库自备份恢复")
        with pytest.raises(SignerRefused, match="signer follow") as refused:
            seal(house)
        assert refused.value.code == "another_log"
        Keeper(tmp_path / "signer").follow(origin)
        assert seal(house) is not None

    require_signed(house)
    told = told_of(house)
    assert (told["act"], told["origin"], told["size"]) == ("log_begun", origin, old.size + 3)
    assert (told["checkpoint"], told["signed_last"]) == (old.note, lost.note)
    with house.database.reading() as session:  # the leaves stand, so older checkpoints can still be held against them
        kept = log_of(session.connection())
        assert kept is not None
        assert tree_of(session.connection(), kept).root(old.size).hex() == old.root


def told_of(house: House) -> dict[str, Any]:
    with house.database.reading() as session:
        asked = select(PAYLOAD.c.body).where(PAYLOAD.c.stream == ADMINISTRATION).order_by(PAYLOAD.c.seq.desc())
        told: dict[str, Any] = orjson.loads(session.scalars(asked.limit(1)).one())
    return told


def test_a_new_log_is_the_audit_administrators_and_has_a_reason(house: House) -> None:
    log.sequence(house)
    with pytest.raises(NotPermitted):
        new_log.begin(house, actor(house, "office"), "原因")
    with pytest.raises(RuleViolation):
        new_log.begin(house, actor(house, "audit_admin"), " ")
    assert new_log.begin(house, actor(house, "audit_admin"), "签名密钥丢失")
