"""What a witness believes of a log, and whether what it is shown continues all of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.ledger.hashing import digest_of
from app.ledger.merkle import continues
from app.ledger.note import BadNote, Checkpoint, Note, VerifierKey, alg_of, followed, from_base64, who_signed


class Refused(Exception):
    """What was shown does not continue what is held. Says why, in English, for operators."""


@dataclass(frozen=True)
class Held:
    """vkey: the first signer's, to which all trust goes back. note: the newest checkpoint; "" before the first one."""

    vkey: str
    rotations: tuple[str, ...] = ()
    note: str = ""

    @property
    def checkpoint(self) -> Checkpoint | None:
        return Checkpoint.read(Note.read(self.note).text) if self.note else None


@dataclass(frozen=True)
class Shown:
    """What the office answers. proof: that note continues the one that is held; empty where it is the same size."""

    note: str
    rotations: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


def pinned(vkey: str) -> Held:
    """The beginning: a log by its first signer's key, whose name is the origin. Raises BadNote."""
    key = VerifierKey.read(vkey)
    alg_of(key.name)
    return Held(vkey)


def continued(held: Held, shown: Shown) -> Held:
    """What is held from now on. Raises Refused for everything that an honest log does not show.

    A key that was rotated away signs nothing new: once a checkpoint is held under a key, none comes from one before it.
    """
    try:
        keys = _keys(held, shown.rotations)
        checkpoint, place = _signed(shown.note, keys)
        if held.note:
            before, place_before = _signed(held.note, keys)
            _require_growth(before, checkpoint, shown.proof)
            if place < place_before:
                raise Refused("it is signed by a key that had been rotated away")
            if before == checkpoint:
                return replace(held, rotations=shown.rotations)
    except BadNote as error:
        raise Refused(str(error)) from error
    return Held(held.vkey, shown.rotations, shown.note)


def _keys(held: Held, rotations: Sequence[str]) -> list[VerifierKey]:
    if tuple(rotations[: len(held.rotations)]) != held.rotations:
        raise Refused("the signer's rotations are not those that were shown before")
    return followed(VerifierKey.read(held.vkey), rotations)


def _signed(written: str, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, int]:
    """The checkpoint, and the place of the key that signed it."""
    note = Note.read(written)
    place = who_signed(note, keys)
    if place is None:
        raise Refused("it is not signed by a key of this log")
    checkpoint = Checkpoint.read(note.text)
    if checkpoint.origin != keys[0].name:
        raise Refused("it is a checkpoint of another log")
    return checkpoint, place


def _require_growth(old: Checkpoint, new: Checkpoint, proof: Sequence[str]) -> None:
    if new.size < old.size:
        raise Refused(f"the log shrank from {old.size} to {new.size} events")
    steps = [from_base64(step, 32) for step in proof]
    if not continues(digest_of(alg_of(old.origin)), old.size, old.root, new.size, new.root, steps):
        raise Refused(f"the log forked: {new.size} events do not begin with the {old.size} that are held")
