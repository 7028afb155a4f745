"""`duban-receipt/1`: one event with the proof that a signed checkpoint covers it; written, read, judged by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any

import orjson

from app.ledger.chain import Event, event_hash, hashed_fields
from app.ledger.hashing import digest_of
from app.ledger.merkle import includes, leaf_hash
from app.ledger.note import BadNote, Checkpoint, Note, VerifierKey, alg_of, from_base64
from app.terms import Word

FORMAT = "duban-receipt/1"
LARGEST = 256 * 1024  # bytes; an event with a thousand attachments has a third of that
NAMES = tuple(field.name for field in fields(Event))
KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(NAMES, (str,)),
    **dict.fromkeys(("actor", "on_behalf_of", "definition_hash"), (str, NoneType)),
    "seq": (int,),
    "attachments": (list,),
}


class Fault(Word):
    """Why a receipt does not hold."""

    UNREADABLE = "unreadable", "这不是督办系统的回执文件，或者文件不完整"
    OTHER_LOG = "other_log", "这份回执由另一个系统出具，本页不能核验"
    WRONG_HASH = "wrong_hash", "回执中的记录被改动，与其校验值不符"
    NOT_SIGNED = "not_signed", "检查点没有本系统的有效签名"
    NOT_INCLUDED = "not_included", "证明不成立，检查点不能说明这条记录已封存"
    OTHER_EVENT = "other_event", "本系统在该位置保存的是另一条记录，请保留现场并报告审计人员"
    LOST = "lost", "签名和证明成立，但本系统另起日志后，没有这条记录或者内容不同，请保留回执并报告审计人员"
    OTHER_TREE = "other_tree", "本系统现有的记录与该检查点不符，请保留现场并报告审计人员"


class BadReceipt(ValueError):
    """The text is no receipt."""


@dataclass(frozen=True)
class Receipt:
    """index: of the event in the log. proof: base64, from the leaf to the root. checkpoint: a signed note."""

    event: Event
    hash: str
    index: int
    proof: tuple[str, ...]
    checkpoint: str

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "event": {**hashed_fields(self.event), "attachments": list(self.event.attachments)},
            "hash": self.hash,
            "index": self.index,
            "proof": list(self.proof),
            "checkpoint": self.checkpoint,
        }

    @property
    def written(self) -> bytes:
        return orjson.dumps(self.as_json(), option=orjson.OPT_INDENT_2)


def read(text: bytes) -> Receipt:
    """Raises BadReceipt for everything that is not exactly one."""
    try:
        told = orjson.loads(text)
    except ValueError as error:
        raise BadReceipt("no JSON") from error
    kinds = {"format": str, "event": dict, "hash": str, "index": int, "proof": list, "checkpoint": str}
    if not isinstance(told, dict) or told.keys() != kinds.keys() or len(text) > LARGEST:
        raise BadReceipt("not the members of a receipt")
    if any(type(told[name]) is not kind for name, kind in kinds.items()) or told["format"] != FORMAT:
        raise BadReceipt("not the form of a receipt")
    if not _are_texts(told["proof"]):
        raise BadReceipt("no proof")
    return Receipt(_event(told["event"]), told["hash"], told["index"], tuple(told["proof"]), told["checkpoint"])


def fault_in(receipt: Receipt, origin: str, keys: Sequence[VerifierKey]) -> Fault | None:
    """What is wrong with it, for who trusts these keys of the log of this origin. Looks at nothing but the receipt."""
    try:
        note = Note.read(receipt.checkpoint)
        checkpoint = Checkpoint.read(note.text)
        proof = [from_base64(step, 32) for step in receipt.proof]
    except BadNote:
        return Fault.UNREADABLE
    if checkpoint.origin != origin:
        return Fault.OTHER_LOG
    if not any(note.is_signed_by(key) for key in keys):
        return Fault.NOT_SIGNED
    if not _is_hashed(receipt):
        return Fault.WRONG_HASH
    digest = digest_of(alg_of(checkpoint.origin))
    leaf = leaf_hash(digest, bytes.fromhex(receipt.hash))
    is_included = includes(digest, checkpoint.root, checkpoint.size, receipt.index, leaf, proof)
    return None if is_included else Fault.NOT_INCLUDED


def checkpoint_of(receipt: Receipt) -> Checkpoint:
    """Raises BadNote."""
    return Checkpoint.read(Note.read(receipt.checkpoint).text)


def _is_hashed(receipt: Receipt) -> bool:
    try:
        return event_hash(receipt.event) == receipt.hash
    except (ValueError, TypeError):
        return False


def _event(told: dict[str, Any]) -> Event:
    if told.keys() != KINDS.keys() or any(type(told[name]) not in kinds for name, kinds in KINDS.items()):
        raise BadReceipt("not the fields of an event")
    if not _are_texts(told["attachments"]):
        raise BadReceipt("not the fields of an event")
    return Event(**{**told, "attachments": tuple(told["attachments"])})


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
