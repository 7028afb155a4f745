"""What the signer keeps in its directory: its key, and what it signed last. Written to the disk before it counts.

key-0, key-1 …   32 bytes in hex, readable by the owner only; the newest alone is kept
memory.json      which log it signs for, the last checkpoint, its keys' rotations; the last checkpoints of former logs
lock             held by whoever reads and writes these
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app import durable
from app.ledger.note import ED25519, BadNote, Checkpoint, Note, Rotation, SecretKey, signed

MEMORY = "memory.json"


class SignerDamaged(Exception):
    """Its key or its memory is gone or unreadable; it signs nothing before somebody has looked. The text says what."""


class NothingToRotate(Exception):
    """It has signed for no log yet."""


@dataclass(frozen=True)
class Memory:
    """origin: the log it signs for, empty before the first; first: the verifier key it had when that began.

    note: the last checkpoint it signed, empty for none; key: number of the key's file; rotations: notes, from the first
    on; former: the last checkpoints of logs that it signed for before.
    """

    origin: str = ""
    first: str = ""
    note: str = ""
    key: int = 0
    rotations: tuple[str, ...] = ()
    former: tuple[str, ...] = ()

    @property
    def last(self) -> Checkpoint | None:
        return Checkpoint.read(Note.read(self.note).text) if self.note else None

    @property
    def former_origins(self) -> frozenset[str]:
        return frozenset(Checkpoint.read(Note.read(note).text).origin for note in self.former)


class Keeper:
    """Of one directory. Whoever reads or writes has it opened, so that several processes do no harm."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def opened(self) -> Iterator[Memory]:
        """What it remembers; nobody else changes it meanwhile. Raises SignerDamaged."""
        if not self.directory.exists():
            self.directory.mkdir(parents=True, mode=0o700)
        with (self.directory / "lock").open("a+") as file, _locked(file.fileno()):
            yield self._memory()

    def secret(self, memory: Memory, origin: str) -> SecretKey:
        """The key, under the name of this log. Raises SignerDamaged."""
        file = self._key_file(memory.key)
        if not file.exists():
            if memory != Memory():
                raise SignerDamaged(f"{file} is gone: put it back from its copy")
            durable.write(file, secrets.token_hex(32))
        try:
            seed = bytes.fromhex(file.read_text())
        except (OSError, ValueError) as error:
            raise SignerDamaged(f"{file} cannot be read") from error
        if len(seed) != 32:
            raise SignerDamaged(f"{file} holds no key")
        return SecretKey(origin, ED25519, seed)

    def remember(self, memory: Memory) -> None:
        durable.write(self.directory / MEMORY, json.dumps(asdict(memory), indent=1))

    def rotate(self) -> str:
        """Exchange the key; the statement that introduces the new one. Raises NothingToRotate, SignerDamaged."""
        with self.opened() as memory:
            if not memory.origin:
                raise NothingToRotate
            old, seed = self.secret(memory, memory.origin), secrets.token_bytes(32)
            new = SecretKey(memory.origin, ED25519, seed)
            told = Rotation(memory.origin, len(memory.rotations) + 1, new.verifier)
            note = signed(told.text, old, new).written
            durable.write(self._key_file(memory.key + 1), seed.hex())
            self.remember(replace(memory, key=memory.key + 1, rotations=(*memory.rotations, note)))
            for file in set(self.directory.glob("key-*")) - {self._key_file(memory.key + 1)}:
                file.unlink()
            return note

    def follow(self, origin: str) -> None:
        """Sign for another log from now on, and never again for the present one. Raises BadNote, SignerDamaged."""
        with self.opened() as memory:
            if origin in (memory.origin, *memory.former_origins):
                raise BadNote(f"{origin} is no new log")
            first = self.secret(memory, origin).verifier.written
            former = (*memory.former, memory.note) if memory.note else memory.former
            self.remember(Memory(origin=origin, first=first, key=memory.key, former=former))

    def _memory(self) -> Memory:
        file = self.directory / MEMORY
        if not file.exists():
            if any(self.directory.glob("key-*")):
                raise SignerDamaged(f"{file} is gone, so what was signed last is not known: put it back from its copy")
            self.remember(Memory())
        try:
            told: dict[str, Any] = json.loads(file.read_text())
            memory = Memory(**{**told, "rotations": tuple(told["rotations"]), "former": tuple(told["former"])})
            assert memory.last is None or memory.last.origin == memory.origin
        except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
            raise SignerDamaged(f"{file} cannot be read: put it back from its copy") from error
        return memory

    def _key_file(self, number: int) -> Path:
        return self.directory / f"key-{number}"


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _locked(descriptor: int) -> Iterator[None]:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def _locked(descriptor: int) -> Iterator[None]:
        """Until the block ends, or the process."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
