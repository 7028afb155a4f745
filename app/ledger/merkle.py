"""The Merkle tree of RFC 6962 over any of our hash functions: roots, proofs, and their verification as RFC 9162 has it.

    leaf = T(0x00 || entry)        node = T(0x01 || left || right)        an empty tree: T("")

Who makes a proof hands in a function that knows the roots of full subtrees, so that nobody needs all leaves at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.ledger.hashing import Digest

FullSubtree = Callable[[int, int], bytes]  # (height, number): over the leaves from number * 2**height on, 2**height


def leaf_hash(digest: Digest, entry: bytes) -> bytes:
    return digest(b"\x00" + entry)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    return digest(b"\x01" + left + right)


def folded(digest: Digest, hashes: Sequence[bytes]) -> bytes:
    """The root over subtrees of one height that stand side by side; as many of them as a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [digest(b"\x01" + left + right) for left, right in pairs]
    return hashes[0]


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree that has at least as many leaves as are asked for."""

    digest: Digest
    full: FullSubtree

    def root(self, size: int) -> bytes:
        """Over the first size leaves."""
        return self._over(0, size) if size else self.digest(b"")

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """That leaf index is in the tree of this size, from the leaf to the root. Raises ValueError where it is not."""
        if not 0 <= index < size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        proof: list[bytes] = []
        first, end = 0, size
        while end - first > 1:
            middle = first + _left_part(end - first)
            if index < middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(first, middle))
                first = middle
        return proof[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the tree of size new begins with that of size old. Empty where they are the same, or old is empty."""
        if not 0 <= old <= new:
            raise ValueError(f"a tree of {new} is not one of {old} that has grown")
        if old in (0, new):
            return []
        proof: list[bytes] = []
        first, end = 0, new
        while end != old:
            middle = first + _left_part(end - first)
            if old <= middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(first, middle))
                first = middle
        # Who verifies knows the root of the old tree already; where it is a part only, it must be told.
        return [*([self._over(first, end)] if first else []), *proof[::-1]]

    def _over(self, first: int, end: int) -> bytes:
        """The root over leaves first to end; first is where a subtree of that many leaves may begin."""
        count = end - first
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self.full(height, first >> height)
        middle = first + _left_part(count)
        return node_hash(self.digest, self._over(first, middle), self._over(middle, end))


def tree_of(digest: Digest, entries: Sequence[bytes]) -> Tree:
    """A tree whose entries lie in memory."""
    leaves = [leaf_hash(digest, entry) for entry in entries]
    return Tree(digest, lambda height, number: folded(digest, leaves[number << height : (number + 1) << height]))


def includes(digest: Digest, root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the leaf with this hash is number index of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(digest, step, found)
            number, last = _beyond_left_edges(number, last)
        else:
            found = node_hash(digest, found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def continues(digest: Digest, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == digest(b"")
    if not 0 < old < new or not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    return _meets(digest, path, number, last) == (old_root, new_root)


def _meets(digest: Digest, path: Sequence[bytes], number: int, last: int) -> tuple[bytes, bytes] | None:
    """The roots of the old and the new tree as the path has them; None where it is too long or too short."""
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if number & 1 or number == last:
            before, after = node_hash(digest, step, before), node_hash(digest, step, after)
            number, last = _beyond_left_edges(number, last)
        else:
            after = node_hash(digest, after, step)
        number, last = number >> 1, last >> 1
    return (before, after) if last == 0 else None


def _beyond_left_edges(number: int, last: int) -> tuple[int, int]:
    """Up to where the subtree on the path is a right child: below that, nothing stands beside it."""
    while number and not number & 1:
        number, last = number >> 1, last >> 1
    return number, last


def _left_part(count: int) -> int:
    """The largest power of two below count."""
    return 1 << ((count - 1).bit_length() - 1)
