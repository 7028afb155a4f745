"""Whatever is edited in a chain is found where it stands; an honest chain is never accused."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.ledger.chain import (
    FIRST_SEQ,
    GENESIS,
    Event,
    Fault,
    Reason,
    Sealed,
    commitment,
    event_hash,
    faults,
    instant,
    payload_bytes,
    verify_chain,
)

FIELDS = tuple(field.name for field in dataclasses.fields(Event))
SALT = bytes(range(16))

words = st.text("abcdefghij0123456789督办签收", min_size=1, max_size=8)
hashes = st.binary(min_size=4, max_size=4).map(lambda data: sha256(data).hexdigest())


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """What an event says, beside its place in the chain."""
    return {
        "type": draw(words),
        "actor": draw(st.none() | words),
        "on_behalf_of": draw(st.none() | words),
        "at": instant(datetime(2022, 4, 18, tzinfo=UTC) + timedelta(microseconds=draw(st.integers(0, 10**14)))),
        "at_raw": "2026-01-01T00:00:00.000000Z",
        "command_key": draw(words),
        "definition_hash": draw(st.none() | hashes),
        "attachments": tuple(draw(st.lists(hashes, max_size=2))),
    }


payloads = st.dictionaries(words, st.none() | words | st.floats(allow_nan=False), max_size=3).map(payload_bytes)
histories = st.lists(st.tuples(contents(), payloads), min_size=1, max_size=6)


def chain(stream: str, history: list[tuple[dict[str, Any], bytes]]) -> list[Sealed]:
    """The history as an honest writer seals it."""
    rows: list[Sealed] = []
    for seq, (content, payload) in enumerate(history, FIRST_SEQ):
        prev = rows[-1].hash if rows else GENESIS
        sealed = commitment(payload, SALT)
        event = Event(stream=stream, seq=seq, payload_commitment=sealed, prev=prev, **content)
        rows.append(Sealed(event, event_hash(event), payload, SALT))
    return rows


def edit(row: Sealed, field: str, value: object) -> Sealed:
    return dataclasses.replace(row, event=dataclasses.replace(row.event, **{field: value}))


@given(histories, st.sets(st.integers(0, 5)))
def test_an_honest_chain_is_never_accused_with_or_without_erased_payloads(history: Any, erased: set[int]) -> None:
    rows = chain("7", history)

    kept = [dataclasses.replace(row, payload=None, salt=None) if n in erased else row for n, row in enumerate(rows)]

    assert list(faults(kept)) == []


@given(histories, histories, st.randoms())
def test_streams_may_come_mixed(one: Any, other: Any, random: Any) -> None:
    waiting = [chain("7", one), chain("8", other)]
    mixed: list[Sealed] = []
    while any(waiting):
        mixed.append(random.choice([rows for rows in waiting if rows]).pop(0))

    assert verify_chain(mixed) is None


@given(st.data(), histories, st.sampled_from(FIELDS))
def test_an_edit_of_any_field_of_any_event_is_found_there(data: st.DataObject, history: Any, field: str) -> None:
    rows = chain("7", history)
    place = data.draw(st.integers(0, len(rows) - 1))
    other = st.none() | st.booleans() | st.integers(-9, 99) | words | hashes | st.floats() | st.tuples(hashes)
    value = data.draw(other | st.just("督办\u0301"))
    assume(value != getattr(rows[place].event, field) or type(value) is not type(getattr(rows[place].event, field)))

    edited = edit(rows[place], field, value)
    found = verify_chain([*rows[:place], edited, *rows[place + 1 :]])

    assert found is not None
    assert (found.stream, found.seq) == (edited.event.stream, edited.event.seq)


@given(st.data(), histories, words)
def test_an_edit_whose_hash_is_made_anew_is_found_at_the_next_event(
    data: st.DataObject, history: Any, actor: str
) -> None:
    rows = chain("7", [*history, *history])
    place = data.draw(st.integers(0, len(rows) - 2))
    edited = edit(rows[place], "actor", actor + "*")

    resealed = dataclasses.replace(edited, hash=event_hash(edited.event))

    found = verify_chain([*rows[:place], resealed, *rows[place + 1 :]])
    assert found == Fault("7", rows[place + 1].event.seq, Reason.WRONG_PREV)


@given(st.data(), histories, hashes)
def test_a_changed_hash_is_found_there(data: st.DataObject, history: Any, other: str) -> None:
    rows = chain("7", history)
    place = data.draw(st.integers(0, len(rows) - 1))

    rows[place] = dataclasses.replace(rows[place], hash=other)

    assert verify_chain(rows) == Fault("7", rows[place].event.seq, Reason.WRONG_HASH)


@given(st.data(), histories)
def test_a_removed_event_is_found_as_a_gap_at_its_follower(data: st.DataObject, history: Any) -> None:
    rows = chain("7", [*history, *history])
    place = data.draw(st.integers(0, len(rows) - 2))

    del rows[place]

    assert verify_chain(rows) == Fault("7", rows[place].event.seq, Reason.GAP)


@given(st.data(), histories)
def test_two_events_exchanged_are_found(data: st.DataObject, history: Any) -> None:
    rows = chain("7", [*history, *history])
    place = data.draw(st.integers(0, len(rows) - 2))

    rows[place], rows[place + 1] = rows[place + 1], rows[place]

    assert verify_chain(rows) == Fault("7", rows[place].event.seq, Reason.GAP)


@given(st.data(), histories, st.sampled_from(["payload", "salt"]), st.binary(max_size=20))
def test_a_changed_payload_or_salt_is_found_there(data: st.DataObject, history: Any, part: str, other: bytes) -> None:
    rows = chain("7", history)
    place = data.draw(st.integers(0, len(rows) - 1))
    assume(other != getattr(rows[place], part))

    rows[place] = dataclasses.replace(rows[place], **{part: other})

    assert list(faults(rows)) == [Fault("7", rows[place].event.seq, Reason.WRONG_PAYLOAD)]


def test_one_edit_does_not_condemn_what_follows() -> None:
    rows = chain("7", [({**dict.fromkeys(("actor", "on_behalf_of", "definition_hash")), **plain()}, b"{}")] * 5)

    rows[2] = edit(rows[2], "actor", "李四")

    assert list(faults(rows)) == [Fault("7", 3, Reason.WRONG_HASH)]


def plain() -> dict[str, Any]:
    at = instant(datetime(2023, 11, 6, 9, 30, tzinfo=timezone(timedelta(hours=8))))
    return {"type": "user_task_completed", "at": at, "at_raw": at, "command_key": "k", "attachments": ()}


def test_the_hash_is_what_the_specification_says() -> None:
    event = Event(
        stream="7",
        seq=1,
        actor="张三",
        on_behalf_of=None,
        definition_hash=None,
        payload_commitment="00",
        prev=GENESIS,
        **plain(),
    )

    written_out = (
        '{"actor":"张三","alg":"sha256","at":"2023-11-06T01:30:00.000000Z","at_raw":"2023-11-06T01:30:00.000000Z",'
        '"attachments":[],"command_key":"k","definition_hash":null,"on_behalf_of":null,"payload_commitment":"00",'
        f'"prev":"{GENESIS}","seq":1,"stream":"7","type":"user_task_completed"}}'
    )
    assert event_hash(event) == sha256(b"\x00" + written_out.encode() + bytes(32)).hexdigest()
    assert set(FIELDS) | {"alg"} == set(_keys(written_out))


def _keys(text: str) -> list[str]:
    return [part.rsplit('"', 1)[-1] for part in text.split('":')[:-1]]


def test_the_commitment_is_what_the_specification_says() -> None:
    assert commitment(b"{}", SALT) == sha256(b"\x10" + SALT + b"{}").hexdigest()


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(256)])
def test_a_salt_that_hides_nothing_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="salt"):
        commitment(b"{}", salt)


@pytest.mark.parametrize("prev", ["", "zz" * 32, "00" * 31])
def test_a_prev_that_is_no_hash_cannot_be_sealed(prev: str) -> None:
    row = chain("7", [({"actor": None, "on_behalf_of": None, "definition_hash": None, **plain()}, b"{}")])[0]

    with pytest.raises(ValueError, match=r"no hash to follow|non-hexadecimal"):
        event_hash(dataclasses.replace(row.event, prev=prev))


def test_a_payload_keeps_its_floats_and_its_order_and_refuses_what_is_no_json() -> None:
    assert payload_bytes({"b": 1.5, "a": "督办"}) == '{"b":1.5,"a":"督办"}'.encode()
    with pytest.raises(ValueError, match="no JSON"):
        payload_bytes({"a": object()})
