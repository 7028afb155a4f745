"""The tree, held against RFC 6962 written out by hand, and every wrong proof against its verification."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.hashing import DIGESTS, SHA256_NAME, SM3_NAME, Digest
from app.ledger.merkle import continues, includes, leaf_hash, tree_of

T = DIGESTS[SHA256_NAME]
# The reference tree of Certificate Transparency: its entries, and the root after each.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

sizes = st.integers(1, 70)


def by_the_letter(entries: list[bytes], digest: Digest = T) -> bytes:
    """RFC 6962, section 2.1."""
    if not entries:
        return digest(b"")
    if len(entries) == 1:
        return digest(b"\x00" + entries[0])
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return digest(b"\x01" + by_the_letter(entries[:k], digest) + by_the_letter(entries[k:], digest))


def entries_of(size: int) -> list[bytes]:
    return [bytes([number]) * 32 for number in range(size)]


def wrong_proofs(proof: list[bytes]) -> list[list[bytes]]:
    """Each step changed, left out, doubled or exchanged with the next, and one step more at either end."""
    other = sha256(b"other").digest()
    wrong = [[other, *proof], [*proof, other]]
    for place in range(len(proof)):
        wrong.append([*proof[:place], other, *proof[place + 1 :]])
        wrong.append([*proof[:place], *proof[place + 1 :]])
        wrong.append([*proof[: place + 1], *proof[place:]])
    for place in range(len(proof) - 1):
        wrong.append([*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :]])
    return [one for one in wrong if one != proof]


def test_the_reference_tree_has_its_roots() -> None:
    tree = tree_of(T, ENTRIES)

    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)
    assert tree.root(0) == sha256(b"").digest()


def test_the_reference_tree_has_its_proofs() -> None:
    tree = tree_of(T, ENTRIES)

    assert [step.hex() for step in tree.inclusion(2, 3)] == [ROOTS[1]]
    assert [step.hex() for step in tree.consistency(2, 5)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]
    assert [step.hex() for step in tree.consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        ROOTS[3],
    ]


@given(st.integers(0, 70), st.sampled_from(sorted(DIGESTS)))
def test_the_root_is_that_of_the_rfc(size: int, alg: str) -> None:
    entries = entries_of(size)

    assert tree_of(DIGESTS[alg], entries).root(size) == by_the_letter(entries, DIGESTS[alg])


@given(sizes, st.data())
def test_every_leaf_is_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = entries_of(size)
    tree = tree_of(T, entries)
    root, proof, leaf = tree.root(size), tree.inclusion(index, size), leaf_hash(T, entries[index])

    assert includes(T, root, size, index, leaf, proof)
    assert not any(includes(T, root, size, index, leaf, wrong) for wrong in wrong_proofs(proof))
    assert not any(includes(T, root, size, other, leaf, proof) for other in range(-1, size + 2) if other != index)
    assert not includes(T, root, size, index, leaf_hash(T, b"other"), proof)
    assert not includes(T, leaf_hash(T, root), size, index, leaf, proof)


@given(sizes, st.data())
def test_every_older_tree_is_proved_and_nothing_else(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    tree = tree_of(T, entries_of(new))
    old_root, new_root, proof = tree.root(old), tree.root(new), tree.consistency(old, new)

    assert continues(T, old, old_root, new, new_root, proof)
    assert not any(continues(T, old, old_root, new, new_root, wrong) for wrong in wrong_proofs(proof))
    assert not continues(T, old, leaf_hash(T, b"other"), new, new_root, proof)
    if old:
        assert not continues(T, old, old_root, new, leaf_hash(T, b"other"), proof)
    for other in range(1, new + 1):
        if other != old:
            assert not continues(T, other, old_root, new, new_root, proof)


@given(st.integers(2, 70), st.data())
def test_a_tree_in_which_an_old_entry_was_changed_continues_nothing(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    entries = entries_of(new)
    honest = tree_of(T, entries)
    entries[data.draw(st.integers(0, old - 1))] = b"changed"
    forged = tree_of(T, entries)

    assert not continues(T, old, honest.root(old), new, forged.root(new), forged.consistency(old, new))


def test_trees_of_the_two_hash_functions_have_nothing_in_common() -> None:
    entries = entries_of(5)
    tree = tree_of(DIGESTS[SM3_NAME], entries)

    leaf = leaf_hash(DIGESTS[SM3_NAME], entries[3])
    assert includes(DIGESTS[SM3_NAME], tree.root(5), 5, 3, leaf, tree.inclusion(3, 5))
    assert not includes(T, tree.root(5), 5, 3, leaf, tree.inclusion(3, 5))


def test_what_is_not_in_the_tree_cannot_be_asked_for() -> None:
    tree = tree_of(T, entries_of(3))

    with pytest.raises(ValueError, match="no leaf 3"):
        tree.inclusion(3, 3)
    with pytest.raises(ValueError, match="has grown"):
        tree.consistency(3, 2)
    assert not continues(T, 3, tree.root(3), 2, tree.root(2), [])
