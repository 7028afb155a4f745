"""Signed notes: the published examples are read and written to the byte, and what is not written so is refused."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.note import (
    COSIGNATURE,
    ED25519,
    BadNote,
    Checkpoint,
    Note,
    Rotation,
    SecretKey,
    VerifierKey,
    alg_of,
    base64_of,
    bundle_text,
    followed,
    from_base64,
    origin_of,
    read_signature,
    seconds_of,
    signed,
    who_signed,
)

# golang.org/x/mod/sumdb/note, and the same in C2SP's signed-note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
SAYING = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS_NOTE = (
    f"{SAYING}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# C2SP's tlog-cosignature.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

ORIGIN = "duban/8f14e45fceea167a/sha256"
ROOT = sha256(b"root").digest()
FIRST, SECOND, THIRD = (SecretKey(ORIGIN, ED25519, bytes([number]) * 32) for number in range(3))
WITNESS = SecretKey("witness.example.cn/w1", COSIGNATURE, bytes(range(32)))
CHECKPOINT = Checkpoint(ORIGIN, 1042, ROOT)


def rotation(number: int, old: SecretKey, new: SecretKey) -> str:
    return signed(Rotation(ORIGIN, number, new.verifier).text, old, new).written


def test_the_published_note_is_read_and_verified() -> None:
    note, key = Note.read(PETERS_NOTE), VerifierKey.read(PETER)

    assert note.text == SAYING
    assert note.is_signed_by(key)
    assert note.written == PETERS_NOTE
    assert key.written == PETER


def test_the_published_secret_key_writes_the_published_note() -> None:
    seed = b64decode(PETERS_SECRET.split("+", 4)[4])[1:]

    assert signed(SAYING, SecretKey("PeterNeumann", ED25519, seed)).written == PETERS_NOTE


def test_the_published_checkpoint_with_a_cosignature_is_read() -> None:
    note = Note.read(SOFA)

    log, witness = note.signatures
    assert (log.name, len(log.value)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, len(witness.value), seconds_of(witness)) == ("witness.example.com/w1", 72, 1679315147)
    assert note.written == SOFA


@pytest.mark.parametrize("place", range(len(PETERS_NOTE)))
def test_a_changed_sign_of_a_note_is_refused_or_no_longer_signed(place: int) -> None:
    key = VerifierKey.read(PETER)
    for sign in ("\n", "A", "=", "\x00", chr(ord(PETERS_NOTE[place]) ^ 1)):
        changed = PETERS_NOTE[:place] + sign + PETERS_NOTE[place + 1 :]
        if changed != PETERS_NOTE:
            with pytest.raises(BadNote):
                _require_signed(Note.read(changed), key)


def _require_signed(note: Note, key: VerifierKey) -> None:
    if not note.is_signed_by(key):
        raise BadNote("not signed")


def test_a_mangled_verifier_key_is_refused() -> None:
    parts = [PETER[begin:end] for begin in range(len(PETER) + 1) for end in range(begin + 1, len(PETER) + 1)]
    changed = [PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :] for place in range(len(PETER))]
    others = (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER.replace("c74f20a3", "C74F20A3"),
    )
    for text in (*parts, *changed, *others):
        if text != PETER:
            with pytest.raises(BadNote):
                VerifierKey.read(text)


@given(st.text(), st.integers(0, 8))
def test_any_text_is_read_or_refused_with_a_bad_note(text: str, place: int) -> None:
    for written in (text, PETERS_NOTE[:place] + text, f"{SAYING}\n{text}", f"{text}\n{PETERS_NOTE[len(SAYING) + 1 :]}"):
        with suppress(BadNote):
            assert Note.read(written).written == written
    for read in (VerifierKey.read, Checkpoint.read, Rotation.read, read_signature):
        with pytest.raises(BadNote):
            read(text)


@given(st.binary(max_size=40))
def test_base64_is_written_in_one_way_only(raw: bytes) -> None:
    text = base64_of(raw)

    assert from_base64(text) == raw
    for other in (f"{text}\n", f" {text}", text.rstrip("=") + "==="):
        with pytest.raises(BadNote):
            from_base64(other)


def test_unused_bits_of_base64_must_be_nought() -> None:
    assert from_base64("AA==") == b"\x00"
    with pytest.raises(BadNote):
        from_base64("AB==")


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32), st.sampled_from(["sha256", "sm3"]))
def test_a_checkpoint_reads_back(size: int, root: bytes, alg: str) -> None:
    checkpoint = Checkpoint(origin_of(bytes(8), alg), size, root)

    assert Checkpoint.read(checkpoint.text) == checkpoint
    assert alg_of(checkpoint.origin) == alg


@pytest.mark.parametrize(
    "text",
    [
        CHECKPOINT.text + "more\n",
        CHECKPOINT.text[:-1],
        CHECKPOINT.text.replace("1042", "01042"),
        CHECKPOINT.text.replace("1042", "-1"),
        CHECKPOINT.text.replace("1042", "١"),
        CHECKPOINT.text.replace("sha256", "md5"),
        CHECKPOINT.text.replace("duban/8f", "duban/8F"),
        f"{ORIGIN}\n1\n{base64_of(bytes(31))}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.read(text)


def test_a_witness_signs_the_checkpoint_and_the_second() -> None:
    cosignature = WITNESS.cosign(CHECKPOINT.text, 1_700_000_000)
    later = WITNESS.cosign(CHECKPOINT.text, 1_700_000_001)

    assert WITNESS.verifier.made(read_signature(cosignature.line), CHECKPOINT.text)
    assert seconds_of(cosignature) == 1_700_000_000
    assert not WITNESS.verifier.made(cosignature, Checkpoint(ORIGIN, 1043, ROOT).text)
    forged = type(cosignature)(cosignature.name, cosignature.key_id, later.value[:8] + cosignature.value[8:])
    assert not WITNESS.verifier.made(forged, CHECKPOINT.text)


def test_the_key_of_a_log_is_no_key_of_a_witness() -> None:
    as_log = SecretKey(WITNESS.name, ED25519, WITNESS.seed)

    assert as_log.verifier.id != WITNESS.verifier.id
    assert not as_log.verifier.made(WITNESS.cosign(CHECKPOINT.text, 1), CHECKPOINT.text)
    assert not WITNESS.verifier.made(as_log.sign(CHECKPOINT.text), CHECKPOINT.text)


def test_who_trusts_the_first_key_follows_the_rotations() -> None:
    notes = [rotation(1, FIRST, SECOND), rotation(2, SECOND, THIRD)]

    keys = followed(FIRST.verifier, notes)

    assert keys == [FIRST.verifier, SECOND.verifier, THIRD.verifier]
    assert who_signed(signed(CHECKPOINT.text, THIRD), keys) == 2
    assert who_signed(signed(CHECKPOINT.text, THIRD), keys[:2]) is None
    assert who_signed(signed(CHECKPOINT.text, FIRST, THIRD), keys) is None


@pytest.mark.parametrize(
    "notes",
    [
        [rotation(2, FIRST, SECOND)],
        [rotation(1, SECOND, THIRD)],
        [rotation(1, FIRST, SECOND), rotation(2, FIRST, THIRD)],
        [signed(Rotation(ORIGIN, 1, SECOND.verifier).text, FIRST).written],
        [signed(Rotation(ORIGIN, 1, SECOND.verifier).text, SECOND).written],
        [signed(Rotation(ORIGIN, 1, SECOND.verifier).text, FIRST, SECOND, THIRD).written],
        [signed(CHECKPOINT.text, FIRST, SECOND).written],
        [signed(Rotation(ORIGIN, 1, WITNESS.verifier).text, FIRST, SECOND).written],
    ],
)
def test_a_rotation_that_does_not_follow_is_refused(notes: list[str]) -> None:
    with pytest.raises(BadNote):
        followed(FIRST.verifier, notes)


def test_the_seal_of_a_bundle_holds_a_sha_256_in_hex() -> None:
    assert bundle_text(f"{ORIGIN}/bundle", "ab" * 32) == f"{ORIGIN}/bundle\n{'ab' * 32}\n"
    with pytest.raises(BadNote):
        bundle_text(f"{ORIGIN}/bundle", "AB" * 32)
