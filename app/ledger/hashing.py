"""The two hash functions that the ledger knows, by the names that stand in events and origins: sha256 and sm3.

SM3 (GB/T 32905) comes from the cryptography library, which has it whatever the OpenSSL of the machine can do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SM3, Hash

SHA256_NAME, SM3_NAME = "sha256", "sm3"

Digest = Callable[[bytes], bytes]


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    running = Hash(SM3())
    running.update(data)
    return running.finalize()


DIGESTS: Mapping[str, Digest] = {SHA256_NAME: _sha256, SM3_NAME: _sm3}


def digest_of(alg: str) -> Digest:
    """Raises ValueError for a name that is none of ours."""
    found = DIGESTS.get(alg)
    if found is None:
        raise ValueError(f"no such hash: {alg!r}")
    return found
