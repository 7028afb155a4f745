"""What the signer is asked and what it answers: one JSON object each.

    key      {origin}                       -> {first, current, rotations}
    last     {origin}                       -> {note}, "" before the first
    sign     {origin, size, root, proof}    -> {note}; root and proof in base64
    attest   {origin, kind, digest}         -> {note}; kind is "bundle", digest a SHA-256 in hex

It signs a log that has grown from the one it signed last, proved by a consistency proof, and nothing else. A refusal is
{error, text}: the code, and for operators a sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.ledger.hashing import digest_of
from app.ledger.merkle import continues
from app.ledger.note import BadNote, Checkpoint, alg_of, bundle_text, from_base64, signed
from app.services.log_signer.keeper import Keeper, Memory, SignerDamaged

Told = Mapping[str, Any]
LONGEST_PROOF = 200
NEW_LOG = (
    "where the database was restored from a backup, begin a new log: `duban audit new-log --reason ...`, and then, "
    "under the signer's account, `duban signer follow ORIGIN`"
)


class Refusal(Exception):
    """code: for programs; the text is for operators."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def answer(keeper: Keeper, told: object) -> dict[str, Any]:
    """To one request, whatever it is."""
    try:
        if not isinstance(told, dict) or told.get("ask") not in VERBS:
            raise Refusal("unknown", "the signer is asked for key, last, sign or attest")
        origin = _text(told, "origin")
        alg_of(origin)
        with keeper.opened() as memory:
            _require_its_log(memory, origin)
            return VERBS[told["ask"]](keeper, memory, told)
    except Refusal as refusal:
        return {"error": refusal.code, "text": str(refusal)}
    except BadNote as error:
        return {"error": "malformed", "text": f"the request cannot be read: {error}"}
    except SignerDamaged as error:
        return {"error": "damaged", "text": f"the signer signs nothing: {error}"}
    except OSError as error:
        return {"error": "disk", "text": f"the signer cannot keep what it signs: {error.strerror}"}


def _require_its_log(memory: Memory, origin: str) -> None:
    if memory.origin in ("", origin):
        return
    if origin in memory.former_origins:
        raise Refusal("closed", f"the log {origin} was left for {memory.origin}; nothing is signed for it any more")
    raise Refusal("another_log", f"the signer signs for {memory.origin}, not for {origin}; {NEW_LOG}")


def _key(keeper: Keeper, memory: Memory, told: Told) -> dict[str, Any]:
    current = keeper.secret(memory, told["origin"]).verifier.written
    return {"first": memory.first or current, "current": current, "rotations": list(memory.rotations)}


def _last(keeper: Keeper, memory: Memory, told: Told) -> dict[str, Any]:
    return {"note": memory.note}


def _sign(keeper: Keeper, memory: Memory, told: Told) -> dict[str, Any]:
    new = Checkpoint(told["origin"], _size(told), from_base64(_text(told, "root"), 32))
    last = memory.last
    if last is not None and new.size == last.size and new.root == last.root:
        return {"note": memory.note}
    if last is not None:
        _require_grown(last, new, _proof(told))
    secret = keeper.secret(memory, new.origin)
    note = signed(new.text, secret).written
    first = memory.first or secret.verifier.written
    keeper.remember(replace(memory, origin=new.origin, first=first, note=note))  # before anybody has the signature
    return {"note": note}


def _require_grown(last: Checkpoint, new: Checkpoint, proof: list[bytes]) -> None:
    if new.size < last.size:
        raise Refusal(
            "smaller", f"the log has {new.size} events, but {last.size} were signed: events were lost; {NEW_LOG}"
        )
    if new.size == last.size:
        raise Refusal("forked", f"another log of {last.size} events was signed before: one of both was changed")
    if not continues(digest_of(alg_of(new.origin)), last.size, last.root, new.size, new.root, proof):
        raise Refusal(
            "unproved", f"it is not proved that this log begins with the {last.size} events signed before; {NEW_LOG}"
        )


def _attest(keeper: Keeper, memory: Memory, told: Told) -> dict[str, Any]:
    if not memory.origin:
        raise Refusal("unbound", "nothing was signed for this log yet: seal it first, `duban audit checkpoint`")
    if _text(told, "kind") != "bundle":
        raise Refusal("unknown", "the signer attests bundles only")
    text = bundle_text(f"{memory.origin}/bundle", _text(told, "digest"))
    return {"note": signed(text, keeper.secret(memory, memory.origin)).written}


VERBS: Mapping[str, Callable[[Keeper, Memory, Told], dict[str, Any]]] = {
    "key": _key,
    "last": _last,
    "sign": _sign,
    "attest": _attest,
}


def _text(told: Told, name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise BadNote(f"{name} is no text")
    return value


def _size(told: Told) -> int:
    size = told.get("size")
    if type(size) is not int or not 0 < size < 10**18:
        raise BadNote("size is no number of events")
    return size


def _proof(told: Told) -> list[bytes]:
    proof = told.get("proof")
    if not isinstance(proof, list) or len(proof) > LONGEST_PROOF or not all(isinstance(step, str) for step in proof):
        raise BadNote("proof is no list")
    return [from_base64(step, 32) for step in proof]
