"""A receipt holds by itself; whatever is changed in it is found, and nothing else is a receipt."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.chain import GENESIS, Event, event_hash
from app.ledger.hashing import SM3_NAME, digest_of
from app.ledger.merkle import tree_of
from app.ledger.note import COSIGNATURE, ED25519, Checkpoint, SecretKey, base64_of, origin_of, signed
from app.ledger.receipt import BadReceipt, Fault, Receipt, fault_in, read

ORIGIN = origin_of(bytes(8), "sha256")
SIGNER = SecretKey(ORIGIN, ED25519, b"1" * 32)
KEYS = [SIGNER.verifier]
EVENT = Event("8f14e45f", 3, "user_task_completed", "contact.miit", None, "2024-12-16T01:00:00.000000Z",
              "2024-12-16T01:00:00.000001Z", "key", None, "c" * 64, ("a" * 64,), GENESIS)  # fmt: skip


def receipt(event: Event = EVENT, size: int = 9, index: int = 4, origin: str = ORIGIN) -> Receipt:
    alg = origin.rpartition("/")[2]
    entries = [sha256(bytes([number])).digest() for number in range(size)]
    entries[index] = bytes.fromhex(event_hash(event))
    tree = tree_of(digest_of(alg), entries)
    note = signed(Checkpoint(origin, size, tree.root(size)).text, SecretKey(origin, ED25519, b"1" * 32))
    proof = tuple(base64_of(step) for step in tree.inclusion(index, size))
    return Receipt(event, event_hash(event), index, proof, note.written)


@given(st.integers(1, 40), st.data())
def test_an_honest_receipt_holds_and_comes_back_from_its_file(size: int, data: st.DataObject) -> None:
    made = receipt(size=size, index=data.draw(st.integers(0, size - 1)))

    assert read(made.written) == made
    assert fault_in(made, ORIGIN, KEYS) is None


def test_a_log_and_an_event_of_sm3_hold_as_well() -> None:
    origin = origin_of(bytes(8), SM3_NAME)
    made = receipt(replace(EVENT, alg=SM3_NAME), origin=origin)

    assert fault_in(made, origin, [SecretKey(origin, ED25519, b"1" * 32).verifier]) is None


def test_lines_of_witnesses_behind_the_signers_do_no_harm() -> None:
    made = receipt()
    text = Checkpoint.read(made.checkpoint.split("\n\n")[0] + "\n").text
    witness = SecretKey("w1", COSIGNATURE, b"w" * 32)

    assert fault_in(replace(made, checkpoint=made.checkpoint + witness.cosign(text, 1).line), ORIGIN, KEYS) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor", "contact.sci"), ("on_behalf_of", "head.miit"), ("seq", 4), ("at", "2024-12-17T01:00:00.000000Z"),
     ("type", "user_task_returned"), ("attachments", ()), ("alg", "md5"), ("prev", "zz")],
)  # fmt: skip
def test_a_changed_field_of_the_event_is_found(field: str, value: Any) -> None:
    assert fault_in(replace(receipt(), event=replace(EVENT, **{field: value})), ORIGIN, KEYS) is Fault.WRONG_HASH


def test_another_hash_index_or_proof_is_found() -> None:
    made, other = receipt(), replace(EVENT, seq=7)

    assert fault_in(replace(made, event=other, hash=event_hash(other)), ORIGIN, KEYS) is Fault.NOT_INCLUDED
    assert fault_in(replace(made, index=5), ORIGIN, KEYS) is Fault.NOT_INCLUDED
    assert fault_in(replace(made, proof=made.proof[:-1]), ORIGIN, KEYS) is Fault.NOT_INCLUDED
    assert fault_in(replace(made, proof=("?",)), ORIGIN, KEYS) is Fault.UNREADABLE


def test_another_signer_and_another_log_are_found() -> None:
    stranger = SecretKey(ORIGIN, ED25519, b"2" * 32)
    elsewhere = origin_of(bytes([9] * 8), "sha256")

    assert fault_in(receipt(), ORIGIN, [stranger.verifier]) is Fault.NOT_SIGNED
    assert fault_in(receipt(origin=elsewhere), ORIGIN, KEYS) is Fault.OTHER_LOG
    assert fault_in(replace(receipt(), checkpoint="no note"), ORIGIN, KEYS) is Fault.UNREADABLE


@given(st.data())
def test_any_changed_byte_of_the_file_is_found(data: st.DataObject) -> None:
    """In a name, a value or a sign between them; white space between them alone says nothing."""
    written = receipt().written
    place = data.draw(st.integers(0, len(written) - 1))
    changed = bytearray(written)
    changed[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[place]))

    try:
        again = read(bytes(changed))
    except BadReceipt:
        return
    assert again == receipt() or fault_in(again, ORIGIN, KEYS) is not None


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part))
)
def test_no_other_json_is_a_receipt(value: Any) -> None:
    for text in (orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS) if _fits(value) else b"{", b"\xff"):
        with pytest.raises(BadReceipt):
            read(text)


def test_a_member_too_many_too_few_or_of_another_kind_is_refused() -> None:
    told = receipt().as_json()

    for wrong in (
        {**told, "more": 1},
        {name: value for name, value in told.items() if name != "index"},
        {**told, "index": True},
        {**told, "format": "duban-receipt/2"},
        {**told, "proof": [1]},
        {**told, "event": {**told["event"], "seq": "3"}},
        {**told, "event": {**told["event"], "attachments": [3]}},
    ):
        with pytest.raises(BadReceipt):
            read(orjson.dumps(wrong))


def _fits(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True
