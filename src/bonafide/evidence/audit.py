"""Auditing a log offline, as it was exported: every entry, every hash, every signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.evidence.checkpoint import SignedCheckpoint, parse_checkpoint, signed_by_log
from bonafide.evidence.layout import CHECKPOINT_PATH, bundle_path, parse_bundle, tile_path
from bonafide.evidence.leaf import parse_entry
from bonafide.evidence.merkle import HASH_BYTES, leaf_hash, root_at, root_of
from bonafide.evidence.tiles import TILE_WIDTH, hash_reader, split_hashes, tiles_of
from bonafide.evidence.trust import Trust, flaws_of

# What is wrong beyond that is wrong in the same way.
MOST_FINDINGS: Final = 100


class FindingKind(StrEnum):
    """What may be wrong with a log."""

    MISSING = "missing"
    EXTRA = "extra"
    MALFORMED = "malformed"
    CHANGED = "changed"
    """It is not what something else that is kept of it says."""

    OTHER_LOG = "other_log"
    NOT_SIGNED = "not_signed"
    WRONGLY_COSIGNED = "wrongly_cosigned"
    TOO_FEW_WITNESSES = "too_few_witnesses"
    FORKED = "forked"
    """It does not continue an earlier checkpoint: the two of them prove that the log has two histories."""

    ROLLED_BACK = "rolled_back"
    """It has fewer entries than an earlier checkpoint."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    kind: FindingKind
    place: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found, the first hundred things. `size` is how many entries the newest checkpoint says
    there are, None where there is none to read.
    """

    size: int | None
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def audit_export(
    files: Mapping[str, bytes], trust: Trust, earlier: Sequence[SignedCheckpoint] = ()
) -> AuditReport:
    """Audit an export's files by their paths (`ExportedFiles`), each of which is read a few times.

    `earlier` are checkpoints of this log that the auditor kept: each must be signed by it and be continued.
    """
    try:
        signed = parse_checkpoint(files[CHECKPOINT_PATH])
    except KeyError:
        return AuditReport(None, (Finding(FindingKind.MISSING, CHECKPOINT_PATH),))
    except UnreadableData:
        return AuditReport(None, (Finding(FindingKind.MALFORMED, CHECKPOINT_PATH),))
    findings = _findings(files, signed, trust, earlier)
    return AuditReport(signed.checkpoint.size, tuple(islice(findings, MOST_FINDINGS)))


def signature_findings(signed: SignedCheckpoint, trust: Trust, place: str) -> Iterator[Finding]:
    """What is wrong with a checkpoint's signatures."""
    yield from (Finding(FindingKind(flaw), place) for flaw in flaws_of(signed, trust))


def _findings(
    files: Mapping[str, bytes], signed: SignedCheckpoint, trust: Trust, earlier: Sequence[SignedCheckpoint]
) -> Iterator[Finding]:
    size = signed.checkpoint.size
    yield from signature_findings(signed, trust, CHECKPOINT_PATH)
    known = {CHECKPOINT_PATH}
    for level, number, width in tiles_of(size):
        path = tile_path(level, number, width)
        known.add(path)
        tile = files.get(path)
        if tile is None:
            yield Finding(FindingKind.MISSING, path)
        elif len(tile) != width * HASH_BYTES:
            yield Finding(FindingKind.MALFORMED, path)
            tile = None
        if level == 0:
            known.add(bundle_path(number, width))
            yield from _entry_findings(files, number, width, tile)
        elif tile is not None:
            yield from _tile_findings(files, level, number, tile)
    yield from _root_findings(files, signed, trust, earlier)
    yield from (Finding(FindingKind.EXTRA, path) for path in files if path not in known)


def _entry_findings(
    files: Mapping[str, bytes], number: int, width: int, tile: bytes | None
) -> Iterator[Finding]:
    path = bundle_path(number, width)
    content = files.get(path)
    if content is None:
        yield Finding(FindingKind.MISSING, path)
        return
    try:
        entries = parse_bundle(content, width)
    except UnreadableData:
        yield Finding(FindingKind.MALFORMED, path)
        return
    hashes = split_hashes(tile) if tile is not None else None
    for at, entry in enumerate(entries):
        position = number * TILE_WIDTH + at
        if hashes is not None and hashes[at] != leaf_hash(entry):
            yield Finding(FindingKind.CHANGED, f"entry {position}")
        try:
            parse_entry(position, entry)
        except UnreadableData:
            yield Finding(FindingKind.MALFORMED, f"entry {position}")


def _tile_findings(files: Mapping[str, bytes], level: int, number: int, tile: bytes) -> Iterator[Finding]:
    """Whether each hash is that of the full tile below, if there is one."""
    for at, above in enumerate(split_hashes(tile)):
        path = tile_path(level - 1, number * TILE_WIDTH + at, TILE_WIDTH)
        below = files.get(path)
        if below is not None and root_of(split_hashes(below)) != above:
            yield Finding(FindingKind.CHANGED, path)


def earlier_findings(
    earlier: Sequence[SignedCheckpoint], trust: Trust, size: int, root: Callable[[int], bytes | None]
) -> Iterator[Finding]:
    """Whether a log of that size continues checkpoints that somebody kept, by the roots of its beginnings."""
    for known in earlier:
        place = f"earlier checkpoint of {known.checkpoint.size}"
        if known.checkpoint.origin != trust.log.name:
            yield Finding(FindingKind.OTHER_LOG, place)
        elif not signed_by_log(known, [trust.log]):
            yield Finding(FindingKind.NOT_SIGNED, place)
        elif known.checkpoint.size > size:
            yield Finding(FindingKind.ROLLED_BACK, place)
        elif root(known.checkpoint.size) != known.checkpoint.root:
            yield Finding(FindingKind.FORKED, place)


def _root_findings(
    files: Mapping[str, bytes], signed: SignedCheckpoint, trust: Trust, earlier: Sequence[SignedCheckpoint]
) -> Iterator[Finding]:
    size = signed.checkpoint.size
    if _root(files, size, size) != signed.checkpoint.root:
        yield Finding(FindingKind.CHANGED, CHECKPOINT_PATH)
    yield from earlier_findings(earlier, trust, size, lambda of: _root(files, size, of))


def _root(files: Mapping[str, bytes], size: int, of: int) -> bytes | None:
    """The root of the first `of` entries, None where tiles are missing or too narrow."""
    try:
        return root_at(of, hash_reader(_tiles(files, size)))
    except LookupError:
        return None


def _tiles(files: Mapping[str, bytes], size: int) -> Callable[[int, int], bytes]:
    def read(level: int, number: int) -> bytes:
        width = min(TILE_WIDTH, (size >> 8 * level) - number * TILE_WIDTH)
        tile = files[tile_path(level, number, width)]
        if len(tile) != width * HASH_BYTES:
            raise LookupError("the tile is not as wide as the tree's size says")
        return tile

    return read
