"""Any edit of the log's tables is found, and what somebody holds outside finds a log that was made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.db import table_of
from app.ledger.chain import event_hash
from app.ledger.note import COSIGNATURE, Note, SecretKey
from app.models.event import StreamHead
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerRotation, LedgerWitness
from app.queries.actor import SYSTEM
from app.services import audit, log, new_log
from app.services.audit_log import LOG_STREAM, Held, LogFlaw, LogReport
from app.services.checkpoints import seal
from app.services.house import House
from app.services.log_signer.keeper import Keeper
from app.services.log_tree import LEAF, LOG, NODE
from tests.services.streams import EVENT, add
from tests.signing import signing

CHECKPOINT, ROTATION = table_of(LedgerCheckpoint), table_of(LedgerRotation)
WITNESS, HOLDING = table_of(LedgerWitness), table_of(LedgerHolding)
OUTSIDE = SecretKey("archive.example", COSIGNATURE, bytes(range(32)))


@pytest.fixture
def sealed_house(house: House, tmp_path: Path) -> House:
    """Three checkpoints, the last under a second key and co-signed."""
    with signing(house):
        seal(house)
        add(house, "access", 300)
        seal(house)
        Keeper(tmp_path / "signer").rotate()
        add(house, "access", 20)
        newest = seal(house)
    assert newest is not None
    line = OUTSIDE.cosign(Note.read(newest.note).text, 1_700_000_000).line.strip()
    with house.database.writing() as connection:
        row = {"name": OUTSIDE.name, "vkey": OUTSIDE.verifier.written, "added_by": "x", "added_at": newest.at}
        connection.execute(insert(WITNESS), [row])
        row = {"size": newest.size, "holder": OUTSIDE.name, "line": line, "at": newest.at}
        connection.execute(insert(HOLDING), [row])
    return house


def checked(house: House, held: Held | None = None) -> tuple[LogReport, set[tuple[int, LogFlaw]]]:
    """The report, and what is wrong with the log itself."""
    report = audit.verify(house, held or Held()).log
    assert report is not None
    return report, {(seq, flaw) for stream, seq, flaw in report.found if isinstance(flaw, LogFlaw)}


def newest_of(house: House) -> LedgerCheckpoint:
    with house.database.reading() as session:
        return session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1)).one()


def key_of(house: House) -> str:
    with house.database.reading() as session:
        return str(session.scalar(select(LOG.c.vkey)))


def test_an_honest_log_has_no_fault_and_says_what_it_covers(sealed_house: House) -> None:
    newest = newest_of(sealed_house)
    add(sealed_house, "access", 3)
    assert audit.verify(sealed_house).faults == ()

    report, found = checked(sealed_house, Held(key_of(sealed_house), (newest.note,)))

    assert found == set()
    assert (report.size, report.sealed, report.waiting) == (newest.size, newest.size, 3)
    assert (report.checkpoints, report.cosignatures, report.held) == (3, 1, 1)


def test_before_anything_was_sealed_there_is_no_fault_either(house: House) -> None:
    assert checked(house)[1] == set()
    log.sequence(house)
    assert checked(house)[1] == set()


def rows_of(house: House, table: Table) -> list[dict[str, Any]]:
    with house.database.writing() as connection:
        return [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()]


def changed(value: Any, chance: Random) -> Any:
    if isinstance(value, int):
        return chance.choice([value + 1, value + 1000, -1, "drei"])
    place = chance.randrange(len(value)) if value else 0
    return chance.choice([f"{value}x", "", value[:place] + "0" + value[place + 1 :], value.upper(), b"\xff\xfe"])


UNCOVERED = {"at", "added_at", "added_by", "retired_at", "id"}  # of no evidence, or held against its act by the check
EDITS = 100


def test_every_random_edit_of_the_logs_tables_is_found(sealed_house: House) -> None:
    chance = Random(20240102)
    tables = (LOG, LEAF, NODE, CHECKPOINT, ROTATION, WITNESS, HOLDING)
    rows = {table: rows_of(sealed_house, table) for table in tables}
    missed = []
    for _ in range(EDITS):
        table = chance.choice(tables)
        row = chance.choice(rows[table])
        column = chance.choice([name for name in row if name not in UNCOVERED])
        new = {**row, column: changed(row[column], chance)}
        if new == row or replaced(sealed_house, table, row, new) is False:
            continue
        if not audit.verify(sealed_house).faults:
            missed.append((table.name, column, row[column], new[column]))
        replaced(sealed_house, table, new, row)

    assert missed == []
    assert audit.verify(sealed_house).faults == ()


def replaced(house: House, table: Table, row: dict[str, Any], new: dict[str, Any]) -> bool:
    """False where the database itself refuses it."""
    where = " AND ".join(f'"{name}" IS :{name}' for name in row)
    sets = ", ".join(f'"{name}" = :new_{name}' for name in new)
    edit = text(f'UPDATE OR IGNORE "{table.name}" SET {sets} WHERE {where}')
    with house.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = 0")
        try:
            done = connection.execute(edit, {**row, **{f"new_{name}": value for name, value in new.items()}})
            return done.rowcount == 1
        except IntegrityError:
            return False
        finally:
            connection.exec_driver_sql("PRAGMA foreign_keys = 1")


@pytest.mark.parametrize("table", [LEAF, NODE, ROTATION], ids=lambda table: str(table.name))
def test_a_row_that_is_gone_is_missed(sealed_house: House, table: Table) -> None:
    row = rows_of(sealed_house, table)[0]
    with sealed_house.database.writing() as connection:
        connection.execute(delete(table).where(*(column == row[column.name] for column in table.primary_key)))

    assert checked(sealed_house)[1]


def rewritten(house: House) -> None:
    """What who may write the whole database can do: change an event, hash its chain, the log and the tree anew."""
    with house.database.writing() as connection:
        connection.execute(update(EVENT).where(EVENT.c.stream == "access", EVENT.c.seq == 7).values(actor="nobody"))
        prev = None
        for row in connection.execute(select(EVENT).where(EVENT.c.stream == "access").order_by(EVENT.c.seq)).all():
            event = audit.sealed(_as_stored(row)).event
            if prev is not None:
                event = replace(event, prev=prev)
            prev = event_hash(event)
            connection.execute(
                update(EVENT)
                .where(EVENT.c.stream == "access", EVENT.c.seq == row.seq)
                .values(prev=event.prev, hash=prev)
            )
        connection.execute(update(StreamHead).where(StreamHead.stream == "access").values(hash=prev))
        for table in (HOLDING, CHECKPOINT, ROTATION, NODE, LEAF):
            connection.execute(delete(table))
        connection.execute(LOG.update().values(size=0, vkey=""))
    log._complete_at.clear()


def _as_stored(row: Any) -> Any:
    told = dict(row._mapping)
    return SimpleNamespace(**{**told, "attachments": orjson.dumps(told["attachments"]), "body": None, "salt": None})


def test_a_log_made_anew_is_found_by_who_holds_a_checkpoint_and_by_nobody_else(
    sealed_house: House, tmp_path: Path
) -> None:
    newest, key = newest_of(sealed_house), key_of(sealed_house)
    rewritten(sealed_house)
    with sealed_house.database.writing() as connection:  # even the signer's directory is in the wrong hands
        connection.execute(delete(WITNESS))
    for file in (tmp_path / "signer").iterdir():
        file.unlink()
    with signing(sealed_house):
        seal(sealed_house)

    assert audit.verify(sealed_house).faults == ()
    assert checked(sealed_house, Held("", (newest.note,)))[1] >= {(newest.size, LogFlaw.WRONG_ROOT)}
    assert (0, LogFlaw.OTHER_KEY) in checked(sealed_house, Held(key))[1]


def test_a_log_that_was_cut_is_found_by_who_holds_a_later_checkpoint(sealed_house: House) -> None:
    newest = newest_of(sealed_house)
    with sealed_house.database.writing() as connection:
        connection.execute(delete(HOLDING))
        connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.size == newest.size))
        connection.execute(delete(LEAF).where(LEAF.c.index >= newest.size - 20))
        connection.execute(LOG.update().values(size=newest.size - 20))

    assert checked(sealed_house)[1] == set()
    assert checked(sealed_house, Held("", (newest.note,)))[1] == {(newest.size, LogFlaw.WRONG_ROOT)}


def test_a_checkpoint_of_another_log_or_of_another_hand_is_no_evidence(sealed_house: House) -> None:
    newest = newest_of(sealed_house)
    other = newest.note.replace("duban/", "duban/0000000000000000/sha256 ", 1)

    assert checked(sealed_house, Held("", ("nonsense", other)))[1] == {(0, LogFlaw.OTHER_LOG)}
    forged = SecretKey(key_of(sealed_house).partition("+")[0], 1, bytes(32)).sign(Note.read(newest.note).text)
    note = f"{Note.read(newest.note).text}\n{forged.line}"
    assert checked(sealed_house, Held("", (note,)))[1] == {(newest.size, LogFlaw.WRONG_SIGNATURE)}


def test_a_checkpoint_of_the_log_before_is_still_held_against_this_one(house: House, tmp_path: Path) -> None:
    with signing(house):
        old = seal(house)
        assert old is not None
        origin = new_log.begin(house, SYSTEM, "签名密钥更换")
        Keeper(tmp_path / "signer").follow(origin)
        seal(house)

    assert checked(house, Held("", (old.note,)))[1] == set()
    with house.database.writing() as connection:
        connection.execute(LEAF.update().where(LEAF.c.index == 0).values(hash="ab" * 32))
    assert (old.size, LogFlaw.WRONG_ROOT) in checked(house, Held("", (old.note,)))[1]


def test_the_place_of_a_fault_is_named(sealed_house: House) -> None:
    with sealed_house.database.writing() as connection:
        connection.execute(LEAF.update().where(LEAF.c.index == 300).values(hash="ab" * 32))
        row = connection.execute(select(LEAF).where(LEAF.c.index == 300)).one()

    report = audit.verify(sealed_house)

    assert (row.stream, row.seq, LogFlaw.WRONG_LEAF) in {
        (fault.stream, fault.seq, fault.reason) for fault in report.faults
    }
    assert any(fault.text.startswith("log at ") for fault in report.faults if fault.stream == LOG_STREAM)
    assert all(fault.title for fault in report.faults)
