"""Whatever lies in a file, the checker answers: green, red or unreadable, at once, and never with a traceback."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from time import process_time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.figure_lines import FigureLine
from tests.tools.bundles import Opened, judged, sealed, verify
from tests.tools.test_verify_forms import KEY, bundle_of, chained, receipt
from tests.torture.sizes import IS_FULL

MUTATIONS = 200_000 if IS_FULL else 2_000
MOST_SECONDS = 5.0
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, 1.5, "", "x" * 5000, "\u0000", "\ud800", "A\u030a", [], {}, [[]], {"": None}, [None, 1],
    "9" * 400, "0" * 64, "2024-13-01T00:00:00Z", "administration", "sm3", "\u2014 x AAAA",
)  # fmt: skip


def random_bytes(chance: Random, whole: bytes) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 21, 22, 23, 100, 5000)))


def cut(chance: Random, whole: bytes) -> bytes:
    return whole[: chance.randrange(len(whole))]


def cut_out(chance: Random, whole: bytes) -> bytes:
    first, last = sorted(chance.sample(range(len(whole)), 2))
    return whole[:first] + whole[last:]


def spoilt(chance: Random, whole: bytes) -> bytes:
    found = bytearray(whole)
    for _ in range(chance.randint(1, 30)):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def spoilt_under_a_fitting_seal(chance: Random, whole: bytes) -> bytes:
    """So that the parser has to bear what the seal would have caught."""
    end = whole.rindex(b"PK\x05\x06") + 20
    return sealed(spoilt(chance, whole[:end]))


def odd_values(chance: Random, whole: bytes) -> bytes:
    """Well packed and wrong inside: a value in some row becomes something else."""
    opened = Opened(whole)
    for _ in range(chance.randint(1, 4)):
        rows = opened.members[chance.choice([name for name, rows in opened.members.items() if rows])]
        place: Any = chance.choice([opened.manifest, chance.choice(rows), chance.choice(rows)])
        while isinstance(place, dict | list) and place:
            key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
            if isinstance(place[key], dict | list) and place[key] and chance.random() < 0.7:
                place = place[key]
                continue
            place[key] = chance.choice(ODD)
            break
    return packed(opened)


def packed(opened: Opened) -> bytes:
    """Some values have no UTF-8: they stand there as JSON's escapes."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, rows in opened.members.items():
            whole = "".join(json.dumps(row) + "\n" for row in rows).encode()
            if isinstance(opened.manifest.get("files"), dict):
                opened.manifest["files"][name] = sha256(whole).hexdigest()
            archive.writestr(name, whole)
        archive.writestr("manifest.json", json.dumps(opened.manifest))
    return sealed(file.getvalue()[:-2])


def odd_lines(chance: Random, whole: bytes) -> bytes:
    """Raw lines: nested without end, no UTF-8, numbers beyond measure, names twice."""
    line = chance.choice(
        (
            b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"1" * 5_000, b'{"event":{},"event":{}}', b"NaN", b"",
            b"{}", b"-" * 100, b'"\\ud800"', b"null", b"1e999", b"\x00" * 1_000,
        )
    )  # fmt: skip
    return with_member(whole, chance.choice(list(verify.SHAPES)), line)


def with_member(whole: bytes, name: str, content: bytes) -> bytes:
    opened, file = Opened(whole), BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for each in opened.members:
            archive.writestr(each, content if each == name else "")
        archive.writestr("manifest.json", content if name == "manifest.json" else json.dumps(opened.manifest))
    return sealed(file.getvalue()[:-2])


def lying_sizes(chance: Random, whole: bytes) -> bytes:
    """The directory of the zip names other sizes and places."""
    found = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    offset = chance.choice((10, 16, 20, 24, 28, 30, 32, 42))
    struct.pack_into("<I", found, at + offset, chance.choice((0, 1, 0xFFFFFFFF, 0xFFFFFFFE, chance.randrange(2**32))))
    return sealed(bytes(found[: whole.rindex(b"PK\x05\x06") + 20]))


Mutation = Callable[[Random, bytes], bytes]
KINDS: tuple[Mutation, ...] = (
    random_bytes, cut, cut_out, spoilt, spoilt_under_a_fitting_seal, odd_values, odd_values, odd_values, odd_lines,
    lying_sizes,
)  # fmt: skip


UNSEALED = (random_bytes, cut, cut_out, spoilt)  # the others bring a seal that fits, and may be harmless


@pytest.fixture(scope="module")
def seeds(bundle: bytes) -> list[bytes]:
    opened = Opened(bundle)
    used = {row["definition_hash"] for row in opened["instances"]}
    opened["definitions"][:] = [row for row in opened["definitions"] if row["hash"] in used]
    return [opened.packed(), bundle_of(chained("administration", 5, "sha256"), KEY)]


def test_nonsense_is_answered_at_once(seeds: list[bytes], tmp_path: Path, figure_line: FigureLine) -> None:
    fates: Counter[str] = Counter()
    longest = 0.0
    for number in range(MUTATIONS):
        chance = Random(number)
        kind = chance.choice(KINDS)
        content = kind(chance, chance.choice(seeds[1:] * 3 + seeds))
        began = process_time()
        try:
            report = judged(tmp_path, content)
        except Exception as error:
            error.add_note(f"mutation {number} by {kind.__name__}")
            raise
        longest = max(longest, process_time() - began)
        fates["unreadable" if report is None else "green" if report.is_green else "red"] += 1
        is_whole = content in seeds or kind not in UNSEALED
        assert report is None or not report.is_green or is_whole, f"mutation {number} by {kind.__name__}"
    figure_line(f"{MUTATIONS:,} spoilt bundles: {dict(fates)}, 0 tracebacks, longest {longest:.2f} s")
    assert longest < MOST_SECONDS


def test_a_spoilt_receipt_is_answered_too(tmp_path: Path) -> None:
    whole = Path(receipt(tmp_path)).read_bytes()
    for number in range(200):
        chance = Random(number)
        file = tmp_path / "spoilt.json"
        file.write_bytes(chance.choice((random_bytes, cut, spoilt))(chance, whole))
        try:
            report = verify.verify_receipt(str(file), [KEY.verifier.written])
        except verify.Unreadable:
            continue
        assert not report.is_green or file.read_bytes() == whole


BOMBS = [("events.jsonl", b"0"), ("events.jsonl", b"\n"), ("manifest.json", b" ")]


@pytest.mark.parametrize(("name", "byte"), BOMBS)
def test_a_bomb_is_refused(seeds: list[bytes], tmp_path: Path, name: str, byte: bytes) -> None:
    bomb = with_member(seeds[1], name, byte * (70 << 20))

    assert len(bomb) < 1 << 20
    assert judged(tmp_path, bomb, limits=verify.Limits(whole=64 << 20, line=1 << 20)) is None


def test_a_line_without_end_is_refused(seeds: list[bytes], tmp_path: Path) -> None:
    long = with_member(seeds[1], "events.jsonl", b"0" * (8 << 20))

    assert judged(tmp_path, long, limits=verify.Limits(whole=1 << 30, line=1 << 20)) is None
