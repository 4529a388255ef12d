"""The tree of RFC 6962: its hashes, its proofs, and that no other proof passes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.evidence.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from bonafide.evidence.tiles import Edge, Tile, has_tile, hash_reader, tile_count, tiles_of

# The test tree of Certificate Transparency's own implementations, and its roots from one leaf to eight.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
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
MOST = 70
LEAVES = [leaf_hash(f"leaf {number}".encode()) for number in range(MOST)]


def hash_at(level: int, index: int) -> bytes:
    """Complete subtrees, straight from the leaves."""
    return root_of(LEAVES[index << level : (index + 1) << level])


def by_definition(hashes: list[bytes]) -> bytes:
    """MTH of section 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


def test_known_roots() -> None:
    hashes = [leaf_hash(entry) for entry in ENTRIES]
    assert [root_of(hashes[: size + 1]).hex() for size in range(8)] == list(ROOTS)
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_roots_are_those_of_the_definition() -> None:
    for size in range(1, MOST + 1):
        assert root_of(LEAVES[:size]) == by_definition(LEAVES[:size]) == root_at(size, hash_at)


def test_every_leaf_is_shown_to_be_in_every_tree() -> None:
    for size in range(1, MOST + 1):
        root = root_of(LEAVES[:size])
        for index in range(size):
            proof = inclusion_proof(index, size, hash_at)
            assert verify_inclusion(LEAVES[index], index, size, proof, root)


def test_every_tree_is_shown_to_continue_every_older_one() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, hash_at)
            assert verify_consistency(old, new, root_at(old, hash_at), root_at(new, hash_at), proof)


sizes = st.integers(1, MOST)


@given(data=st.data())
def test_no_other_inclusion_passes(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    root, proof = root_of(LEAVES[:size]), inclusion_proof(index, size, hash_at)
    other = data.draw(st.integers(0, MOST - 1).filter(lambda number: number != index))
    assert not verify_inclusion(LEAVES[other], index, size, proof, root)
    assert not verify_inclusion(LEAVES[index], other, size, proof, root)
    assert not verify_inclusion(LEAVES[index], index, size, proof, LEAVES[other])
    assert not verify_inclusion(LEAVES[index], index, size, (*proof, LEAVES[0]), root)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        changed = (*proof[:at], LEAVES[other], *proof[at + 1 :])
        assert changed == proof or not verify_inclusion(LEAVES[index], index, size, changed, root)
        assert not verify_inclusion(LEAVES[index], index, size, proof[:-1], root)


@given(data=st.data())
def test_no_fork_passes_for_a_continuation(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    at = data.draw(st.integers(0, old - 1))
    forked = [*LEAVES[:at], leaf_hash(b"another"), *LEAVES[at + 1 : new]]

    def forked_at(level: int, index: int) -> bytes:
        return root_of(forked[index << level : (index + 1) << level])

    old_root = root_of(LEAVES[:old])
    for reader in (hash_at, forked_at):
        proof = consistency_proof(old, new, reader)
        assert not verify_consistency(old, new, old_root, root_of(forked), proof)
        assert not verify_consistency(old, new, root_of(forked[:old]), root_of(LEAVES[:new]), proof)
    honest = consistency_proof(old, new, hash_at)
    assert not verify_consistency(old, new, old_root, root_of(LEAVES[:new]), (*honest, LEAVES[0]))
    assert not verify_consistency(old, new, old_root, root_of(LEAVES[:new]), honest[:-1])
    assert not verify_consistency(new, old, root_of(LEAVES[:new]), old_root, honest)


@given(
    old=st.integers(-2, 2**64),
    new=st.integers(-2, 2**64),
    proof=st.lists(st.binary(max_size=33), max_size=70),
    root=st.binary(max_size=33),
)
def test_hostile_proofs_are_refused_and_raise_nothing(
    old: int, new: int, proof: list[bytes], root: bytes
) -> None:
    assert not verify_inclusion(LEAVES[0], old, new, proof, root)
    assert not verify_consistency(old, new, LEAVES[0], root, proof) or (old == new and root == LEAVES[0])


def test_what_is_in_no_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(3, 3, hash_at)
    with pytest.raises(ValueError, match="no larger"):
        consistency_proof(4, 3, hash_at)


@given(parts=st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_tiles_hold_every_subtree_however_a_tree_grew(parts: list[int]) -> None:
    hashes = [number.to_bytes(32, "big") for number in range(sum(parts))]
    edge, tiles, start = Edge(), dict[tuple[int, int], bytes](), 0
    for part in parts:
        grown: list[Tile] = list(edge.grow(hashes[start : start + part]))
        start += part
        tiles |= {(tile.level, tile.number): tile.hashes for tile in grown}
        assert edge.size == start
        assert edge.root() == root_of(hashes[:start])
    widths = {(level, number): width * 32 for level, number, width in tiles_of(start)}
    assert {name: len(content) for name, content in tiles.items()} == widths
    assert tile_count(start) == len(widths)
    everywhere = {(level, number) for level in range(-1, 4) for number in range(-1, 20)}
    assert {name for name in everywhere if has_tile(start, *name)} == set(widths)
    partial = {(tile.level, tile.number): len(tile.hashes) for tile in edge.partial_tiles()}
    assert partial == {name: width for name, width in widths.items() if width < 256 * 32}
    read = hash_reader(lambda level, number: tiles[level, number])
    assert root_at(start, read) == root_of(hashes)
    for index in {0, start // 2, start - 1} - {-1}:
        if start:
            proof = inclusion_proof(index, start, read)
            assert verify_inclusion(hashes[index], index, start, proof, root_of(hashes))


def test_a_narrow_tile_is_told() -> None:
    with pytest.raises(LookupError):
        Edge(3, [LEAVES[:2]])
    with pytest.raises(LookupError):
        hash_reader(lambda _level, _number: b"".join(LEAVES[:2]))(0, 2)
