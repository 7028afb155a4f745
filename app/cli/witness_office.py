"""What a witness asks an office over HTTP, with the standard library alone: its keys, checkpoints and proofs."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from app.ledger.witness import Shown

PREFIX = "/api/v1/audit"
SECONDS = 30
MOST_BYTES = 8 * 1024 * 1024


class Unreachable(Exception):
    """No answer that could be read; it may be another time. status: of HTTP, 0 where none came."""

    def __init__(self, text: str, status: int = 0) -> None:
        self.status = status
        super().__init__(text)


class _Stays(HTTPRedirectHandler):
    """Follows nowhere: the token is for this office only."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Office:
    """url: without a path, such as https://duban.example.gov.cn; token: of an account with the role auditor."""

    def __init__(self, url: str, token: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise Unreachable(f"{url}: no address such as https://duban.example.gov.cn")
        self._url = url.rstrip("/") + PREFIX
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._opener: OpenerDirector = build_opener(_Stays)

    def checkpoint(self) -> dict[str, Any] | None:
        """The newest, with its cosignatures; None where nothing was signed yet."""
        try:
            return self._ask("/checkpoint")
        except Unreachable as error:
            if error.status == 404:
                return None
            raise

    def keys(self) -> dict[str, Any]:
        """The first signer's key, and the rotations since."""
        return self._ask("/keys")

    def first_key(self) -> str:
        """Of the first signer. Raises Unreachable where nothing was signed yet."""
        try:
            shown = self.keys().get("vkey")
        except Unreachable as error:
            if error.status != 404:
                raise
            shown = None
        if not isinstance(shown, str):
            raise Unreachable("the office has no signer yet: nothing can be witnessed")
        return shown

    def consistency(self, old: int, new: int) -> tuple[str, ...]:
        answer = self._ask(f"/proofs/consistency?{urlencode({'old': old, 'new': new})}")
        return _texts(answer, "proof")

    def give(self, size: int, line: str) -> None:
        """Our cosignature of the checkpoint of this size."""
        self._ask("/cosignatures", {"size": size, "line": line})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        try:
            with self._opener.open(Request(self._url + path, data, headers), timeout=SECONDS) as answer:
                told = json.loads(answer.read(MOST_BYTES))
        except HTTPError as error:
            with error:
                raise Unreachable(f"{path}: {error.code} {_reason(error)}".strip(), error.code) from error
        except (URLError, OSError, ValueError) as error:
            raise Unreachable(f"{path}: {error}") from error
        if not isinstance(told, dict):
            raise Unreachable(f"{path}: no object was answered")
        return told


def shown_by(office: Office, checkpoint: dict[str, Any], held_size: int) -> Shown:
    """All that is needed to judge the checkpoint. The keys are asked last: they only ever grow."""
    size = checkpoint.get("size")
    if not isinstance(size, int):
        raise Unreachable("/checkpoint: no size was answered")
    proof = office.consistency(held_size, size) if 0 < held_size < size else ()
    rotations = tuple(str(one.get("note")) for one in office.keys().get("rotations", ()))
    return Shown(str(checkpoint.get("note")), rotations, proof)


def _texts(answer: dict[str, Any], name: str) -> tuple[str, ...]:
    found = answer.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Unreachable(f"no list of texts was answered as {name}")
    return tuple(found)


def _reason(error: HTTPError) -> str:
    """The problem's code and sentence, where it is one of ours."""
    try:
        told = json.loads(error.read(MOST_BYTES))
        return f"{told['code']}: {told['detail']}"
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
