"""The files of one witness, in a folder of its own: its key, the log it follows, every checkpoint with its cosignature.

    key                 the secret, as signed-note writes it; its owner's alone
    log.json            the first signer's verifier key, how it came here, and the rotations since
    checkpoints.jsonl   a line each, only ever added to: when, note, cosignature
    evidence-….json     what an office showed that could not be; while one lies here the witness signs nothing

What is written is on the disk before anybody hears of it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app import durable
from app.ledger.note import COSIGNATURE, BadNote, Note, SecretKey, base64_of, from_base64, read_signature
from app.ledger.witness import Held, Shown, pinned

LONGEST_LINE = 64 * 1024


@dataclass(frozen=True)
class Kept:
    """One line of checkpoints.jsonl. at: RFC 3339 by this machine's clock."""

    at: str
    note: str
    cosignature: str


class WitnessFiles:
    """One folder; made where there is none."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._log, self._checkpoints = folder / "log.json", folder / "checkpoints.jsonl"

    def key(self, name: str) -> SecretKey:
        """The key under this name, made at the first call. Raises BadNote where the one that lies here has another."""
        file = self.folder / "key"
        if not file.exists():
            made = SecretKey(name, COSIGNATURE, secrets.token_bytes(32))
            durable.write(file, _written(made))
        kept = _read_key(file.read_text("utf-8"))
        if name and kept.name != name:
            raise BadNote(f"the key in {file} is that of {kept.name}, not of {name}")
        return kept

    def pin(self, vkey: str, how: str, at: str) -> None:
        """Follow this log from now on. Raises BadNote where its key is none."""
        pinned(vkey)
        _store(self._log, {"vkey": vkey, "pinned_at": at, "pinned_by": how, "rotations": []})

    def told(self) -> dict[str, Any] | None:
        """log.json; None before the first contact."""
        if not self._log.exists():
            return None
        told: dict[str, Any] = json.loads(self._log.read_text("utf-8"))
        return told

    def held(self) -> Held | None:
        """None before the first contact."""
        told, last = self.told(), self.last()
        if told is None:
            return None
        return Held(told["vkey"], tuple(told["rotations"]), last.note if last else "")

    def keep(self, held: Held, kept: Kept | None) -> None:
        """What is believed from now on; kept: the checkpoint, where it is a new one."""
        told = self.told() or {}
        if tuple(told["rotations"]) != held.rotations:
            _store(self._log, {**told, "rotations": list(held.rotations)})
        if kept is not None:
            durable.add_line(self._checkpoints, json.dumps(asdict(kept), ensure_ascii=False))

    def last(self) -> Kept | None:
        """The newest checkpoint, read from the end of the file however long it is. A line that was cut off is none."""
        if not self._checkpoints.exists():
            return None
        with self._checkpoints.open("rb") as file:
            file.seek(max(0, self._checkpoints.stat().st_size - LONGEST_LINE))
            lines = file.read().split(b"\n")[:-1]
        return Kept(**json.loads(lines[-1])) if lines else None

    def all(self) -> Iterator[Kept]:
        """Every checkpoint, oldest first."""
        if self._checkpoints.exists():
            with self._checkpoints.open("rb") as file:
                yield from (Kept(**json.loads(line)) for line in file if line.endswith(b"\n"))

    def evidence(self) -> Path | None:
        """What stopped this witness, where something did; the earliest."""
        return next(iter(sorted(self.folder.glob("evidence-*.json"))), None)

    def accuse(self, reason: str, held: Held, shown: Shown, at: str, **told: Any) -> Path:
        """Keep both sides of what cannot be, so that anybody can see it."""
        file = self.folder / f"evidence-{at.replace(':', '')}.json"
        _store(file, {"reason": reason, "at": at, **told, "held": asdict(held), "shown": asdict(shown)})
        return file


def checked(kept: Kept, key: SecretKey) -> bool:
    """Whether the cosignature that lies here is this key's over this note."""
    return key.verifier.made(read_signature(kept.cosignature), Note.read(kept.note).text)


def _store(file: Path, told: dict[str, Any]) -> None:
    durable.write(file, json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _written(key: SecretKey) -> str:
    """As golang.org/x/mod/sumdb/note writes a secret key."""
    return f"PRIVATE+KEY+{key.name}+{key.verifier.id.hex()}+{base64_of(bytes([key.use]) + key.seed)}\n"


def _read_key(written: str) -> SecretKey:
    """Raises BadNote."""
    parts = written.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
        raise BadNote("the file does not hold the key of a witness")
    raw = from_base64(parts[4], 33)
    key = SecretKey(parts[2], raw[0], raw[1:])
    if raw[0] != COSIGNATURE or _written(key).strip() != written.strip():
        raise BadNote("the file does not hold the key of a witness")
    return key
