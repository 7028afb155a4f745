"""A bundle taken apart, edited and put together again, as somebody would who has no key; and the checker itself."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from app.ledger.bundle import FORMAT
from app.ledger.note import bundle_text

FILE = Path(__file__).parents[2] / "tools" / "verify.py"


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("verify_bundle", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify: Any = _loaded()
"""tools/verify.py, which is no part of the product and so is loaded from its file."""

Rows = list[dict[str, Any]]


class Opened:
    """manifest and members of a bundle, as lists of rows that may be changed."""

    def __init__(self, bundle: bytes) -> None:
        self.members: dict[str, Rows] = {}
        with ZipFile(BytesIO(bundle)) as file:
            self.manifest: dict[str, Any] = json.loads(file.read("manifest.json"))
            for name in self.manifest["files"]:
                self.members[name] = [json.loads(line) for line in file.read(name).splitlines()]

    def __getitem__(self, name: str) -> Rows:
        return self.members[f"{name}.jsonl"]

    def packed(self, comment: bytes | None = None) -> bytes:
        """The zip again, every hash in it made to fit, under a seal that nobody has signed, or another comment."""
        file = BytesIO()
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            for name, rows in self.members.items():
                whole = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
                self.manifest["files"][name] = sha256(whole).hexdigest()
                archive.writestr(name, whole)
            archive.writestr("manifest.json", json.dumps(self.manifest))
        return sealed(file.getvalue()[:-2], comment)


def sealed(before: bytes, comment: bytes | None = None) -> bytes:
    """before: the bytes of a zip up to the length of its comment."""
    seal = bundle_text(FORMAT, sha256(before).hexdigest()).encode() if comment is None else comment
    return before + len(seal).to_bytes(2, "little") + seal


def judged(folder: Path, bundle: bytes, **asked: Any) -> Any:
    """The checker's report on these bytes; None where it cannot read them. Anything else it raises is its defect."""
    file = folder / "bundle.zip"
    file.write_bytes(bundle)
    try:
        return verify.verify_bundle(str(file), **asked)
    except verify.Unreadable:
        return None


def checks_of(report: Any) -> set[int]:
    return {fault["check"] for fault in report.faults}


def texts_of(report: Any) -> Sequence[str]:
    return [fault["text"] for fault in report.faults]


def held(folder: Path, *notes: str) -> list[Any]:
    """Checkpoints that somebody kept."""
    found = []
    for number, note in enumerate(notes):
        file = folder / f"held-{number}.txt"
        file.write_text(note, encoding="utf-8")
        found.append(verify.Held(str(file)))
    return found


def payload_of(row: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(row["payload"])
    return told
