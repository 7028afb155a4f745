"""Signed notes as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature): what checkpoints are written as.

There is one way to write each of them; everything else is refused, so that no byte can change unseen.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4  # how a key is used: the byte before it
MOST_SIGNATURES = 100
DASH = "\N{EM DASH}"

_ORIGIN = re.compile(r"duban/[0-9a-f]{16}/(sha256|sm3)")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadNote(ValueError):
    """The text is not what it should be; says why, in English, for operators."""


def base64_of(raw: bytes) -> str:
    return b64encode(raw).decode()


def from_base64(text: str, length: int | None = None) -> bytes:
    """Raises BadNote for all but the one way to write these bytes."""
    try:
        raw = b64decode(text, validate=True)
    except (Error, ValueError) as error:
        raise BadNote("no base64") from error
    if base64_of(raw) != text or length not in (None, len(raw)):
        raise BadNote("no base64 of the right length")
    return raw


# --- keys ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. value: 64 bytes of Ed25519; of a witness, 8 bytes of seconds before them."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        return f"{DASH} {self.name} {base64_of(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What tells a signature. use: ED25519 for the log's signer, COSIGNATURE for a witness."""

    name: str
    use: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.use]) + self.public).digest()[:4]

    @property
    def written(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64_of(bytes([self.use]) + self.public)}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Raises BadNote."""
        name, _, rest = written.partition("+")
        id_, _, raw = rest.partition("+")
        use_and_key = from_base64(raw, 33)
        key = cls(_name(name), use_and_key[0], use_and_key[1:])
        if key.use not in (ED25519, COSIGNATURE) or key.written != written or key.id.hex() != id_:
            raise BadNote("no verifier key: its parts do not fit together")
        return key

    def made(self, signature: Signature, text: str) -> bool:
        """Whether the signature is this key's, over this text."""
        if (signature.name, signature.key_id) != (self.name, self.id):
            return False
        if self.use == COSIGNATURE:
            seconds, value = signature.value[:8], signature.value[8:]
            return len(seconds) == 8 and self._holds(value, cosigned(text, int.from_bytes(seconds)))
        return self._holds(signature.value, text.encode())

    def _holds(self, value: bytes, message: bytes) -> bool:
        if len(value) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SecretKey:
    """What signs, under a name. seed: 32 random bytes."""

    name: str
    use: int
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(_name(self.name), self.use, self._key().public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        return Signature(self.name, self.verifier.id, self._key().sign(text.encode()))

    def cosign(self, text: str, seconds: int) -> Signature:
        """seconds: since 1970, when the witness saw that this checkpoint continues all it saw before."""
        value = seconds.to_bytes(8) + self._key().sign(cosigned(text, seconds))
        return Signature(self.name, self.verifier.id, value)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def cosigned(text: str, seconds: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def seconds_of(cosignature: Signature) -> int:
    """When a witness signed; of a cosignature that holds."""
    return int.from_bytes(cosignature.value[:8])


# --- notes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """text: whole lines. signatures: at least one."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Raises BadNote. Whether a signature holds is the key's to say."""
        text, blank, lines = written.rpartition("\n\n")
        if not blank or not lines.endswith("\n") or any(_is_control(sign) for sign in text):
            raise BadNote("no signed note")
        return cls(text + "\n", read_signatures(lines))

    def is_signed_by(self, key: VerifierKey) -> bool:
        """Once, and no line under this key's name and id is anything else."""
        its = [one for one in self.signatures if (one.name, one.key_id) == (key.name, key.id)]
        return len(its) == 1 and key.made(its[0], self.text)


def signed(text: str, *keys: SecretKey) -> Note:
    return Note(text, tuple(key.sign(text) for key in keys))


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """Raises BadNote."""
    if not lines.endswith("\n") or lines.count("\n") > MOST_SIGNATURES:
        raise BadNote("no signature lines")
    return tuple(read_signature(line + "\n") for line in lines[:-1].split("\n"))


def read_signature(line: str) -> Signature:
    """One line with its end. Raises BadNote."""
    begin, _, rest = line.removesuffix("\n").partition(" ")
    name, _, raw = rest.partition(" ")
    if begin != DASH:
        raise BadNote("no signature line")
    id_and_value = from_base64(raw)
    signature = Signature(_name(name), id_and_value[:4], id_and_value[4:])
    if len(id_and_value) < 5 or signature.line != line:
        raise BadNote("no signature line")
    return signature


def _name(name: str) -> str:
    if not name or "+" in name or any(sign.isspace() or _is_control(sign) for sign in name):
        raise BadNote("no name of a key")
    return name


def _is_control(sign: str) -> bool:
    """Or half a surrogate pair, which has no UTF-8."""
    return (sign < " " and sign != "\n") or sign == "\x7f" or "\ud800" <= sign <= "\udfff"


# --- what our notes say -------------------------------------------------------------------------------------------


def origin_of(id_: bytes, alg: str) -> str:
    """The name of a log. id_: eight random bytes; alg: sha256 or sm3, of its tree."""
    return f"duban/{id_.hex()}/{alg}"


def alg_of(origin: str) -> str:
    """Raises BadNote for what is no origin of ours."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise BadNote(f"no origin of a log: {origin!r}")
    return found[1]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That the log of this origin had this root when it had so many leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64_of(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises BadNote."""
        origin, size, root = _lines(text, 3)
        alg_of(origin)
        return cls(origin, _number(size), from_base64(root, 32))


@dataclass(frozen=True, slots=True)
class Rotation:
    """That this key follows. number: 1, 2, 3 … of this log."""

    origin: str
    number: int
    key: VerifierKey

    @property
    def text(self) -> str:
        return f"{self.origin}/rotation\n{self.number}\n{self.key.written}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises BadNote."""
        head, number, written = _lines(text, 3)
        rotation = cls(head.removesuffix("/rotation"), _number(number), VerifierKey.read(written))
        alg_of(rotation.origin)
        if rotation.text != text or (rotation.key.name, rotation.key.use) != (rotation.origin, ED25519):
            raise BadNote("no rotation")
        return rotation


def bundle_text(head: str, digest: str) -> str:
    """What seals a bundle. head: the log's origin with /bundle, or the name of the form where nobody signs."""
    if not _DIGEST.fullmatch(digest):
        raise BadNote("no SHA-256 in hex")
    return f"{head}\n{digest}\n"


def followed(first: VerifierKey, rotations: Iterable[str]) -> list[VerifierKey]:
    """The keys of the signer in their order, each introduced by the one before and itself. Raises BadNote.

    rotations: the notes, from the first on.
    """
    keys = [first]
    for number, written in enumerate(rotations, start=1):
        note = Note.read(written)
        rotation = Rotation.read(note.text)
        if (rotation.origin, rotation.number) != (first.name, number):
            raise BadNote(f"rotation {number} is not the next one of this log")
        if len(note.signatures) != 2 or not (note.is_signed_by(keys[-1]) and note.is_signed_by(rotation.key)):
            raise BadNote(f"rotation {number} is not signed by the key before and by its own")
        keys.append(rotation.key)
    return keys


def who_signed(note: Note, keys: Sequence[VerifierKey]) -> int | None:
    """The place of the key that signed the note, which has just this one signature; None where it was none of them."""
    if len(note.signatures) != 1:
        return None
    return next((place for place, key in enumerate(keys) if note.is_signed_by(key)), None)


def _lines(text: str, count: int) -> list[str]:
    lines = text.split("\n")
    if len(lines) != count + 1 or lines[-1]:
        raise BadNote(f"not {count} lines")
    return lines[:-1]


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadNote(f"no number: {text!r}")
    return int(text)
