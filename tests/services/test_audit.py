"""Whatever is edited in the stored ledger is found, by its instance and event; an honest ledger is never accused."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from app.db import table_of
from app.errors import NotFound
from app.models.event import ADMINISTRATION, EventPayload, EventRow
from app.models.process import ProcessInstance
from app.services import audit, evidence, reexecution
from app.services.audit import Flaw
from app.services.house import House
from tests import walks

EVENT, PAYLOAD = table_of(EventRow), table_of(EventPayload)
EDITS = 300
MODELS = (
    "err", "esc", "gw_par_boxed", "gw_par_loop", "join_bnd_merged", "lanes", "linear", "mi_bnd", "mi_cond", "mi_par",
    "mi_recv", "mi_round", "mi_seq", "mi_sub", "mi_sub_round", "mi_sub_seq", "msg_start", "recv", "side_term", "signal",
    "sub_bnd", "sub_loop", "term_sub", "two_keys", "user_bnd",
)  # fmt: skip


def edited(value: Any, column: str, chance: Random) -> Any:
    """Something else in its place, of the column's kind or not."""
    if column == "seq":
        return chance.choice([value + 100, -1, "drei"])
    if column == "salt":
        return chance.choice([chance.randbytes(16), b"", "text"])
    if column == "attachments":
        return chance.choice(['["00"]', "{}", "[", "null", "0", '[["x"]]'])
    texts = [f"{value}x", "", "统计局", b"\xff\xfe", (value or "a")[:-1] or "b"]
    return chance.choice(texts if value is None or column != "body" else [*texts, None])


def stored_rows(house: House, table: Table) -> list[dict[str, Any]]:
    """As the file holds them, past the types of the columns."""
    with house.database.writing() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table.name}")).mappings()]


def write(house: House, table: Table, row: dict[str, Any], new: dict[str, Any]) -> None:
    """Put new in the place of the row, by raw SQL as somebody with the file would."""
    names = ", ".join(f'"{name}"' for name in new)
    places = ", ".join(f":{name}" for name in new)
    with house.database.writing() as connection:
        connection.execute(text(f"DELETE FROM {table.name} WHERE stream = :stream AND seq = :seq"), row)
        connection.execute(text(f"INSERT INTO {table.name} ({names}) VALUES ({places})"), new)


@pytest.mark.slow
def test_every_random_edit_is_found_and_named_by_its_instance_and_event(house: House) -> None:
    for model in ("linear", "mi_par", "sub_bnd"):
        walks.walked(house, model)
    chance = Random(20240102)
    tables = [(table, row) for table in (EVENT, PAYLOAD) for row in stored_rows(house, table)]
    assert audit.verify(house).faults == ()

    missed = []
    for _ in range(EDITS):
        table, row = chance.choice(tables)
        column = chance.choice([column.name for column in table.c])
        new = {**row, column: edited(row[column], column, chance)}
        if new == row:
            continue
        write(house, table, row, new)
        if (row["stream"], row["seq"]) not in {(fault.stream, fault.seq) for fault in audit.verify(house).faults}:
            missed.append((table.name, column, row[column], new[column]))
        write(house, table, new, row)

    assert missed == []
    assert audit.verify(house).faults == ()


def test_text_that_is_no_utf8_is_found_and_does_not_stop_the_search(house: House) -> None:
    id_ = walks.walked(house, "linear")
    with house.database.writing() as connection:
        connection.execute(
            text("UPDATE event SET actor = CAST(x'ff' AS TEXT) WHERE stream = :id AND seq = 2"), {"id": id_}
        )

    faults = audit.verify(house).faults

    assert [(fault.stream, fault.seq, fault.reason.value) for fault in faults] == [(id_, 2, "wrong_hash")]
    assert faults[0].title == walks.instance_of(house, id_).title


@pytest.mark.parametrize("is_last", [False, True])
def test_an_event_taken_out_with_what_it_says_is_missed(house: House, is_last: bool) -> None:
    id_ = walks.walked(house, "linear")
    last = walks.instance_of(house, id_).head_seq
    with house.database.writing() as connection:
        for table in (EVENT, PAYLOAD):
            connection.execute(delete(table).where(table.c.stream == id_, table.c.seq == (last if is_last else 2)))

    faults = audit.verify_stream(house, id_).faults

    assert [fault.seq for fault in faults] == [last if is_last else 3]
    assert audit.verify_stream(house, ADMINISTRATION).faults == ()


def test_an_event_of_no_instance_is_found(house: House) -> None:
    walks.walked(house, "linear")
    with house.database.writing() as connection:
        row = connection.execute(select(EVENT).where(EVENT.c.stream != ADMINISTRATION)).mappings().first()
        assert row is not None
        connection.execute(insert(EVENT), [{**row, "stream": "nobody"}])

    assert Flaw.NO_OWNER in {fault.reason for fault in audit.verify(house).faults}


def test_an_instance_that_remembers_another_end_is_found(house: House) -> None:
    id_ = walks.walked(house, "linear")
    with house.database.writing() as connection:
        connection.execute(update(table_of(ProcessInstance)).values(head_hash="0" * 64))

    (fault,) = audit.verify(house).faults

    assert (fault.stream, fault.reason) == (id_, Flaw.WRONG_HEAD)
    assert id_ in fault.text


@pytest.mark.parametrize("model", MODELS)
def test_a_walked_process_done_again_reaches_every_recorded_state(house: House, model: str) -> None:
    ids = [walks.walked(house, model, seed) for seed in range(2)]

    again = list(reexecution.replay_all(house))

    assert {repetition.instance_id for repetition in again} == set(ids)
    assert [repetition.departure for repetition in again] == [None, None]
    for repetition in again:
        assert repetition.equal == repetition.recorded == walks.instance_of(house, repetition.instance_id).version


Change = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("state", lambda told: told["step"].update(state_hash="0" * 64)),
        ("state", lambda told: told["values"].update(outcome="another")),
        ("trace", lambda told: told.update(trace=[])),
        ("refused", lambda told: told.update(task="00000000-0000-0000-0000-000000000000")),
        ("version", lambda told: told["step"].update(version=7)),
        ("host", lambda told: told["step"].update(answers=[{"ask": "act"}])),
        ("unreadable", lambda told: told.pop("step")),
    ],
)
def test_a_changed_record_departs_at_its_event(house: House, why: str, change: Change) -> None:
    id_ = walks.walked(house, "linear")
    where = (PAYLOAD.c.stream == id_, PAYLOAD.c.seq == 2)
    with house.database.writing() as connection:
        told = json.loads(connection.execute(select(PAYLOAD.c.body).where(*where)).scalar_one())
        change(told)
        connection.execute(update(PAYLOAD).where(*where).values(body=json.dumps(told)))

    departure = reexecution.replay_instance(house, id_).departure

    assert departure is not None
    assert (departure.seq, departure.why.value) == (2, why)


def test_an_instance_moved_past_its_record_departs_at_the_end(house: House) -> None:
    id_ = walks.walked(house, "linear")
    with house.database.writing() as connection:
        connection.execute(update(table_of(ProcessInstance)).values(state_hash="0" * 64))

    departure = reexecution.replay_instance(house, id_).departure

    assert departure is not None
    assert departure.why.value == "present"
    assert "not in the state" in departure.text
    with pytest.raises(NotFound):
        reexecution.replay_instance(house, "nobody")


def test_a_bundle_holds_one_instance_or_all_with_the_administration(house: House) -> None:
    id_ = walks.walked(house, "linear")
    walks.walked(house, "mi_par")
    file = BytesIO()

    one, all_ = evidence.export_bundle(house, file, id_), evidence.export_bundle(house, BytesIO())

    assert set(one.heads) == {id_}
    assert one.events == walks.instance_of(house, id_).head_seq
    assert ADMINISTRATION in all_.heads
    assert all_.events == audit.verify(house).events
    with ZipFile(file) as bundle:
        assert len(bundle.read("events.jsonl").splitlines()) == one.events


def test_all_instances_are_done_again_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for model in ("linear", "recv", "signal", "mi_par", "two_keys"):
        walks.walked(house, model)
    monkeypatch.setattr(reexecution, "PAGE", 2)

    repetitions = list(reexecution.replay_all(house))

    assert len(repetitions) == reexecution.count_instances(house) == 5
    assert all(repetition.is_equal for repetition in repetitions)
