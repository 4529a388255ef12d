"""Merkle trees as in RFC 6962, section 2.1: hashes, inclusion and consistency proofs, and their verification.

A tree of 2**level leaves whose first leaf has the number index * 2**level is its complete subtree
(level, index). Proofs are made of such subtrees' hashes, wherever they are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

HASH_BYTES: Final = 32
# No proof in a tree of fewer than 2**63 leaves is longer; C2SP tlog-witness says the same.
MOST_PROOF_HASHES: Final = 63
MOST_LEAVES: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256().digest()

# The hash of the complete subtree (level, index).
HashReader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what joins two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaves' hashes. The odd one of a level moves up as it is, which is RFC 6962's shape."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        joined = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = joined + level[len(joined) * 2 :]
    return level[0]


def root_at(size: int, hash_at: HashReader) -> bytes:
    """The root of a tree's first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _subtree(0, size, hash_at)


def inclusion_proof(index: int, size: int, hash_at: HashReader) -> tuple[bytes, ...]:
    """PATH(index, D[size]) of section 2.1.1, from the leaf's sibling up; 0 <= index < size."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, hash_at))
            end = middle
        else:
            proof.append(_subtree(start, middle, hash_at))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old: int, new: int, hash_at: HashReader) -> tuple[bytes, ...]:
    """PROOF(old, D[new]) of section 2.1.2; 0 <= old <= new. Of an empty or an equal tree it is empty."""
    if not 0 <= old <= new:
        raise ValueError("an older tree is no larger")
    if old == 0:
        return ()
    proof: list[bytes] = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_subtree(middle, end, hash_at))
            end = middle
        else:
            proof.append(_subtree(start, middle, hash_at))
            start, known = middle, False
    # Whoever holds the old root knows this subtree if it is the whole of the old tree.
    if not known:
        proof.append(_subtree(start, end, hash_at))
    return tuple(reversed(proof))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf's hash is the `index`-th of the tree (RFC 9162, section 2.1.3.2). Raises nothing."""
    if not (0 <= index < size <= MOST_LEAVES and _are_hashes(proof, leaf, root)):
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the new tree begins with the old one (RFC 9162, section 2.1.4.2). Raises nothing.

    Every tree begins with the empty one, and with itself; both need an empty proof.
    """
    if not (0 <= old <= new <= MOST_LEAVES and _are_hashes(proof, old_root, new_root)):
        return False
    if old in (0, new):
        begun = old_root == (EMPTY_ROOT if old == 0 else new_root)
        return not proof and begun and (new > 0 or new_root == EMPTY_ROOT)
    # The whole old tree, where it is a complete subtree, is not repeated in the proof.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        return False
    old_found = new_found = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found = node_hash(step, old_found)
            new_found = node_hash(step, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def _are_hashes(proof: Sequence[bytes], *others: bytes) -> bool:
    return len(proof) <= MOST_PROOF_HASHES and all(len(one) == HASH_BYTES for one in (*proof, *others))


def _split(size: int) -> int:
    """The largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


def _subtree(start: int, end: int, hash_at: HashReader) -> bytes:
    """The hash of leaves start to end, where start is a multiple of a power of two no smaller than the rest,
    as every subtree of a proof's is.
    """
    complete: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        complete.append(hash_at(level, start >> level))
        start += 1 << level
    found = complete.pop()
    while complete:
        found = node_hash(complete.pop(), found)
    return found
