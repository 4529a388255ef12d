"""An exported log is audited offline, and whatever was done to it is found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.evidence.made_up_log import (
    LOG,
    LOG_KEY,
    OPERATOR,
    OTHER,
    WITNESS_KEY,
    MadeUpLog,
)

from bonafide.errors import UnreadableData, UsageError
from bonafide.evidence.audit import MOST_FINDINGS, Finding, FindingKind, audit_export
from bonafide.evidence.checkpoint import Checkpoint, log_key, sign_checkpoint
from bonafide.evidence.export import ExportedFiles
from bonafide.evidence.layout import bundle, bundle_path, parse_bundle, tile_path
from bonafide.evidence.note import SignatureKind, VerifierKey
from bonafide.evidence.trust import CheckpointFlaw, Trust, flaws_of

LOG_OF_600 = MadeUpLog.of(600)
TRUST = Trust(LOG_KEY, (WITNESS_KEY,), 1)


def found(files: Mapping[str, bytes], trust: Trust = TRUST, *earlier: int) -> set[tuple[str, str]]:
    report = audit_export(files, trust, [LOG_OF_600.signed(size) for size in earlier])
    assert report.valid == (not report.findings)
    return {(finding.kind.value, finding.place) for finding in report.findings}


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 512, 600, 70_000])
def test_an_honest_log_is_valid(size: int) -> None:
    log = MadeUpLog.of(size)
    files = log.files()
    report = audit_export(
        files, TRUST, [log.signed(earlier) for earlier in {0, 1, 256, size // 2} if earlier <= size]
    )
    assert report.findings == ()
    assert (report.valid, report.size) == (True, size)
    if size == 70_000:
        # The example of the specification.
        partial = {name for name in files if ".p/" in name}
        assert partial == {
            "tile/0/273.p/112",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/273.p/112",
        }


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(3, 1_234_067, 256) == "tile/3/x001/x234/067"
    assert tile_path(0, 1000, 7) == "tile/0/x001/000.p/7"
    assert bundle_path(5, 255) == "tile/entries/005.p/255"


@given(
    entries=st.lists(st.binary(max_size=300), max_size=256), cut=st.integers(1, 4), more=st.binary(min_size=1)
)
def test_a_bundle_is_read_as_it_was_written_and_in_no_other_form(
    entries: list[bytes], cut: int, more: bytes
) -> None:
    content = bundle(entries)
    assert list(parse_bundle(content, len(entries))) == entries
    wrong = [(content + more, len(entries)), (content, len(entries) + 1)]
    if entries:
        wrong += [(content[:-cut], len(entries)), (content, len(entries) - 1)]
    for changed, width in wrong:
        with pytest.raises(UnreadableData):
            parse_bundle(changed, width)


def test_what_is_wrong_is_said_with_its_place() -> None:
    files = LOG_OF_600.files()

    def without(path: str) -> dict[str, bytes]:
        return {name: files[name] for name in files if name != path}

    entries = list(parse_bundle(files["tile/entries/001"], 256))
    entries[3] = LOG_OF_600.leaves[0].entry
    tile = files["tile/0/001"]
    swapped = tile[32:64] + tile[:32] + tile[64:]
    for changed, expected in (
        (without("checkpoint"), {("missing", "checkpoint")}),
        ({**files, "checkpoint": b"nothing"}, {("malformed", "checkpoint")}),
        (without("tile/entries/001"), {("missing", "tile/entries/001")}),
        ({**files, "tile/entries/001": b"x"}, {("malformed", "tile/entries/001")}),
        ({**files, "tile/entries/001": bundle(entries)}, {("changed", "entry 259")}),
        (without("tile/1/000.p/2"), {("missing", "tile/1/000.p/2"), ("changed", "checkpoint")}),
        ({**files, "tile/0/000": b"x" * 31}, {("malformed", "tile/0/000"), ("changed", "tile/0/000")}),
        (
            {**files, "tile/0/001": swapped},
            {("changed", "entry 256"), ("changed", "entry 257"), ("changed", "tile/0/001")},
        ),
        ({**files, "tile/0/003": b""}, {("extra", "tile/0/003")}),
        ({**files, "salt.txt": b""}, {("extra", "salt.txt")}),
    ):
        assert found(changed) == expected


def test_entries_that_hash_well_must_also_say_what_a_leaf_says() -> None:
    strange = replace(LOG_OF_600.leaves[1], kind="unknown")
    log = MadeUpLog((LOG_OF_600.leaves[0], strange))
    assert found(log.files()) == {("malformed", "entry 1")}


def test_it_is_this_log_signed_and_witnessed() -> None:
    files = LOG_OF_600.files()
    unwitnessed = {**files, "checkpoint": bytes(LOG_OF_600.signed(600))}
    forged = LOG_OF_600.files(key=OTHER)
    # The name alone tells them apart.
    assert found(files, Trust(log_key("b.example", LOG))) == {("other_log", "checkpoint")}
    assert found(forged) == {("not_signed", "checkpoint")}
    assert found(unwitnessed) == {("too_few_witnesses", "checkpoint")}
    assert found(unwitnessed, Trust(LOG_KEY, (WITNESS_KEY,))) == set()
    impostor = VerifierKey.of(WITNESS_KEY.name, SignatureKind.COSIGNATURE, OTHER)
    assert found(files, Trust(LOG_KEY, (impostor,), 1)) == {("too_few_witnesses", "checkpoint")}
    assert found(files, Trust(LOG_KEY, (WITNESS_KEY, WITNESS_KEY), 2)) == {
        ("too_few_witnesses", "checkpoint")
    }


def test_a_wrong_cosignature_is_worse_than_none() -> None:
    signed = LOG_OF_600.signed(600, cosigned=True)
    line = signed.note.signatures[1]
    wrong = replace(line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    note = replace(signed.note, signatures=(signed.note.signatures[0], wrong))
    assert flaws_of(replace(signed, note=note), Trust(LOG_KEY, (WITNESS_KEY,))) == (
        CheckpointFlaw.WRONGLY_COSIGNED,
    )


def test_a_fork_and_a_rollback_contradict_what_was_kept() -> None:
    leaves = list(LOG_OF_600.leaves)
    leaves[300] = replace(leaves[300], commitment=bytes(32))
    forked, shorter = MadeUpLog(tuple(leaves)), MadeUpLog(LOG_OF_600.leaves[:400])
    trust = Trust(LOG_KEY)
    # Signed by the log's own key, both are flawless until they are held against something.
    assert found(forked.files(), trust) == found(shorter.files(), trust) == set()
    assert found(forked.files(), trust, 300) == set(), "what was then is as it was"
    assert found(forked.files(), trust, 301) == {("forked", "earlier checkpoint of 301")}
    assert found(shorter.files(), trust, 400) == set()
    assert found(shorter.files(), trust, 401) == {("rolled_back", "earlier checkpoint of 401")}


def test_an_earlier_checkpoint_must_be_this_logs() -> None:
    root = LOG_OF_600.signed(5).checkpoint.root
    for known, kind in (
        (LOG_OF_600.signed(5, key=OTHER), FindingKind.NOT_SIGNED),
        (sign_checkpoint(Checkpoint("b.example/bonafide", 5, root), LOG), FindingKind.OTHER_LOG),
    ):
        report = audit_export(LOG_OF_600.files(), TRUST, [known])
        assert report.findings == (Finding(kind, "earlier checkpoint of 5"),)


def test_a_checkpoint_of_more_than_there_can_be_keeps_nobody_busy() -> None:
    checkpoint = Checkpoint(f"{OPERATOR}/bonafide", 2**62, bytes(32))
    files = {"checkpoint": bytes(sign_checkpoint(checkpoint, LOG))}
    assert len(audit_export(files, Trust(LOG_KEY)).findings) == MOST_FINDINGS


def lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def test_a_folder_is_read_and_nothing_outside_of_it(tmp_path: Path) -> None:
    folder, outside = tmp_path / "log", tmp_path / "outside"
    files = LOG_OF_600.files()
    lay_out(folder, files)
    read = ExportedFiles(folder)
    assert dict(read) == files
    assert len(read) == len(files)
    assert found(read) == set()
    outside.mkdir()
    (folder / "link").symlink_to(outside, target_is_directory=True)
    (folder / "tile/0/001").rename(outside / "001")
    (folder / "tile/0/001").symlink_to(outside / "001")
    (folder / "tile/entries/001").unlink()
    os.mkfifo(folder / "tile/entries/001")
    assert found(read) == {
        ("extra", "link"),
        ("missing", "tile/0/001"),
        ("missing", "tile/entries/001"),
    }
    (folder / "tile/entries/000").write_bytes(bytes(1 << 20))
    assert ("malformed", "tile/entries/000") in found(read)


def test_no_folder_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        ExportedFiles(tmp_path / "nothing")
