"""A log as files that anybody can audit or serve (C2SP tlog-tiles). No salt, no receipt, nobody's data."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from bonafide.errors import UsageError
from bonafide.evidence.broken import log_broken
from bonafide.evidence.checkpoint import SignedCheckpoint
from bonafide.evidence.layout import CHECKPOINT_PATH, bundle, bundle_path, tile_path
from bonafide.evidence.leaf import Leaf
from bonafide.evidence.log import require_checkpoint
from bonafide.evidence.merkle import HASH_BYTES
from bonafide.evidence.stored import stored_leaves
from bonafide.evidence.tiles import TILE_WIDTH, Edge
from bonafide.store import Transaction

# More than a bundle of the longest entries of ours; what is longer is no file of an export.
_MOST_BYTES: Final = 64 * 1024
_OTHER_LEAVES: Final = "contradicts itself: its leaves are not those of its last checkpoint"


class ExportedFiles(Mapping[str, bytes]):
    """The files of a folder by their paths in it, read when asked for. What is no plain file has a name, but
    no content.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` if it is no folder that can be read."""
        self._folder = folder
        try:
            os.scandir(folder).close()
        except OSError as error:
            raise UsageError(
                f"The folder to audit cannot be read ({error.strerror})", "Check its path and its permissions"
            ) from None

    def __getitem__(self, path: str) -> bytes:
        """A file's content, at most a byte more than it may have. Raises `KeyError`."""
        try:
            # A device or pipe among them would never end.
            descriptor = os.open(self._folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise KeyError(path)
                return file.read(_MOST_BYTES + 1)
        except (OSError, ValueError):
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self._folder):
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in sorted([*files, *links]):
                yield (Path(folder) / name).relative_to(self._folder).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def export_log(transaction: Transaction, folder: Path) -> SignedCheckpoint:
    """Write the log as its last checkpoint has it into a new or empty folder, whole or not at all.

    Raises `UsageError` for any other folder and for a log without a checkpoint, `LogBroken` if leaves and
    checkpoint contradict one another.
    """
    signed = require_checkpoint(transaction)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
        try:
            # Inside of it, for others may read an export, as the account's files usually are.
            inner = draft / "log"
            inner.mkdir()
            _write(transaction, signed, inner)
            # Onto an empty folder or none; a full one, and a file, stay as they are.
            inner.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"The export cannot be written there ({error.strerror})", "Name a new folder, or an empty one"
        ) from None
    return signed


def _write(transaction: Transaction, signed: SignedCheckpoint, folder: Path) -> None:
    edge = Edge()
    for leaves in _bundles(transaction, signed.checkpoint.size):
        entries = bundle(leaf.entry for leaf in leaves)
        _put(folder / bundle_path(edge.size // TILE_WIDTH, len(leaves)), entries)
        for tile in edge.grow([leaf.hash for leaf in leaves]):
            width = len(tile.hashes) // HASH_BYTES
            if width == TILE_WIDTH:
                _put(folder / tile_path(tile.level, tile.number, width), tile.hashes)
    for tile in edge.partial_tiles():
        _put(folder / tile_path(tile.level, tile.number, len(tile.hashes) // HASH_BYTES), tile.hashes)
    if (edge.size, edge.root()) != (signed.checkpoint.size, signed.checkpoint.root):
        raise log_broken(_OTHER_LEAVES)
    _put(folder / CHECKPOINT_PATH, bytes(signed))


def _bundles(transaction: Transaction, size: int) -> Iterator[Sequence[Leaf]]:
    leaves: list[Leaf] = []
    for position, found in enumerate(islice(stored_leaves(transaction), size)):
        if found.leaf is None or found.position != position:
            raise log_broken(_OTHER_LEAVES)
        leaves.append(found.leaf)
        if len(leaves) == TILE_WIDTH:
            yield leaves
            leaves = []
    if leaves:
        yield leaves


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
