"""What witnesses read and give back: checkpoints, keys, proofs and leaves that hold together, and cosignatures."""

from __future__ import annotations

import pytest

from app.ledger.hashing import digest_of
from app.ledger.merkle import continues, includes, leaf_hash, tree_of
from app.ledger.note import COSIGNATURE, Checkpoint, Note, SecretKey, VerifierKey, from_base64, who_signed
from app.queries.actor import SYSTEM
from app.services import witnesses
from app.services.house import House
from tests import sealing
from tests.api.conftest import CallAs
from tests.services import streams

W1 = SecretKey("w1.example.cn", COSIGNATURE, b"1" * 32)
READING = (
    ("/audit/checkpoint", {}),
    ("/audit/keys", {}),
    ("/audit/log", {}),
    ("/audit/proofs/consistency", {"old": 1}),
    ("/audit/proofs/inclusion", {"index": 0}),
)


def test_before_anything_is_signed_there_is_nothing(call_as: CallAs) -> None:
    auditor = call_as("auditor")

    assert auditor.get("/audit/checkpoint").status_code == 404
    assert auditor.get("/audit/proofs/consistency", old=0).status_code == 404
    assert auditor.items("/audit/log") == []


def test_checkpoint_keys_leaves_and_proofs_hold_together(house: House, call_as: CallAs) -> None:
    """As a program finds that has nothing but the answers."""
    old = Checkpoint.read(sealing.checkpoint(house).text)
    streams.add(house, "later", 7)
    sealing.checkpoint(house, cosigned=True)
    auditor = call_as("auditor")

    told, keys = auditor.get("/audit/checkpoint").json, auditor.get("/audit/keys").json
    note = Note.read(told["note"])
    new = Checkpoint.read(note.text)
    assert who_signed(note, [VerifierKey.read(keys["vkey"])]) == 0
    assert (told["origin"], told["size"], told["root"]) == (new.origin, new.size, new.root.hex()) != (old.size,)
    assert [one["holder"] for one in told["cosignatures"]] == [one["name"] for one in keys["witnesses"]]

    leaves = _leaves(call_as)
    assert [leaf["index"] for leaf in leaves] == list(range(new.size))
    digest = digest_of("sha256")
    assert tree_of(digest, [bytes.fromhex(leaf["hash"]) for leaf in leaves]).root(new.size) == new.root

    grown = auditor.get("/audit/proofs/consistency", old=old.size).json
    assert continues(digest, old.size, old.root, grown["new"], new.root, _steps(grown))
    last = leaves[-1]
    by_index = auditor.get("/audit/proofs/inclusion", index=last["index"]).json
    by_event = auditor.get("/audit/proofs/inclusion", stream=last["stream"], seq=last["seq"]).json
    assert by_index == by_event
    leaf = leaf_hash(digest, bytes.fromhex(by_index["hash"]))
    assert includes(digest, new.root, by_index["size"], by_index["index"], leaf, _steps(by_index))
    earlier = auditor.get("/audit/proofs/inclusion", index=0, size=old.size).json
    assert earlier["root"] == old.root.hex()


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/audit/proofs/consistency", {"old": 9, "new": 3}, 422),
        ("/audit/proofs/consistency", {"old": 0, "new": 999999}, 422),
        ("/audit/proofs/consistency", {"old": -1}, 422),
        ("/audit/proofs/inclusion", {}, 422),
        ("/audit/proofs/inclusion", {"index": 1, "stream": "administration"}, 422),
        ("/audit/proofs/inclusion", {"stream": "administration"}, 422),
        ("/audit/proofs/inclusion", {"index": 999999}, 404),
        ("/audit/proofs/inclusion", {"stream": "none", "seq": 1}, 404),
        ("/audit/proofs/inclusion", {"index": 5, "size": 3}, 404),
    ],
)
def test_what_cannot_be_proved_is_a_problem(
    house: House, call_as: CallAs, path: str, query: dict[str, object], status: int
) -> None:
    sealing.checkpoint(house)

    answer = call_as("auditor").get(path, **query)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_witness_gives_its_line_once_and_only_its_own(house: House, call_as: CallAs) -> None:
    note = sealing.checkpoint(house)
    size = Checkpoint.read(note.text).size
    with house.database.transaction() as session:
        witnesses.add(session, SYSTEM, W1.name, W1.verifier.written)
    auditor, line = call_as("auditor"), W1.cosign(note.text, 1_700_000_000).line

    first = auditor.post("/audit/cosignatures", {"size": size, "line": line})
    again = auditor.post("/audit/cosignatures", {"size": size, "line": W1.cosign(note.text, 1_800_000_000).line})

    assert first.status_code == again.status_code == 200
    assert first.json == again.json, "the first word stands"
    assert auditor.get("/audit/checkpoint").json["cosignatures"] == [first.json]
    stranger = SecretKey("w2.example.cn", COSIGNATURE, b"2" * 32)
    for body, field in (
        ({"size": size, "line": stranger.cosign(note.text, 1).line}, "line"),
        ({"size": size, "line": SecretKey(W1.name, COSIGNATURE, b"3" * 32).cosign(note.text, 1).line}, "line"),
        ({"size": size, "line": W1.cosign("another text\n", 1).line}, "line"),
        ({"size": size, "line": W1.sign(note.text).line}, "line"),
        ({"size": size, "line": "— no line"}, "line"),
        ({"size": size + 1, "line": line}, "size"),
    ):
        refused = auditor.post("/audit/cosignatures", body)
        assert (refused.status_code, [one["field"] for one in refused.json["errors"]]) == (422, [field]), body


def test_who_may_read_and_who_may_co_sign(house: House, call_as: CallAs) -> None:
    sealing.checkpoint(house)

    for login in ("auditor", "audit_admin", "office", "leader"):
        assert {call_as(login).get(path, **query).status_code for path, query in READING} == {200}, login
    for login in ("contact.sci", "system_admin"):
        assert {call_as(login).get(path, **query).status_code for path, query in READING} == {403}, login
    for login, status in (("office", 403), ("contact.sci", 403), ("auditor", 422), ("audit_admin", 422)):
        assert call_as(login).post("/audit/cosignatures", {"size": 1, "line": "x"}).status_code == status, login


def test_a_damaged_tree_proves_nothing(house: House, call_as: CallAs) -> None:
    sealing.checkpoint(house)
    with house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE ledger_leaf SET hash = 'no hash' WHERE \"index\" = 0")

    assert call_as("auditor").get("/audit/proofs/inclusion", index=1).status_code == 404


def _leaves(call_as: CallAs) -> list[dict[str, object]]:
    auditor, found, first = call_as("auditor"), [], "0"
    while first is not None:
        page = auditor.get("/audit/log", limit=5, **{"from": first}).json
        found += page["items"]
        first = page["next_cursor"]
    return found


def _steps(told: dict[str, object]) -> list[bytes]:
    return [from_base64(step) for step in told["proof"]]  # type: ignore[attr-defined]
