"""A witness follows every honest log, whatever it is shown and when, and refuses every other one."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.hashing import digest_of
from app.ledger.merkle import tree_of
from app.ledger.note import ED25519, BadNote, Checkpoint, Rotation, SecretKey, base64_of, signed
from app.ledger.witness import Held, Refused, Shown, continued, pinned

ORIGIN = "duban/8f14e45fceea167a/sha256"
KEYS = [SecretKey(ORIGIN, ED25519, bytes([number]) * 32) for number in range(4)]
STRANGER = SecretKey(ORIGIN, ED25519, b"s" * 32)
ENTRIES = [sha256(bytes([number])).digest() for number in range(200)]
FIRST = pinned(KEYS[0].verifier.written)


def rotations(count: int) -> tuple[str, ...]:
    return tuple(
        signed(Rotation(ORIGIN, number, KEYS[number].verifier).text, KEYS[number - 1], KEYS[number]).written
        for number in range(1, count + 1)
    )


def shown(entries: list[bytes], old: int, new: int, rotated: int = 0, key: SecretKey | None = None) -> Shown:
    """What a log with these entries answers to who holds old, when it has grown to new."""
    tree = tree_of(digest_of("sha256"), entries)
    note = signed(Checkpoint(ORIGIN, new, tree.root(new)).text, key or KEYS[rotated]).written
    proof = tree.consistency(old, new) if old <= new else ()
    return Shown(note, rotations(rotated), tuple(base64_of(step) for step in proof))


def size_of(held: Held) -> int:
    return held.checkpoint.size if held.checkpoint else 0


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=8))
def test_an_honest_log_is_followed_through_its_growth_and_its_rotations(steps: list[tuple[int, bool]]) -> None:
    held, size, rotated = FIRST, 0, 0
    for grown, is_rotated in steps:
        before, size, rotated = size, min(size + grown, 200), min(rotated + is_rotated, 3)

        held = continued(held, shown(ENTRIES, before, size, rotated))

        assert size_of(held) == size
        assert held.rotations == rotations(rotated)


@given(st.data())
def test_a_log_that_was_rewritten_below_what_is_held_is_refused(data: st.DataObject) -> None:
    old = data.draw(st.integers(1, 100), "held")
    new = data.draw(st.integers(old, 150), "shown")
    changed = data.draw(st.integers(0, old - 1), "changed")
    held = continued(FIRST, shown(ENTRIES, 0, old))
    rewritten = [*ENTRIES[:changed], sha256(b"another").digest(), *ENTRIES[changed + 1 :]]

    with pytest.raises(Refused, match="forked"):
        continued(held, shown(rewritten, old, new))


@given(st.integers(2, 150), st.data())
def test_a_log_that_shrank_is_refused(old: int, data: st.DataObject) -> None:
    held = continued(FIRST, shown(ENTRIES, 0, old))

    with pytest.raises(Refused, match="shrank"):
        continued(held, shown(ENTRIES, old, data.draw(st.integers(0, old - 1))))


@given(st.integers(1, 100), st.integers(1, 50), st.data())
def test_a_proof_with_any_changed_step_is_refused(old: int, more: int, data: st.DataObject) -> None:
    held = continued(FIRST, shown(ENTRIES, 0, old))
    honest = shown(ENTRIES, old, old + more)
    place = data.draw(st.integers(0, len(honest.proof) - 1))
    wrong = (*honest.proof[:place], base64_of(sha256(b"wrong").digest()), *honest.proof[place + 1 :])

    with pytest.raises(Refused, match="forked"):
        continued(held, replace(honest, proof=wrong))
    with pytest.raises(Refused):
        continued(held, replace(honest, proof=honest.proof[:-1]))


def test_who_is_not_this_logs_signer_is_refused() -> None:
    held = continued(FIRST, shown(ENTRIES, 0, 5))
    tree_root = tree_of(digest_of("sha256"), ENTRIES).root(6)
    elsewhere = SecretKey("duban/0000000000000000/sha256", ED25519, b"e" * 32)
    of_elsewhere = signed(Checkpoint(elsewhere.name, 6, tree_root).text, KEYS[0]).written

    with pytest.raises(Refused, match="not signed"):
        continued(held, shown(ENTRIES, 5, 6, key=STRANGER))
    with pytest.raises(Refused, match="another log"):
        continued(FIRST, Shown(of_elsewhere))
    with pytest.raises(Refused):
        continued(FIRST, Shown("no note"))
    with pytest.raises(BadNote):
        pinned(SecretKey("an-office", ED25519, b"e" * 32).verifier.written)


def test_a_key_that_was_rotated_away_signs_nothing_new() -> None:
    """The checkpoint before a rotation may be asked for after it; once a new key has signed, the old one has ended."""
    held = continued(FIRST, shown(ENTRIES, 0, 5))
    held = continued(held, shown(ENTRIES, 5, 6, rotated=1, key=KEYS[0]))
    held = continued(held, shown(ENTRIES, 6, 7, rotated=1))

    with pytest.raises(Refused, match="rotated away"):
        continued(held, shown(ENTRIES, 7, 8, rotated=1, key=KEYS[0]))


def test_rotations_are_never_taken_back_or_exchanged() -> None:
    held = continued(FIRST, shown(ENTRIES, 0, 5, rotated=1))
    other = signed(Rotation(ORIGIN, 1, STRANGER.verifier).text, KEYS[0], STRANGER).written

    with pytest.raises(Refused, match="rotations"):
        continued(held, shown(ENTRIES, 5, 6))
    with pytest.raises(Refused, match="rotations"):
        continued(held, replace(shown(ENTRIES, 5, 6, key=STRANGER), rotations=(other,)))
    with pytest.raises(Refused, match="rotation 2"):
        continued(held, replace(shown(ENTRIES, 5, 6, 1), rotations=(*rotations(1), rotations(1)[0])))


def test_the_same_checkpoint_again_changes_nothing() -> None:
    held = continued(FIRST, shown(ENTRIES, 0, 5))

    assert continued(held, shown(ENTRIES, 5, 5)) == held
