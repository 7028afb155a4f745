"""The checker's own Ed25519 and SM3 against known answers and against the library that signs."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.bundles import verify

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
RFC_8032 = [  # section 7.1, tests 1 to 3: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_answers_of_the_rfc(public: str, message: str, signature: str) -> None:
    key = verify.PublicKey(bytes.fromhex(public))

    assert key.has_signed(bytes.fromhex(message), bytes.fromhex(signature))
    assert not key.has_signed(bytes.fromhex(message) + b"!", bytes.fromhex(signature))


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.integers(0, 511), st.booleans())
def test_it_agrees_with_the_library_on_true_and_spoilt_signatures(
    seed: bytes, message: bytes, bit: int, is_spoilt: bool
) -> None:
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    signature = bytearray(secret.sign(message))
    if is_spoilt:
        signature[bit // 8] ^= 1 << bit % 8

    assert (
        verify.PublicKey(secret.public_key().public_bytes_raw()).has_signed(message, bytes(signature)) is not is_spoilt
    )


def test_a_signature_has_one_spelling_only() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = secret.sign(b"x")
    s = int.from_bytes(signature[32:], "little")
    key = verify.PublicKey(secret.public_key().public_bytes_raw())

    assert not key.has_signed(b"x", signature[:32] + (s + L).to_bytes(32, "little"))
    assert not key.has_signed(b"x", signature + b"\0")
    assert not key.has_signed(b"x", signature[:-1])


@pytest.mark.parametrize(
    "raw",
    [
        (1).to_bytes(32, "little"),  # the neutral point
        (0).to_bytes(32, "little"),  # of order 4
        (P - 1).to_bytes(32, "little"),  # of order 2
        (P + 1).to_bytes(32, "little"),  # 1, spelt beyond the field
        (1 | 1 << 255).to_bytes(32, "little"),  # minus zero
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),  # of order 8
        bytes(31),
        (2).to_bytes(32, "little"),  # no point
    ],
)
def test_what_is_no_key_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"small order|no point"):
        verify.PublicKey(raw)


def test_a_forger_who_picks_a_key_of_small_order_signs_nothing() -> None:
    neutral = (1).to_bytes(32, "little")
    with pytest.raises(InvalidSignature):  # where the library lets it pass, ours still refuses the key
        Ed25519PublicKey.from_public_bytes(neutral).verify(bytes(64), b"x")


def of_library(data: bytes) -> bytes:
    running = Hash(SM3())
    running.update(data)
    return running.finalize()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_sm3_is_that_of_the_library(data: bytes) -> None:
    assert verify.own_sm3(data) == of_library(data)


@pytest.mark.parametrize("length", [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128])
def test_sm3_pads_as_it_should(length: int) -> None:
    assert verify.own_sm3(b"a" * length) == of_library(b"a" * length)


def test_sm3_of_the_standard() -> None:
    assert verify.own_sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_machine_without_sm3_takes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str, data: bytes = b"", **asked: Any) -> Any:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", refused)

    assert not verify._has_library_sm3()
    assert hmac.compare_digest(verify.own_sm3(b""), of_library(b""))
