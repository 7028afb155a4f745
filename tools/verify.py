#!/usr/bin/env python3
"""Verifies a bundle or a receipt of Duban's ledger with nothing but Python 3.9 and this file.

    python3 verify.py BUNDLE [--key VKEY]... [--witness VKEY]... [--checkpoint FILE]... [--json]
    python3 verify.py receipt FILE [--key VKEY]... [--json]

It says GREEN or RED, the first event that does not hold, every reason, and what was not covered. Exit code 0: green,
1: red, 2: it could not be read. Written from docs/ledger.md alone; it shares no line with the product.

--key: the verifier key of the office's log, as its status page shows it, or a file that holds it. Got by another way
than the bundle, it is what makes a forged log visible. --witness: likewise the key of somebody outside who co-signs.
--checkpoint: a checkpoint that was kept elsewhere; any change to an event that it covers is found.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, BinaryIO

MOST_FAULTS = 100  # reasons that are told; the others are counted
MOST_KEYS = 1000
MIB = 1 << 20
DAMAGED = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError)


class Unreadable(Exception):
    """There is nothing to verify: no such file, no key."""


class Damaged(Unreadable):
    """The file is no bundle and no receipt, as a whole: changed, broken off, or too large to be honest."""


# --- hashes


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _rotated(word: int, count: int) -> int:
    count %= 32
    return ((word << count) | (word >> (32 - count))) & 0xFFFFFFFF


def _sm3_compressed(state: list[int], block: bytes) -> list[int]:
    words = list(struct.unpack(">16I", block))
    for j in range(16, 68):
        x = words[j - 16] ^ words[j - 9] ^ _rotated(words[j - 3], 15)
        words.append(x ^ _rotated(x, 15) ^ _rotated(x, 23) ^ _rotated(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        constant = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = _rotated((_rotated(a, 12) + e + _rotated(constant, j)) & 0xFFFFFFFF, 7)
        ss2 = ss1 ^ _rotated(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (words[j] ^ words[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + words[j]) & 0xFFFFFFFF
        a, b, c, d = tt1, a, _rotated(b, 9), c
        e, f, g, h = tt2 ^ _rotated(tt2, 9) ^ _rotated(tt2, 17), e, _rotated(f, 19), g
    return [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]


def own_sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905), for machines whose hashlib has none."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack(">Q", 8 * len(data))
    for at in range(0, len(padded), 64):
        state = _sm3_compressed(state, padded[at : at + 64])
    return struct.pack(">8I", *state)


def _library_sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _has_library_sm3() -> bool:
    try:
        return _library_sm3(b"abc") == own_sm3(b"abc")
    except ValueError:
        return False


sm3 = _library_sm3 if _has_library_sm3() else own_sm3
HASHES: dict[str, Callable[[bytes], bytes]] = {"sha256": sha256, "sm3": sm3}
GENESIS = "0" * 64

# --- Ed25519, RFC 8032; strict: canonical encodings, S < L, no key of small order

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
NEUTRAL: Point = (0, 1, 1, 0)


def _added(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _point(encoded: bytes) -> Point:
    """Raises ValueError for what encodes no point, or not in the one way that is allowed."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= P:
        raise ValueError("no point of the curve")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (v * x * x - u) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _encoded(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _multiples(p: Point) -> list[list[Point]]:
    """0 to 15 times p, times 16, times 256 …: what makes a thousand signatures of one key quick."""
    table = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(_added(row[-1], p))
        table.append(row)
        p = _added(row[-1], p)
    return table


def _times(table: list[list[Point]], factor: int, start: Point = NEUTRAL) -> Point:
    for row in table:
        if factor & 15:
            start = _added(start, row[factor & 15])
        factor >>= 4
    return start


@lru_cache(maxsize=1)
def _base() -> list[list[Point]]:
    return _multiples(_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


class PublicKey:
    """An Ed25519 key that has been looked at. Raises ValueError for one that is none."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        x, y, z, t = p = _point(raw)
        for _ in range(3):
            p = _added(p, p)
        if p[0] == 0:
            raise ValueError("a key of small order")
        self._minus: Point = (P - x, y, z, P - t)
        self._table: list[list[Point]] = []

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        s = int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or s >= L:
            return False
        self._table = self._table or _multiples(self._minus)
        k = int.from_bytes(hashlib.sha512(signature[:32] + self.raw + message).digest(), "little") % L
        return _encoded(_times(self._table, k, _times(_base(), s))) == signature[:32]


# --- signed notes

SIGNER, WITNESS = 1, 4
ORIGIN = re.compile(r"duban/[0-9a-f]{16}/(sha256|sm3)")
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
HEX_256 = re.compile(r"[0-9a-f]{64}")
DASH = "\u2014 "


def from_base64(text: str) -> bytes:
    """Raises ValueError for any other spelling than the one that the bytes have."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one spelling in base64")
    return raw


@lru_cache(maxsize=64)
def public_key(raw: bytes) -> PublicKey:
    return PublicKey(raw)


class Verifier:
    """A verifier key: name+<key id>+<base64 of kind and key>. Raises ValueError."""

    def __init__(self, vkey: str, kind: int) -> None:
        self.vkey = vkey
        self.name, id_, rest = vkey.split("+", 2)
        raw = from_base64(rest)
        if len(raw) != 33 or raw[0] != kind or not self.name or set(self.name) & set(" \n\t"):
            raise ValueError("no verifier key of this kind")
        self.key = public_key(raw[1:])
        self.id = sha256(self.name.encode() + b"\n" + raw)[:4]
        if self.id.hex() != id_:
            raise ValueError("the key id is not the one of the key")


class Note:
    """A signed note: its text, and its signature lines as (name, key id, the rest). Raises ValueError."""

    def __init__(self, whole: str) -> None:
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in whole):
            raise ValueError("no signed note")
        self.text = text + "\n"
        self.signatures = [signature_of(line) for line in lines[:-1].split("\n")]

    def by(self, verifier: Verifier) -> bool | None:
        """Whether the key has signed it; None where it does not say so."""
        mine = [rest for name, id_, rest in self.signatures if (name, id_) == (verifier.name, verifier.id)]
        if not mine:
            return None
        return all(verifier.key.has_signed(self.text.encode(), rest) for rest in mine)


def signature_of(line: str) -> tuple[str, bytes, bytes]:
    if not line.startswith(DASH):
        raise ValueError("no signature line")
    name, _, encoded = line[len(DASH) :].partition(" ")
    raw = from_base64(encoded)
    if not name or len(raw) < 5:
        raise ValueError("no signature line")
    return name, raw[:4], raw[4:]


class Checkpoint:
    """origin, size and root, and the note that says so. Raises ValueError."""

    def __init__(self, whole: str) -> None:
        self.note = Note(whole)
        self.origin, size, root = self.note.text[:-1].split("\n")
        if not ORIGIN.fullmatch(self.origin) or not NUMBER.fullmatch(size):
            raise ValueError("no checkpoint of a log of Duban")
        self.size, self.root = int(size), from_base64(root)
        if len(self.root) != 32:
            raise ValueError("no root")

    def is_cosigned(self, line: str, witness: Verifier) -> bool | None:
        name, id_, rest = signature_of(line)
        if (name, id_) != (witness.name, witness.id):
            return None
        if len(rest) != 72:
            return False
        seconds = int.from_bytes(rest[:8], "big")
        said = f"cosignature/v1\ntime {seconds}\n{self.note.text}"
        return witness.key.has_signed(said.encode(), rest[8:])


class Keys:
    """The signer's keys, each introduced by the one before. Raises ValueError where the row is broken."""

    def __init__(self, first: str) -> None:
        self.chain = [Verifier(first, SIGNER)]

    @property
    def origin(self) -> str:
        return self.chain[0].name

    def rotate(self, whole: str) -> None:
        note = Note(whole)
        title, number, vkey = note.text[:-1].split("\n")
        new = Verifier(vkey, SIGNER)
        if (title, number, new.name) != (self.origin + "/rotation", str(len(self.chain)), self.origin):
            raise ValueError("a rotation in another order or of another log")
        if len(self.chain) > MOST_KEYS:
            raise ValueError("more keys than anybody needs")
        if not (note.by(self.chain[-1]) and note.by(new)):
            raise ValueError("a rotation that the old and the new key have not signed")
        self.chain.append(new)

    def place_of(self, vkey: str) -> int:
        """Raises ValueError for a key that is none of these."""
        return [verifier.vkey for verifier in self.chain].index(vkey)

    def signer_of(self, note: Note) -> int:
        """The place of the key that signed it. Raises ValueError where none of them has, or one is forged."""
        said = [(place, note.by(verifier)) for place, verifier in enumerate(self.chain)]
        signed = [place for place, is_signed in said if is_signed]
        if not signed or any(is_signed is False for _, is_signed in said):
            raise ValueError("not signed by a key of this log")
        return signed[-1]


# --- the tree, RFC 6962


class Tree:
    """Grows leaf by leaf and keeps one hash a level."""

    def __init__(self, alg: str) -> None:
        self.size = 0
        self._hash = HASHES[alg]
        self._stack: list[bytes] = []

    def add(self, entry: bytes) -> None:
        node, size = self._hash(b"\x00" + entry), self.size
        while size & 1:
            node = self._hash(b"\x01" + self._stack.pop() + node)
            size >>= 1
        self._stack.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._stack:
            return self._hash(b"")
        node = self._stack[-1]
        for left in reversed(self._stack[:-1]):
            node = self._hash(b"\x01" + left + node)
        return node


def is_included(alg: str, entry: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    hash_ = HASHES[alg]
    if not 0 <= index < size or len(proof) > 64:
        return False
    fn, sn, node = index, size - 1, hash_(b"\x00" + entry)
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = hash_(b"\x01" + step + node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hash_(b"\x01" + node + step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


# --- events

TEXTS = ("alg", "at", "at_raw", "command_key", "payload_commitment", "prev", "stream", "type")
MAYBE = ("actor", "definition_hash", "on_behalf_of")
FIELDS = {*TEXTS, *MAYBE, "seq", "attachments"}
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def _no_number(word: str) -> Any:
    raise ValueError("no JSON: " + word)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _number(digits: str) -> int:
    """Where Python itself does not bound the work that a long number makes."""
    if len(digits) > 40:
        raise ValueError("a number beyond measure")
    return int(digits)


_parse_int = int if hasattr(sys, "get_int_max_str_digits") else _number
_parse = json.JSONDecoder(parse_constant=_no_number, parse_int=_parse_int, object_pairs_hook=_once_each).decode
_parse_payload = json.JSONDecoder(parse_constant=_no_number, parse_int=_parse_int).decode


def event_hash(fields: dict[str, Any]) -> str:
    """In hex. Raises ValueError for fields that were never sealed."""
    if fields.keys() != FIELDS or not all(type(fields[name]) is str for name in TEXTS):
        raise ValueError("not the fields of an event")
    if not all(fields[name] is None or type(fields[name]) is str for name in MAYBE):
        raise ValueError("not the fields of an event")
    files = fields["attachments"]
    if type(fields["seq"]) is not int or type(files) is not list or not all(type(file) is str for file in files):
        raise ValueError("not the fields of an event")
    text = _canonical(fields)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise ValueError("text that is not in NFC")
    hash_ = HASHES.get(fields["alg"])
    if hash_ is None or not HEX_256.fullmatch(fields["prev"]):
        raise ValueError("an unknown hash function, or no hash before")
    return hash_(b"\x00" + text.encode() + bytes.fromhex(fields["prev"])).hex()


def _is_sealed(row: dict[str, Any]) -> bool:
    try:
        return event_hash(row["event"]) == row["hash"]
    except DAMAGED:
        return False


def _is_kept(row: dict[str, Any]) -> bool:
    try:
        salt = from_hex(row["salt"])
        return commitment(row["event"]["alg"], salt, row["payload"]) == row["event"]["payload_commitment"]
    except DAMAGED:
        return False


def commitment(alg: str, salt: bytes, payload: str) -> str:
    if not 16 <= len(salt) <= 255:
        raise ValueError("a salt of a wrong length")
    return HASHES[alg](bytes([len(salt)]) + salt + payload.encode()).hex()


def from_hex(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if raw.hex() != text:
        raise ValueError("not the one spelling in hex")
    return raw


def instant(text: str) -> str:
    """RFC 3339 in UTC with microseconds, as tables and events have it, of any spelling with an offset."""
    at = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    if at.tzinfo is None:
        raise ValueError("an instant without an offset")
    return at.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moved_by(text: str, span: timedelta) -> str:
    at = datetime.fromisoformat(instant(text)[:-1]) + span
    return at.isoformat(timespec="microseconds") + "Z"


# --- what was found

Place = tuple[str, int]  # member, line


class Report:
    """Faults in the order they were met, what was not covered, and how much was looked at."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.format = ""
        self.faults: list[dict[str, Any]] = []
        self.count = 0
        self.first_event: dict[str, Any] | None = None
        self.uncovered: list[str] = []
        self.counts: dict[str, int] = {}

    def fault(
        self,
        check: int,
        text: str,
        at: Place | None = None,
        stream: str | None = None,
        seq: int | None = None,
    ) -> None:
        """check: number of docs/ledger.md section 6, 0 for the file itself."""
        self.count += 1
        found = {"check": check, "text": text, "stream": stream, "seq": seq}
        found["member"], found["line"] = at if at else (None, None)
        is_event = found["member"] == "events.jsonl"
        if is_event and (self.first_event is None or (found["line"] or 0) < self.first_event["line"]):
            self.first_event = found
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(found)

    @property
    def is_green(self) -> bool:
        return self.count == 0

    def as_json(self) -> str:
        told = {
            "verdict": "green" if self.is_green else "red",
            "file": self.name,
            "format": self.format,
            "counts": self.counts,
            "first": self.first_event or (self.faults[0] if self.faults else None),
            "faults": self.faults,
            "fault_count": self.count,
            "not_covered": self.uncovered,
        }
        return json.dumps(told, ensure_ascii=True, indent=1)

    def as_text(self) -> str:
        lines = [f"{'GREEN' if self.is_green else 'RED'}  {self.name}  ({self.format})"]
        if self.counts:
            lines.append("looked at: " + ", ".join(f"{what} {count}" for what, count in self.counts.items()))
        if not self.is_green:
            if self.first_event:
                lines.append("first bad event: " + _where(self.first_event))
            lines.append(f"reasons: {self.count}")
            lines += [f"  check {found['check']}  {_where(found)}: {found['text']}" for found in self.faults]
        lines.append("not covered:")
        lines += ["  - " + text for text in self.uncovered]
        return "\n".join(lines)


def _where(found: dict[str, Any]) -> str:
    parts = []
    if found["stream"] is not None:
        parts.append(f"stream {found['stream']}")
    if found["seq"] is not None:
        parts.append(f"seq {found['seq']}")
    if found["member"] is not None:
        parts.append(f"{found['member']} line {found['line']}")
    return ", ".join(parts) or "the file"


# --- the file


class Limits:
    """Beyond these a file is refused: no honest bundle comes near them."""

    def __init__(self, whole: int, line: int) -> None:
        self.whole, self.line = whole, line


END = b"PK\x05\x06"
END_SIZE = 22


class Archive:
    """The zip: its seal, and its members line by line, each byte counted and hashed as it passes."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._inflated = 0
        self.sums: dict[str, str] = {}
        file.seek(0, os.SEEK_END)
        self.size = file.tell()
        self.comment = self._end()
        try:
            self._zip = zipfile.ZipFile(file)
            self._members = self._listed()
        except (zipfile.BadZipFile, NotImplementedError, struct.error, zlib.error, OSError, *DAMAGED) as error:
            raise Damaged(f"no zip: {error}") from error

    def _end(self) -> bytes:
        """The comment: after the one end record whose comment reaches to the end of the file."""
        start = max(0, self.size - END_SIZE - 0xFFFF)
        self._file.seek(start)
        tail = self._file.read()
        ends = []
        at = tail.find(END)
        while at >= 0:
            if len(tail) >= at + END_SIZE and at + END_SIZE + int.from_bytes(tail[at + 20 : at + 22], "little") == len(
                tail
            ):
                ends.append(at)
            at = tail.find(END, at + 1)
        if len(ends) != 1:
            raise Damaged("no zip, or not only one")
        return tail[ends[0] + END_SIZE :]

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if info.filename in found or info.flag_bits & 1 or info.compress_type not in (0, 8):
                raise Damaged(f"a member twice, encrypted, or packed in another way: {info.filename[:80]!r}")
            found[info.filename] = info
        if sum(info.file_size for info in found.values()) > self._limits.whole:
            raise Damaged(f"it unpacks to more than {self._limits.whole} bytes")
        return found

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def digest(self) -> str:
        """Of all bytes before the two that give the comment's length."""
        left, running = self.size - len(self.comment) - 2, hashlib.sha256()
        self._file.seek(0)
        while left > 0:
            part = self._file.read(min(left, MIB))
            if not part:
                raise Damaged("the file became shorter while it was read")
            running.update(part)
            left -= len(part)
        return running.hexdigest()

    def whole(self, name: str, most: int) -> bytes:
        found = b""
        for part in self._parts(name):
            found += part
            if len(found) > most:
                raise Damaged(f"{name} is larger than {most} bytes")
        return found

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Each line with its number."""
        left, number = b"", 0
        for part in self._parts(name):
            lines = (left + part).split(b"\n")
            left = lines.pop()
            for line in lines:
                number += 1
                yield number, line
            if len(left) > self._limits.line:
                raise Damaged(f"{name} line {number + 1} is longer than {self._limits.line} bytes")
        if left:
            yield number + 1, left

    def _parts(self, name: str) -> Iterator[bytes]:
        running = hashlib.sha256()
        try:
            with self._zip.open(self._members[name]) as member:
                while True:
                    part = member.read(MIB)
                    if not part:
                        break
                    self._count(name, len(part))
                    running.update(part)
                    yield part
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error) as error:
            raise Damaged(f"{name} cannot be unpacked: {error}") from error
        self.sums[name] = running.hexdigest()

    def _count(self, name: str, size: int) -> None:
        """A member may be read twice, to name what was found wrong."""
        self._inflated += size
        if self._inflated > 3 * self._limits.whole:
            raise Damaged(f"{name} unpacks to more than it may")


# --- what the log says of one instance

STEPS = frozenset(
    [
        "instance_started",
        "user_task_completed",
        "user_task_returned",
        "signer_added",
        "signer_removed",
        "message_delivered",
        "submission_withdrawn",
        "timer_fired",
        "timer_moved",
        "due_date_moved",
        "instance_cancelled",
        "instance_migrated",
        "migration_undone",
    ]
)
BY_THE_HOUSE = frozenset(["incident_raised", "incident_settled"])
MIGRATIONS = ("instance_migrated", "migration_undone")
COMPLETIONS = ("user_task_completed", "user_task_returned")
NO_INSTANCE = ("administration", "access")
ERASURE = "erased"
NEVER = "9000"  # a timer of this year or later has no row


class Story:
    """One stream as its events tell it: what an instance waits for after the last of them."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.seq, self.last, self.index = 0, GENESIS, -1
        self.steps = 0
        self.is_told = True  # every step with its payload
        self.has_waits = True  # and with what it waits for
        self.business_key: str | None = None
        self.status = "active"
        self.ended_at: str | None = None
        self.definition_hash: str | None = None
        self.tasks: dict[str, list[Any]] = {}  # id -> element, due day, units that it may lie with
        self.timers: dict[str, list[str]] = {}  # id -> element, instant
        self.messages: dict[str, list[str | None]] = {}  # id -> element, message, key
        self.closed: list[tuple[str, list[tuple[Any, ...]]]] = []  # id, what its row may say
        self.fired: list[str] = []
        self.by_command: dict[tuple[str | None, str], int] = {}

    def take(self, fields: dict[str, Any], payload: str | None) -> None:
        """Raises one of DAMAGED where the payload is not what such an event says."""
        type_ = fields["type"]
        if type_ in STEPS:
            self.steps += 1
            self.definition_hash = fields["definition_hash"]
            if type_ != "due_date_moved":
                who = (fields["actor"], fields["command_key"])
                self.by_command[who] = self.by_command.get(who, 0) + 1
            if payload is None:
                self.is_told = False
            else:
                self._step(fields, type_, _parse_payload(payload))
        elif type_ == "user_task_transferred" and payload is not None:
            told = _parse_payload(payload)
            if told["task"] in self.tasks and "to" in told:
                self.tasks[told["task"]][2].append(told["to"])

    def _step(self, fields: dict[str, Any], type_: str, told: dict[str, Any]) -> None:
        if told["step"]["version"] != self.steps - 1:
            raise ValueError(f"this is not step {self.steps} of the instance")
        if type_ == "instance_started":
            self.business_key = told["business_key"]
        self.status = told["status"]
        if self.status != "active" and self.ended_at is None:
            self.ended_at = fields["at"]
        if type_ in MIGRATIONS:
            self._tasks_of_migration(told["waiting"])
        else:
            self._close(fields, type_, told)
            for task in told["opened"]:
                self.tasks[task["task"]] = [task["element"], task["due_on"], [task["unit"]]]
        if type_ == "timer_fired":
            self.fired.append(told["task"])
        self.has_waits = self.has_waits and "waits" in told
        self._wait(told.get("waits", ()), type_)
        self._move(type_, told)

    def _move(self, type_: str, told: dict[str, Any]) -> None:
        """The days that this event moves, and the timers that go with them."""
        if type_ == "due_date_moved":
            self.tasks[told["task"]][1] = told["new_day"]
        for moved in told.get("timers", ()):
            if moved["timer"] in self.timers:
                self.timers[moved["timer"]][1] = instant(moved["to"])

    def _tasks_of_migration(self, waiting: list[dict[str, Any]]) -> None:
        self.tasks = {task["task"]: [task["element"], task["due_on"], [task["unit"]]] for task in waiting}

    def _close(self, fields: dict[str, Any], type_: str, told: dict[str, Any]) -> None:
        at, actor = fields["at"], fields["actor"]
        for task, element, how in told["closed"]:
            self.tasks.pop(task, None)
            by_nobody = (element, "cancelled", None, at)
            by_actor = (element, "completed", actor, at)
            if type_ in COMPLETIONS or how == "cancelled":
                self.closed.append((task, [by_actor if how == "completed" else by_nobody]))
            else:
                self.closed.append((task, [by_actor, by_nobody, (element, "completed", None, at)]))

    def _wait(self, waits: list[list[str]], type_: str) -> None:
        if type_ in MIGRATIONS:
            known, self.messages = self.messages, {}
        else:
            known = self.messages
        for kind, *rest in waits:
            if kind == "over":
                self.timers.pop(rest[0], None)
                self.messages.pop(rest[0], None)
            elif kind == "timer":
                self.timers[rest[0]] = [rest[1], instant(rest[2])]
            elif kind == "message":
                self.messages[rest[0]] = [rest[1], rest[2], rest[3] if len(rest) > 3 else _key(known, rest[0], rest[2])]
            elif kind == "key":
                for message in self.messages.values():
                    if message[1] == rest[0]:
                        message[2] = rest[1]
            else:
                raise ValueError("an unknown kind of waiting")


def _key(known: dict[str, list[str | None]], task: str, message: str) -> str | None:
    return known[task][2] if task in known and known[task][1] == message else None


# --- a bundle

TEXT, OPT_TEXT, INT, OPT_INT = (str,), (str, type(None)), (int,), (int, type(None))
SHAPES: dict[str, dict[str, tuple[type, ...]]] = {
    "keys.jsonl": {},
    "definitions.jsonl": {"key": TEXT, "version": INT, "hash": TEXT, "sources": (dict,)},
    "effects.jsonl": {"key": TEXT, "kind": TEXT, "status": TEXT, "next_at": TEXT, "lease_until": OPT_TEXT},
    "commands.jsonl": {"actor": TEXT, "key": TEXT, "kind": TEXT, "instance": OPT_TEXT, "at": TEXT},
    "incidents.jsonl": {
        "instance": OPT_TEXT, "task": OPT_TEXT, "key": TEXT, "kind": TEXT, "about": OPT_TEXT,
    },
    "instances.jsonl": {
        "id": TEXT, "definition_key": TEXT, "definition_hash": TEXT, "business_key": TEXT, "parent": OPT_TEXT,
        "status": TEXT, "version": INT, "head_seq": INT, "head_hash": TEXT, "ended_at": OPT_TEXT,
    },
    "user_tasks.jsonl": {
        "id": TEXT, "instance": TEXT, "element": TEXT, "status": TEXT, "unit": TEXT, "due_on": TEXT,
        "completed_by": OPT_TEXT, "completed_at": OPT_TEXT,
    },
    "timers.jsonl": {
        "task": TEXT, "instance": TEXT, "element": TEXT, "due_at": TEXT, "status": TEXT, "lease_until": OPT_TEXT,
    },
    "subscriptions.jsonl": {"task": TEXT, "instance": TEXT, "element": TEXT, "message": TEXT, "key": TEXT},
    "events.jsonl": {"event": (dict,), "hash": TEXT, "payload": OPT_TEXT, "salt": OPT_TEXT, "index": OPT_INT},
    "checkpoints.jsonl": {"size": INT, "note": TEXT, "cosignatures": (list,)},
    "proofs.jsonl": {"stream": TEXT, "seq": INT, "index": INT, "proof": (list,)},
}  # fmt: skip
MANIFEST: dict[str, tuple[type, ...]] = {
    "format": TEXT, "made_at": TEXT, "scope": TEXT, "origin": OPT_TEXT, "events": INT, "erased": INT,
    "heads": (dict,), "files": (dict,),
}  # fmt: skip
TABLES = ("user_tasks.jsonl", "timers.jsonl", "subscriptions.jsonl")
OPEN = ("open", "claimed")
MAY_MOVE_NOTHING = ("claim", "unclaim", "cancel_children")
MAY_MOVE_TWICE = ("deliver", "deliver_to_one", "add_signers")
INWARD = ("message", "sealed", "start", "cancel")  # effects that are commands under the effect's key
LONGEST_WAIT, FORGOTTEN = timedelta(hours=1), timedelta(minutes=10)
MUST_BE_TOLD, WAS_TOLD, MAY_TWICE = 1, 2, 4
_SECRET = os.urandom(16)


def mark(*values: Any) -> int:
    """Stands for the values in sets: eight bytes under a key that nobody else knows."""
    said = repr(values).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8, key=_SECRET).digest(), "big")


def is_shaped(row: Any, shape: dict[str, tuple[type, ...]]) -> bool:
    return type(row) is dict and row.keys() == shape.keys() and all(type(row[name]) in shape[name] for name in shape)


Signed = tuple[Place, Checkpoint]
Wanted = tuple[bytes, str, Any]  # a root, whose it is, and where it stands
InstanceSaid = tuple[int, int, int, int]  # version, and marks of what it runs, of its end, of its head


class Bundle:
    """A duban-bundle/2 as it is read: tables first, then the events, then the tree over them."""

    def __init__(self, archive: Archive, manifest: dict[str, Any], report: Report, progress: Progress) -> None:
        self.archive, self.manifest, self.report, self.progress = archive, manifest, report, progress
        self.scope: str = manifest["scope"]
        self.made_at: str = manifest["made_at"]
        self.origin: str | None = manifest["origin"]
        self.keys: Keys | None = None
        self.witnesses: list[Verifier] = []
        self.trusted_from = 0
        self.definitions: dict[str, str] = {}  # hash -> key
        self.commands: dict[int, int] = {}
        self.instances: dict[str, InstanceSaid] = {}
        self.parents: dict[str, str | None] = {}
        self.rows: dict[str, set[int]] = {name: set() for name in TABLES}
        self.unsure: dict[str, set[str]] = {name: set() for name in TABLES}
        self.waiting: set[str] = set()  # instances with a task, a timer or an incident
        self.subscribed: set[str] = set()
        self.alone: set[str] = set()  # wait for nothing but a message, and have no parent: a child must send it
        self.incident_keys: set[str] = set()
        self.incident_abouts: set[str] = set()
        self.troubled: set[str] = set()
        self.wanted: dict[int, str] = {}  # commands that done effects ask for
        self.has_pending = False
        self.leaves = bytearray()
        self.placed = bytearray()
        self.places: dict[int, tuple[str, int, bytes]] = {}  # of one instance: index -> stream, seq, hash
        self.unplaced = 0
        self.erased: set[tuple[str, int]] = set()
        self.named: set[tuple[str, int]] = set()  # as erased, by an act
        self.covered = 0

    @property
    def is_whole(self) -> bool:
        return self.scope == "all"

    def rows_of(self, name: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The rows that have the shape of their member; the others are faults."""
        shape = SHAPES[name]
        for number, line in self.archive.lines(name):
            at = (name, number)
            try:
                row = _parse(line.decode("utf-8"))
            except DAMAGED as error:
                self.report.fault(0, f"no JSON: {str(error)[:200]}", at)
                continue
            if shape and not is_shaped(row, shape):
                self.report.fault(0, "not the fields of such a row", at)
                continue
            yield at, row

    def verify(self, trusted: Sequence[str], outside: Sequence[str], held: Sequence[Held]) -> None:
        self.read_keys(trusted, outside)
        self.read_definitions()
        self.read_incidents()
        self.read_effects()
        self.read_commands()
        self.read_instances()
        self.read_tables()
        self.read_events()
        self.hold_back()
        self.read_proofs_and_checkpoints(held)
        self.compare_sums()

    # keys, definitions

    def read_keys(self, trusted: Sequence[str], outside: Sequence[str]) -> None:
        for at, row in self.rows_of("keys.jsonl"):
            try:
                self._take_key(row)
            except DAMAGED as error:
                self.report.fault(4, f"a key that is not to be trusted: {error}", at)
                break
        if outside:
            self.witnesses = [Verifier(vkey, WITNESS) for vkey in outside]
        if self.keys is not None and self.keys.origin != self.origin:
            self.report.fault(4, "the keys are of another log than the manifest says")
        for vkey in trusted:
            try:
                self.trusted_from = max(self.trusted_from, self._place(vkey))
            except ValueError:
                self.report.fault(4, "the log is not signed with the key that you gave")

    def _place(self, vkey: str) -> int:
        if self.keys is None:
            raise ValueError("no key")
        return self.keys.place_of(vkey)

    def _take_key(self, row: dict[str, Any]) -> None:
        kind = row["kind"]
        if kind == "first" and self.keys is None:
            self.keys = Keys(row["vkey"])
        elif kind == "rotation" and self.keys is not None:
            self.keys.rotate(row["note"])
        elif kind == "witness" and len(self.witnesses) < MOST_KEYS:
            self.witnesses.append(Verifier(row["vkey"], WITNESS))
        else:
            raise ValueError("an unknown kind, or in another order")

    def read_definitions(self) -> None:
        for at, row in self.rows_of("definitions.jsonl"):
            try:
                is_true = source_hash(row["sources"]) == row["hash"]
            except DAMAGED:
                is_true = False
            if not is_true:
                self.report.fault(4, f"the sources of {row['key']} are not those of their hash", at)
            self.definitions[row["hash"]] = row["key"]

    # 1, 2, 6, 7

    def read_incidents(self) -> None:
        for _, row in self.rows_of("incidents.jsonl"):
            self.incident_keys.add(row["key"])
            self.incident_abouts.add(row["about"] or "")
            if row["instance"]:
                self.waiting.add(row["instance"])
                self.troubled.add(row["instance"])

    def read_effects(self) -> None:
        seen: set[int] = set()
        for at, row in self.rows_of("effects.jsonl"):
            key = mark(row["key"])
            if key in seen:
                self.report.fault(2, f"the effect {row['key']} stands twice", at)
            seen.add(key)
            self._take_effect(at, row)
        self.report.counts["effects"] = len(seen)

    def _take_effect(self, at: Place, row: dict[str, Any]) -> None:
        status, kind = row["status"], row["kind"]
        if status in ("pending", "failed"):
            self.has_pending = True
        if status == "done" and kind in INWARD and self.is_whole:
            self.wanted[mark(row["key"]) if kind == "sealed" else mark("clock", row["key"])] = row["key"]
        if status == "failed" and not self._is_known(row):
            self.report.fault(7, f"the effect {row['key']} has failed and nobody has it in hand", at)
        if status == "pending":
            if row["next_at"] < moved_by(self.made_at, -LONGEST_WAIT):
                self.report.fault(7, f"the effect {row['key']} has waited for too long", at)
            if row["lease_until"] is not None and row["lease_until"] < moved_by(self.made_at, -FORGOTTEN):
                self.report.fault(6, f"the effect {row['key']} is claimed beyond its lease", at)

    def _is_known(self, row: dict[str, Any]) -> bool:
        return row["key"] in self.incident_keys or "outbox:" + row["kind"] in self.incident_abouts

    def read_commands(self) -> None:
        for at, row in self.rows_of("commands.jsonl"):
            who = mark(row["actor"], row["key"])
            if who in self.commands:
                self.report.fault(1, f"the command {row['key']} of {row['actor']} stands twice", at)
            self.commands[who] = self._flags(row)
            self.wanted.pop(who, None)
            self.wanted.pop(mark(row["key"]), None)
        self.report.counts["commands"] = len(self.commands)
        for key in self.wanted.values():
            self.report.fault(2, f"the effect {key} is marked as done but no command did it")

    def _flags(self, row: dict[str, Any]) -> int:
        instance, kind = row["instance"], row["kind"]
        flags = MAY_TWICE if kind in MAY_MOVE_TWICE else 0
        if instance is None or kind in MAY_MOVE_NOTHING or not (self.is_whole or instance == self.scope):
            return flags
        return mark(instance) << 3 | flags | MUST_BE_TOLD

    # the tables

    def read_instances(self) -> None:
        for at, row in self.rows_of("instances.jsonl"):
            id_ = row["id"]
            if id_ in self.instances:
                self.report.fault(5, f"the instance {id_} stands twice", at)
            if self.definitions.get(row["definition_hash"]) != row["definition_key"]:
                self.report.fault(5, f"the instance {id_} runs under a version that is not there", at, id_)
            of_what = mark(row["definition_hash"], row["business_key"])
            end = mark(row["status"], row["ended_at"])
            head = mark(row["head_seq"], row["head_hash"])
            self.instances[id_] = (row["version"], of_what, end, head)
            self.parents[id_] = row["parent"]
        self.report.counts["instances"] = len(self.instances)

    def read_tables(self) -> None:
        for name in TABLES:
            count = 0
            for _, row in self.rows_of(name):
                count += 1
                said = SAID[name](row)
                if said is None:
                    continue
                if mark(*said) in self.rows[name]:
                    self.report.fault(5, "a row stands twice", (name, count))
                self.rows[name].add(mark(*said))
                self._note_waiting(name, row, (name, count))
            self.report.counts[name[:-6]] = count

    def _note_waiting(self, name: str, row: dict[str, Any], at: Place) -> None:
        if name == "subscriptions.jsonl":
            self.subscribed.add(row["instance"])
        elif name == "user_tasks.jsonl":
            if row["status"] in OPEN:
                self.waiting.add(row["instance"])
        elif row["status"] == "waiting":
            until = row["lease_until"]
            if until is None or until < NEVER:
                self.waiting.add(row["instance"])
            late = until is not None and until < moved_by(self.made_at, -FORGOTTEN)
            if late and row["instance"] not in self.troubled:
                self.report.fault(6, f"the timer {row['task']} is claimed beyond its lease", at, row["instance"])

    # 4: chains and payloads; and what they say

    def read_events(self) -> None:
        heads: dict[str, Any] = dict(self.manifest["heads"])
        total, count = self.manifest["events"], 0
        story: Story | None = None
        for at, row in self.rows_of("events.jsonl"):
            count += 1
            self.progress.at(count, total)
            name, number = row["event"].get("stream"), row["event"].get("seq")
            if not isinstance(name, str) or type(number) is not int:
                self.report.fault(4, "an event without a stream or a number", at)
                continue
            if story is None or name != story.stream:
                self.end_stream(story, heads)
                story = Story(name)
                if name not in heads:
                    self.report.fault(4, "a stream that comes twice, or that the manifest lacks", at, name, number)
            self._link(at, row, story)
            self._place_in_log(at, row, story, total)
            self._tell(at, row, story)
            story.seq, story.last = number, row["hash"]
        self.end_stream(story, heads)
        self.report.counts["events"] = count
        for name in heads:
            self.report.fault(4, "all events of this stream are gone", None, name)
        if (count, len(self.erased)) != (total, self.manifest["erased"]):
            self.report.fault(4, f"{count} events and {len(self.erased)} erased payloads, unlike the manifest says")
        self.require_acts()

    def require_acts(self) -> None:
        """What is gone was erased under the law; one instance's bundle does not have the acts that say so."""
        for name, number in sorted(self.erased - self.named) if self.is_whole else ():
            self.report.fault(4, "what the event says is gone, and no act says that it was erased", None, name, number)

    def _link(self, at: Place, row: dict[str, Any], story: Story) -> None:
        fields, name = row["event"], story.stream
        number = fields["seq"]
        if number != story.seq + 1:
            self.report.fault(4, "an event is missing, added or out of order", at, name, number)
        elif fields.get("prev") != story.last:
            self.report.fault(4, "it does not follow the event before it", at, name, number)
        if not _is_sealed(row):
            self.report.fault(4, "the event was changed", at, name, number)
        elif row["payload"] is None:
            self.erased.add((name, number))
            if row["salt"] is not None:
                self.report.fault(4, "a salt without its payload", at, name, number)
        elif not _is_kept(row):
            self.report.fault(4, "what the event says was changed", at, name, number)

    def _place_in_log(self, at: Place, row: dict[str, Any], story: Story, total: int) -> None:
        """Note the event's leaf. Within a stream places rise, and none comes behind an event without a place."""
        index, name, number = row["index"], story.stream, row["event"]["seq"]
        if index is None:
            self.unplaced += 1
            story.index = 1 << 62
        elif index <= story.index or index < 0 or not HEX_256.fullmatch(row["hash"]):
            self.report.fault(4, "its place in the log is not behind that of the event before", at, name, number)
        else:
            story.index = index
            if not self._note_leaf(index, bytes.fromhex(row["hash"]), name, number, total):
                self.report.fault(4, "its place in the log is beyond the end, or another event's", at, name, number)

    def _note_leaf(self, index: int, leaf: bytes, name: str, number: int, total: int) -> bool:
        if not self.is_whole:
            is_new = index not in self.places
            self.places[index] = (name, number, leaf)
            return is_new
        if index >= total:
            return False
        if index >= len(self.placed):
            grown = min(total, max(index + 1, 2 * len(self.placed)))
            self.leaves.extend(bytes(32 * (grown - len(self.placed))))
            self.placed.extend(bytes(grown - len(self.placed)))
        is_new = not self.placed[index]
        self.placed[index] = 1
        self.leaves[32 * index : 32 * index + 32] = leaf
        return is_new

    def _tell(self, at: Place, row: dict[str, Any], story: Story) -> None:
        fields, name = row["event"], story.stream
        if name in NO_INSTANCE:
            self._note_erasures(name, row["payload"])
            return
        try:
            self._cross_out_command(at, fields, name)
            story.take(fields, row["payload"])
        except DAMAGED as error:
            story.is_told = False
            self.report.fault(5, f"it does not say what such an event says: {error!r}"[:300], at, name, fields["seq"])

    def _note_erasures(self, stream: str, payload: str | None) -> None:
        """An act of the administration names the events that were erased under the law."""
        if stream == "administration" and payload is not None and '"seqs"' in payload:
            try:
                told = _parse_payload(payload)
                if told["act"] == ERASURE:
                    self.named |= {(told["stream"], seq) for seq in told["seqs"]}
            except DAMAGED:
                return

    def _cross_out_command(self, at: Place, fields: dict[str, Any], name: str) -> None:
        who = mark(fields["actor"], fields["command_key"])
        flags = self.commands.get(who)
        if flags is None:
            if fields["type"] not in BY_THE_HOUSE:
                self.report.fault(1, "the event comes from no command", at, name, fields["seq"])
        elif flags & MUST_BE_TOLD and flags >> 3 == mark(name):
            self.commands[who] = flags | WAS_TOLD

    def end_stream(self, story: Story | None, heads: dict[str, Any]) -> None:
        if story is None:
            return
        stream = story.stream
        if heads.pop(stream, None) != [story.seq, story.last]:
            self.report.fault(4, "the last event is not the head that the manifest has", None, stream, story.seq)
        if stream in NO_INSTANCE:
            return
        found = self.instances.pop(stream, None)
        if found is None:
            self.report.fault(5, "the stream belongs to no instance", None, stream, story.seq)
        else:
            self._compare_instance(found, story)
        for (actor, key), count in story.by_command.items():
            flags = self.commands.get(mark(actor, key))
            if count > 1 and flags is not None and not flags & MAY_TWICE:
                self.report.fault(1, f"the command {key} of {actor} moved it {count} times", None, stream)
        self._compare_tables(story)
        self._look_for_end(story)

    def _compare_instance(self, found: InstanceSaid, story: Story) -> None:
        version, of_what, end, head = found
        stream = story.stream
        if version != story.steps:
            self.report.fault(3, f"version {version} after {story.steps} steps", None, stream)
        if head != mark(story.seq, story.last):
            self.report.fault(4, "the instance remembers another last event", None, stream, story.seq)
        if not story.is_told:
            return
        if of_what != mark(story.definition_hash, story.business_key):
            self.report.fault(5, "the instance has another version or business key than its events", None, stream)
        if end != mark(story.status, story.ended_at):
            self.report.fault(5, "the instance has another status or end than its events", None, stream)

    def _compare_tables(self, story: Story) -> None:
        """Cross out the rows that the log accounts for; what is missing is a fault at once."""
        stream = story.stream
        if not story.is_told:
            for name in TABLES:
                self.unsure[name].add(stream)
            return
        for task, (element, due_on, units) in story.tasks.items():
            may = [("open", task, stream, element, due_on, unit) for unit in units]
            self._cross_out("user_tasks.jsonl", may, task, "is open by the log", stream)
        for task, said in story.closed:
            may = [("closed", task, stream, *rest) for rest in said]
            self._cross_out("user_tasks.jsonl", may, task, "is closed by the log", stream)
        if story.has_waits:
            self._compare_waits(story, stream)
        else:
            self.unsure["timers.jsonl"].add(stream)
            self.unsure["subscriptions.jsonl"].add(stream)

    def _compare_waits(self, story: Story, stream: str) -> None:
        for task, (element, due_at) in story.timers.items():
            status = "waiting" if due_at < NEVER else "held"
            said = (task, stream, element, due_at, status)
            if status == "waiting" or mark(*said) in self.rows["timers.jsonl"]:  # that stands still may have no row
                self._cross_out("timers.jsonl", [said], task, "waits by the log", stream)
        for task in story.fired:
            self._cross_out("timers.jsonl", [(task, "fired")], task, "has fired by the log", stream)
        for task, (place, message, key) in story.messages.items():
            row = (task, stream, place, message, key)
            self._cross_out("subscriptions.jsonl", [row], task, "waits by the log", stream)

    def _cross_out(self, name: str, may: Iterable[tuple[Any, ...]], task: str, what: str, stream: str) -> None:
        rows = self.rows[name]
        for said in may:
            if mark(*said) in rows:
                rows.discard(mark(*said))
                return
        self.report.fault(5, f"{name}: {task} {what}, and no row says the same", None, stream)

    # 8

    def _look_for_end(self, story: Story) -> None:
        """An active instance has somebody or something that can move it on."""
        stream = story.stream
        if story.status != "active" or stream in self.waiting or self.has_pending:
            return
        if stream not in self.subscribed:
            self.report.fault(8, "nothing is open that could move it on", None, stream)
        elif self.is_whole and self.parents.get(stream) is None:
            self.alone.add(stream)

    def hold_back(self) -> None:
        """What no event has accounted for."""
        for id_ in self.instances:
            self.report.fault(5, "the instance has no events", None, id_)
        with_children = set(self.parents.values())
        for id_ in self.alone - with_children:
            self.report.fault(8, "it waits for a message that nobody can send", None, id_)
        self._untold_commands()
        for name in TABLES:
            if self.rows[name]:
                self._unaccounted(name)

    def _untold_commands(self) -> None:
        if not any(flags & MUST_BE_TOLD and not flags & WAS_TOLD for flags in self.commands.values()):
            return
        for at, row in self.rows_of("commands.jsonl"):
            flags = self.commands.get(mark(row["actor"], row["key"]), 0)
            if flags & MUST_BE_TOLD and not flags & WAS_TOLD:
                text = f"the command {row['key']} of {row['actor']} left no event"
                self.report.fault(1, text, at, row["instance"])

    def _unaccounted(self, name: str) -> None:
        for at, row in self.rows_of(name):
            said = SAID[name](row)
            if said is None or mark(*said) not in self.rows[name]:
                continue
            if row["instance"] not in self.unsure[name]:
                self.report.fault(5, f"{_id(row)}: the log does not say so", at, row["instance"])

    # 4: the tree

    def read_proofs_and_checkpoints(self, held: Sequence[Held]) -> None:
        points, newest_cosigned = self._checkpoints()
        if self.is_whole:
            self._grow(points, held)
        else:
            self._prove(points, held)
        self._say_what_is_not_covered(points, newest_cosigned, held)

    def _checkpoints(self) -> tuple[list[Signed], int]:
        found: list[Signed] = []
        size, signer, cosigned = -1, 0, -1
        for at, row in self.rows_of("checkpoints.jsonl"):
            try:
                point = Checkpoint(row["note"])
                if (point.origin, point.size) != (self.origin, row["size"]) or point.size <= size:
                    raise ValueError("of another log, or not larger than the one before")
                if self.keys is None:
                    raise ValueError("there is no key to check it with")
                place = self.keys.signer_of(point.note)
                if place < signer:
                    raise ValueError("signed with a key that had been replaced")
                if place >= self.trusted_from:
                    self.covered = point.size
                if self._is_cosigned(point, row["cosignatures"]):
                    cosigned = point.size
                size, signer = point.size, place
            except DAMAGED as error:
                self.report.fault(4, f"a checkpoint that does not hold: {error}", at)
                continue
            found.append((at, point))
        self.report.counts["checkpoints"] = len(found)
        return found, cosigned

    def _is_cosigned(self, point: Checkpoint, lines: list[Any]) -> bool:
        """By one of the witnesses at least. Raises ValueError for a line of a known witness that is forged."""
        answers = [point.is_cosigned(line, witness) for line in lines for witness in self.witnesses]
        if False in answers:
            raise ValueError("a cosignature that the witness has not made")
        return True in answers

    def _grow(self, points: list[Signed], held: Sequence[Held]) -> None:
        """All leaves are here: the tree is grown once, and looked at wherever somebody has signed it."""
        for at, _ in self.rows_of("proofs.jsonl"):
            self.report.fault(0, "a proof, where all leaves are there", at)
        placed = sum(self.placed)
        if 0 in self.placed[:placed]:
            placed = self.placed.index(0)
            self.report.fault(4, f"the log has a gap at place {placed}")
        wanted = self._wanted_roots(points, held)
        if not wanted:
            return
        tree = Tree((self.origin or "").rpartition("/")[2])
        self._compare_roots(wanted.pop(0, []), tree)
        for index in range(placed):
            tree.add(bytes(self.leaves[32 * index : 32 * index + 32]))
            if tree.size in wanted:
                self._compare_roots(wanted.pop(tree.size), tree)
        for size, rows in wanted.items():
            for _root, whose, at in rows:
                self.report.fault(4, f"the log has {placed} events; {whose} covers {size}: events are gone", at)

    def _wanted_roots(self, points: list[Signed], held: Sequence[Held]) -> dict[int, list[Wanted]]:
        """By the size of the tree."""
        wanted: dict[int, list[Wanted]] = {}
        for at, point in points:
            wanted.setdefault(point.size, []).append((point.root, "a checkpoint of this bundle", at))
        for each in held:
            if self._is_of_this_log(each):
                wanted.setdefault(each.point.size, []).append((each.point.root, each.name, None))
        return wanted

    def _compare_roots(self, rows: list[Wanted], tree: Tree) -> None:
        for root, whose, at in rows:
            if tree.root() != root:
                self.report.fault(4, f"the tree over {tree.size} events is not that of {whose}", at)

    def _is_of_this_log(self, held: Held) -> bool:
        """A held checkpoint binds whoever signed it, so its signature must be of this log too."""
        point = held.point
        if point.origin != self.origin:
            self.report.fault(4, f"{held.name} is of another log: {point.origin}")
            return False
        if self.keys is None:
            self.report.uncovered.append(f"who signed {held.name}: the bundle has no key")
            return True
        try:
            self.keys.signer_of(point.note)
        except ValueError as error:
            self.report.fault(4, f"{held.name}: {error}")
        return True

    def _prove(self, points: list[Signed], held: Sequence[Held]) -> None:
        """One instance: each event that has a place by a proof to the newest checkpoint."""
        newest = points[-1][1] if points else None
        proved: set[int] = set()
        for at, row in self.rows_of("proofs.jsonl"):
            try:
                stream, seq, raw = self.places[row["index"]]
                proof = [from_base64(step) for step in row["proof"]]
                is_there = newest is not None and (stream, seq) == (row["stream"], row["seq"]) and is_included(
                    newest.origin.rpartition("/")[2], raw, row["index"], newest.size, proof, newest.root
                )  # fmt: skip
            except DAMAGED:
                is_there = False
            if not is_there or row["index"] in proved:
                self.report.fault(4, "this proof does not lead to the newest checkpoint", at, row["stream"], row["seq"])
            proved.add(row["index"])
        for index, (stream, seq, _raw) in sorted(self.places.items()):
            if newest is not None and index < newest.size and index not in proved:
                self.report.fault(4, "there is no proof that the event is in the log", None, stream, seq)
        for each in held:
            if self._is_of_this_log(each) and newest is not None and each.point.size == newest.size:
                if each.point.root != newest.root:
                    self.report.fault(4, f"the newest checkpoint is not that of {each.name}")
            else:
                text = f"{each.name}: of another size than the bundle's checkpoint; ask for the bundle of all"
                self.report.uncovered.append(text)

    def _say_what_is_not_covered(self, points: list[Signed], cosigned: int, held: Sequence[Held]) -> None:
        say = self.report.uncovered.append
        self._say_of_the_log(points, cosigned)
        largest = max((each.point.size for each in held), default=None)
        if largest is None:
            say("no checkpoint that you hold was given: that the log was rewritten as a whole would not show")
        elif self.is_whole and self._beyond(largest):
            say(f"{self._beyond(largest)} events beyond the largest checkpoint that you hold")
        if self.erased:
            how = "acts name each of them" if self.is_whole else "whether acts name them is in the bundle of all"
            say(f"what {len(self.erased)} erased events said; {how}")
        for name in TABLES:
            if self.unsure[name]:
                say(f"{name[:-6]} of {len(self.unsure[name])} instances: their events do not tell enough")
        if not self.is_whole:
            say("other instances, and whether their messages came from where they should")
        say("whether the clock was right: times are what the office's machine said")
        say("rows that no event speaks of: drafts, settings, files, figures, names of persons and units")

    def _say_of_the_log(self, points: list[Signed], cosigned: int) -> None:
        say, beyond = self.report.uncovered.append, self._beyond(self.covered)
        if not points:
            say("all events: no checkpoint is in the bundle; chains alone show no edit of whoever may hash them anew")
            return
        if beyond:
            say(f"{beyond} events beyond the newest trusted checkpoint, of {self.covered}: only chained so far")
        newest = points[-1][1].size
        if cosigned < 0:
            say("no checkpoint was co-signed outside")
        elif cosigned < newest:
            say(f"co-signed outside are the events up to {cosigned} of {newest}")

    def _beyond(self, size: int) -> int:
        """Events that a checkpoint of this size does not cover."""
        placed = sum(self.placed[size:]) if self.is_whole else sum(index >= size for index in self.places)
        return self.unplaced + placed

    def compare_sums(self) -> None:
        files = self.manifest["files"]
        for name in sorted(set(SHAPES) | set(files)):
            if files.get(name) != self.archive.sums.get(name):
                self.report.fault(0, f"{name} is not the member that the manifest names")


def _said_of_task(row: dict[str, Any]) -> tuple[Any, ...] | None:
    if row["status"] in OPEN:
        return ("open", row["id"], row["instance"], row["element"], row["due_on"], row["unit"])
    by = row["completed_by"], row["completed_at"]
    return ("closed", row["id"], row["instance"], row["element"], row["status"], *by)


def _said_of_timer(row: dict[str, Any]) -> tuple[Any, ...] | None:
    if row["status"] in ("waiting", "held"):
        return (row["task"], row["instance"], row["element"], row["due_at"], row["status"])
    return (row["task"], "fired") if row["status"] == "fired" else None


def _said_of_subscription(row: dict[str, Any]) -> tuple[Any, ...] | None:
    return (row["task"], row["instance"], row["element"], row["message"], row["key"])


SAID: dict[str, Callable[[dict[str, Any]], tuple[Any, ...] | None]] = {
    "user_tasks.jsonl": _said_of_task,
    "timers.jsonl": _said_of_timer,
    "subscriptions.jsonl": _said_of_subscription,
}


def _id(row: dict[str, Any]) -> str:
    return str(row.get("id") or row.get("task"))


def source_hash(sources: dict[str, str]) -> str:
    running = hashlib.sha256()
    for name in sorted(sources):
        content = sources[name].encode()
        running.update((f"{len(name)}:{name}:{len(content)}:").encode() + content)
    return running.hexdigest()


# --- the earlier format


def verify_first_format(archive: Archive, manifest: dict[str, Any], report: Report, progress: Progress) -> None:
    """duban-bundle/1: events and heads, nothing above them. Only the chains and payloads can be held against it."""
    if not {"events", "erased", "heads"} <= manifest.keys() or type(manifest["heads"]) is not dict:
        raise Damaged("the manifest is not one of a bundle")
    files = {"events.jsonl": manifest.get("events_sha256")}
    whole = {"made_at": "", "scope": "all", "origin": None, "files": files, **manifest}
    bundle = FirstFormat(archive, whole, report, progress)
    bundle.read_events()
    if files["events.jsonl"] != archive.sums.get("events.jsonl"):
        report.fault(0, "events.jsonl is not the member that the manifest names")
    say = report.uncovered.append
    say("the format duban-bundle/1: of the eight checks only the chains, payloads and heads (4) could be made")
    say("all events: there is no checkpoint; chains alone show no edit of whoever may hash them anew")
    say("whether the clock was right: times are what the office's machine said")
    if bundle.erased:
        say(f"{len(bundle.erased)} payloads that were erased, and whether under the law")


FIRST_SHAPE: dict[str, tuple[type, ...]] = {"event": (dict,), "hash": TEXT, "payload": OPT_TEXT, "salt": OPT_TEXT}


class FirstFormat(Bundle):
    def rows_of(self, name: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        for number, line in self.archive.lines(name):
            try:
                row = _parse(line.decode("utf-8"))
            except DAMAGED as error:
                self.report.fault(0, f"no JSON: {str(error)[:200]}", (name, number))
                continue
            if is_shaped(row, FIRST_SHAPE):
                yield (name, number), {**row, "index": None}
            else:
                self.report.fault(0, "not the fields of such a row", (name, number))

    def require_acts(self) -> None:
        return

    def _tell(self, at: Place, row: dict[str, Any], story: Story) -> None:
        return

    def end_stream(self, story: Story | None, heads: dict[str, Any]) -> None:
        if story is not None and heads.pop(story.stream, None) != [story.seq, story.last]:
            self.report.fault(4, "the last event is not the head that the manifest has", None, story.stream, story.seq)


# --- the seal, and the whole


def check_seal(archive: Archive, keys: Keys | None, origin: str | None, report: Report) -> None:
    """The zip's comment: a note over all bytes before it."""
    try:
        comment = archive.comment.decode("utf-8")
        if "\n\n" in comment:
            _check_signed_seal(Note(comment), keys, archive.digest())
            return
        title, digest = comment[:-1].split("\n")
        if comment[-1:] != "\n" or title != "duban-bundle/2" or digest != archive.digest():
            raise ValueError("the file was changed after it was made")
        report.uncovered.append("the file as a whole: nobody has signed it, so the rows beside the events are only "
                                "held against the events")  # fmt: skip
        if origin is None:
            report.uncovered.append("this office keeps no log over its streams")
    except DAMAGED as error:
        report.fault(0, f"the seal over the file does not hold: {error}")


def _check_signed_seal(note: Note, keys: Keys | None, digest: str) -> None:
    title, said = note.text[:-1].split("\n")
    if keys is None or title != keys.origin + "/bundle":
        raise ValueError("the seal is of another log")
    if len(note.signatures) != 1 or not note.by(keys.chain[-1]):
        raise ValueError("the seal is not signed with the log's present key")
    if said != digest:
        raise ValueError("the file was changed after it was sealed")


class Held:
    """A checkpoint that somebody kept. Raises Unreadable."""

    def __init__(self, path: str) -> None:
        self.name = os.path.basename(path)
        try:
            self.point = Checkpoint(_small_text(path))
        except DAMAGED as error:
            raise Unreadable(f"{path} is no checkpoint: {error}") from error


class Progress:
    """A line on stderr, when somebody looks at it."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()

    def at(self, count: int, total: int) -> None:
        if self._is_shown and count % 20_000 == 0:
            sys.stderr.write(f"\r{count} of {total} events ")
            sys.stderr.flush()


def verify_bundle(
    path: str,
    trusted: Sequence[str] = (),
    outside: Sequence[str] = (),
    held: Sequence[Held] = (),
    limits: Limits | None = None,
) -> Report:
    """Raises Unreadable."""
    report, limits = Report(os.path.basename(path)), limits or Limits(64 << 30, 64 * MIB)
    with _opened(path) as file:
        archive = Archive(file, limits)
        manifest = _manifest(archive, limits)
        report.format = str(manifest.get("format"))
        if report.format == "duban-bundle/1":
            verify_first_format(archive, manifest, report, Progress())
            return report
        if report.format != "duban-bundle/2" or not is_shaped(manifest, MANIFEST):
            raise Damaged("the manifest is not one of a bundle that this program knows")
        _check_members(archive, report)
        try:
            instant(manifest["made_at"])
        except DAMAGED as error:
            raise Damaged("the manifest does not say when it was made") from error
        bundle = Bundle(archive, manifest, report, Progress())
        bundle.verify(trusted, outside, held)
        check_seal(archive, bundle.keys, bundle.origin, report)
    if not trusted:
        report.uncovered.append("whose log it is: no --key was given, the bundle's own key was believed")
    return report


def _check_members(archive: Archive, report: Report) -> None:
    wanted = {"manifest.json", *SHAPES}
    if set(archive.names) != wanted:
        raise Damaged(f"members are missing or added: {', '.join(sorted(wanted ^ set(archive.names)))[:300]}")


def _manifest(archive: Archive, limits: Limits) -> dict[str, Any]:
    if "manifest.json" not in archive.names or "events.jsonl" not in archive.names:
        raise Damaged("no bundle: it has no manifest or no events")
    try:
        found = _parse(archive.whole("manifest.json", 4 * limits.line).decode("utf-8"))
    except DAMAGED as error:
        raise Damaged(f"the manifest is no JSON: {str(error)[:200]}") from error
    if type(found) is not dict:
        raise Damaged("the manifest is no object")
    return found


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise Unreadable(str(error)) from error


# --- a receipt

RECEIPT: dict[str, tuple[type, ...]] = {
    "format": TEXT, "event": (dict,), "hash": TEXT, "index": INT, "proof": (list,), "checkpoint": TEXT,
}  # fmt: skip


def verify_receipt(path: str, trusted: Sequence[str] = ()) -> Report:
    """Raises Unreadable."""
    report = Report(os.path.basename(path))
    try:
        receipt = _parse(_small_text(path))
    except DAMAGED as error:
        raise Damaged(f"no receipt: {str(error)[:200]}") from error
    if not is_shaped(receipt, RECEIPT) or receipt["format"] != "duban-receipt/1":
        raise Damaged("no receipt that this program knows")
    report.format = "duban-receipt/1"
    fields = receipt["event"]
    stream, seq = str(fields.get("stream"))[:80], fields.get("seq") if isinstance(fields.get("seq"), int) else None
    try:
        _check_receipt(receipt, trusted)
    except DAMAGED as error:
        report.fault(4, str(error), None, stream, seq)
    if not trusted:
        report.uncovered.append("who signed the checkpoint: no --key was given, so anybody may have made this receipt")
    report.uncovered.append("what the event says: the receipt holds its commitment only")
    report.uncovered.append("whether the clock was right: times are what the office's machine said")
    return report


def _check_receipt(receipt: dict[str, Any], trusted: Sequence[str]) -> None:
    if event_hash(receipt["event"]) != receipt["hash"]:
        raise ValueError("the event was changed")
    point = Checkpoint(receipt["checkpoint"])
    alg, proof = point.origin.rpartition("/")[2], [from_base64(step) for step in receipt["proof"]]
    if not is_included(alg, from_hex(receipt["hash"]), receipt["index"], point.size, proof, point.root):
        raise ValueError("the event is not in the log of this checkpoint")
    verifiers = [Verifier(vkey, SIGNER) for vkey in trusted]
    if verifiers and not any(verifier.name == point.origin and point.note.by(verifier) for verifier in verifiers):
        raise ValueError("the checkpoint is not signed with the key that you gave")


# --- the command


def _small_text(path: str) -> str:
    """Raises Unreadable, ValueError."""
    with _opened(path) as file:
        raw = file.read(MIB + 1)
    if len(raw) > MIB:
        raise Unreadable(f"{path} is too large")
    return raw.decode("utf-8")


def _vkeys(given: Sequence[str], kind: int) -> list[str]:
    """Each as itself or as the file that holds it. Raises Unreadable."""
    found = []
    for text in given:
        try:
            vkey = text if "+" in text and not os.path.exists(text) else _small_text(text).strip()
            found.append(Verifier(vkey, kind).vkey)
        except DAMAGED as error:
            raise Unreadable(f"{text[:200]} is no verifier key: {error}") from error
    return found


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    is_receipt = arguments[:1] == ["receipt"]
    parser = argparse.ArgumentParser(prog="verify.py receipt" if is_receipt else "verify.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("file", help="the receipt" if is_receipt else "the bundle, or `receipt FILE`")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY")
    parser.add_argument("--json", action="store_true")
    if not is_receipt:
        parser.add_argument("--witness", action="append", default=[], metavar="VKEY")
        parser.add_argument("--checkpoint", action="append", default=[], metavar="FILE")
        parser.add_argument("--most-bytes", type=int, default=64 << 30, help="unpacked; more is refused")
        parser.add_argument("--longest-line", type=int, default=64 * MIB, help="in bytes; a longer one is refused")
    found = parser.parse_args(list(arguments[1:] if is_receipt else arguments))
    found.is_receipt = is_receipt
    return found


def _verified(asked: argparse.Namespace) -> Report:
    keys = _vkeys(asked.key, SIGNER)
    if asked.is_receipt:
        return verify_receipt(asked.file, keys)
    held = [Held(path) for path in asked.checkpoint]
    limits = Limits(asked.most_bytes, asked.longest_line)
    return verify_bundle(asked.file, keys, _vkeys(asked.witness, WITNESS), held, limits)


def main(arguments: Sequence[str]) -> int:
    asked = _arguments(arguments)
    try:
        report = _verified(asked)
    except Damaged as error:
        report = Report(os.path.basename(asked.file))
        report.fault(0, f"this is no whole {'receipt' if asked.is_receipt else 'bundle'}: {error}")
        report.uncovered.append("everything: nothing in it can be relied on")
    except Unreadable as error:
        text = f"UNREADABLE  {os.path.basename(asked.file)}: {error}"
        _print(json.dumps({"verdict": "unreadable", "text": str(error)}) if asked.json else text)
        return 2
    except (Exception, MemoryError) as error:  # noqa: BLE001  no input may end in a traceback
        text = f"{type(error).__name__}: {str(error)[:200]}"
        _print(json.dumps({"verdict": "unreadable", "text": text}) if asked.json else "UNREADABLE  " + text)
        return 2
    _print(report.as_json() if asked.json else report.as_text())
    return 0 if report.is_green else 1


def _print(text: str) -> None:
    """Whatever the terminal can show, and whatever stands in a file."""
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
