"""Asks the signer. It may be away: who asks is told so in one kind of error and goes on without it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.ledger.note import Checkpoint, base64_of

TIMEOUT = 10.0  # seconds for one answer
LONGEST_ANSWER = 1 << 20


class SignerTrouble(Exception):
    """Nothing was signed; the text says why, in English, for operators."""


class SignerAway(SignerTrouble):
    """Nobody answers there, or not in time."""


class SignerRefused(SignerTrouble):
    """code: why, as `answers` writes it; the text is for operators."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Keys:
    """As verifier keys are written. first: of the log; rotations: the notes that lead from it to the current one."""

    first: str
    current: str
    rotations: tuple[str, ...]


@dataclass(frozen=True)
class Signer:
    """At an address as DUBAN_SIGNER has it. Everything raises SignerAway or SignerRefused."""

    address: str
    timeout: float = TIMEOUT

    def keys(self, origin: str) -> Keys:
        told = self._ask(ask="key", origin=origin)
        return Keys(str(told["first"]), str(told["current"]), tuple(map(str, told["rotations"])))

    def last(self, origin: str) -> str:
        """The note it signed last, empty before the first."""
        return str(self._ask(ask="last", origin=origin)["note"])

    def sign(self, checkpoint: Checkpoint, proof: Sequence[bytes]) -> str:
        """The signed note. proof: that the log continues the one it signed last."""
        steps = [base64_of(step) for step in proof]
        root = base64_of(checkpoint.root)
        told = self._ask(ask="sign", origin=checkpoint.origin, size=checkpoint.size, root=root, proof=steps)
        return str(told["note"])

    def attest_bundle(self, origin: str, digest: str) -> str:
        """The signed note that seals a bundle. digest: SHA-256 in hex."""
        return str(self._ask(ask="attest", origin=origin, kind="bundle", digest=digest)["note"])

    def _ask(self, **told: Any) -> dict[str, Any]:
        try:
            with connected(self.address, self.timeout) as connection, connection.makefile("rwb") as file:
                file.write(json.dumps(told).encode() + b"\n")
                file.flush()
                line = file.readline(LONGEST_ANSWER)
        except OSError as error:
            raise SignerAway(f"no signer answers at {self.address}: {error.strerror or error}") from error
        return _read(self.address, line)


def _read(address: str, line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise SignerAway(f"what answers at {address} is no signer, or ended while it was asked") from error
    if not isinstance(said, dict):
        raise SignerAway(f"what answers at {address} is no signer")
    if "error" in said:
        raise SignerRefused(str(said["error"]), str(said.get("text", "")))
    return said


@contextmanager
def connected(address: str, timeout: float) -> Iterator[socket.socket]:
    """Raises OSError."""
    kind, _, where = address.partition(":")
    if kind == "tcp":
        host, _, port = where.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), timeout)
    else:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with connection:
        if kind != "tcp":
            connection.settimeout(timeout)
            connection.connect(where)
        yield connection
