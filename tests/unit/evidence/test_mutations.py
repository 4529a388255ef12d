"""Ten thousand random mutations of exported logs, each of which an auditor must find."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import pytest
from tests.unit.evidence.made_up_log import LOG_KEY, OTHER, WITNESS_KEY, MadeUpLog

from bonafide.errors import UnreadableData
from bonafide.evidence import audit
from bonafide.evidence.audit import audit_export
from bonafide.evidence.checkpoint import parse_checkpoint
from bonafide.evidence.layout import CHECKPOINT_PATH, bundle, parse_bundle
from bonafide.evidence.note import made_by
from bonafide.evidence.trust import Trust

USUAL: Final = 2_000
LONG: Final = 10_000
# Small ones mostly, of which one audit takes little; the last has tiles over tiles.
SIZES: Final = (1, 2, 3, 5, 8, 13, 21, 34, 55, 300)
WEIGHTS: Final = (1, 2, 3, 4, 4, 4, 4, 4, 3, 1)

Files = dict[str, bytes]


@cache
def log_of(size: int) -> MadeUpLog:
    return MadeUpLog.of(size)


@cache
def files_of(size: int) -> Files:
    return log_of(size).files()


@dataclass(frozen=True)
class Case:
    """A log to mutate, and the chance that says how."""

    files: Files
    size: int
    chance: random.Random

    def some_path(self) -> str:
        return self.chance.choice(sorted(self.files))


# Mutations of bytes: whoever gets at the export does them.


def edit(case: Case) -> Files:
    path = case.some_path()
    content = bytearray(case.files[path])
    content[case.chance.randrange(len(content))] ^= case.chance.randrange(1, 256)
    return {**case.files, path: bytes(content)}


def insert(case: Case) -> Files:
    path = case.some_path()
    content = case.files[path]
    at = case.chance.randrange(len(content) + 1)
    return {
        **case.files,
        path: content[:at] + case.chance.randbytes(case.chance.randrange(1, 40)) + content[at:],
    }


def cut_out(case: Case) -> Files:
    path = case.some_path()
    content = case.files[path]
    at = case.chance.randrange(len(content))
    return {**case.files, path: content[:at] + content[at + case.chance.randrange(1, 40) :]}


def truncate(case: Case) -> Files:
    path = case.some_path()
    return {**case.files, path: case.files[path][: case.chance.randrange(len(case.files[path]))]}


def repeat(case: Case) -> Files:
    path = case.some_path()
    content = case.files[path]
    start = case.chance.randrange(len(content))
    end = case.chance.randrange(start + 1, len(content) + 1)
    return {**case.files, path: content[:end] + content[start:]}


def drop_file(case: Case) -> Files:
    gone = case.some_path()
    return {path: content for path, content in case.files.items() if path != gone}


def add_file(case: Case) -> Files:
    path = case.chance.choice(
        ("tile/0/001.p/9", "tile/7/000", "tile/entries/x001/000", "notes.txt", "checkpoint~")
    )
    return {**case.files, path: case.chance.randbytes(32)}


def swap_files(case: Case) -> Files:
    one, other = case.chance.sample(sorted(case.files), 2)
    return {**case.files, one: case.files[other], other: case.files[one]}


# Mutations of entries: the bundles stay bundles.


def change_entry(case: Case) -> Files:
    def change(entries: list[bytes]) -> None:
        at = case.chance.randrange(len(entries))
        other = log_of(case.size + 1).leaves[case.size]
        entries[at] = case.chance.choice((other.entry, replace(other, kind="access").entry, b""))

    return _with_entries(case, change)


def drop_entry(case: Case) -> Files:
    return _with_entries(case, lambda entries: entries.pop(case.chance.randrange(len(entries))))


def repeat_entry(case: Case) -> Files:
    def repeat(entries: list[bytes]) -> None:
        entries.insert(case.chance.randrange(len(entries) + 1), case.chance.choice(entries))

    return _with_entries(case, repeat)


def reorder_entries(case: Case) -> Files:
    return _with_entries(case, case.chance.shuffle)


def swap_hashes(case: Case) -> Files:
    path = case.chance.choice([path for path in sorted(case.files) if path.startswith("tile/0/")])
    tile = case.files[path]
    hashes = [tile[at : at + 32] for at in range(0, len(tile), 32)]
    case.chance.shuffle(hashes)
    return {**case.files, path: b"".join(hashes)}


# Whole other histories: only whoever has some of the keys makes them.


def rewrite(case: Case) -> Files:
    """Another leaf, with all hashes made anew, but not signed anew."""
    return {**_forked(case).files(), CHECKPOINT_PATH: case.files[CHECKPOINT_PATH]}


def forge(case: Case) -> Files:
    """Another history, signed with another key."""
    return case.chance.choice((_forked(case), log_of(case.size + 1))).files(key=OTHER)


def fork(case: Case) -> Files:
    """Another history, signed by the log itself, which no witness cosigned."""
    other = _reordered(case)
    if other == log_of(case.size) or case.chance.random() < 0.5:
        other = _forked(case)
    return other.files(cosigned=False)


def roll_back(case: Case) -> Files:
    """A shorter log, signed by itself."""
    return MadeUpLog(log_of(case.size).leaves[: case.chance.randrange(case.size)]).files(cosigned=False)


MUTATORS: Final[tuple[Callable[[Case], Files], ...]] = (
    edit,
    insert,
    cut_out,
    truncate,
    repeat,
    drop_file,
    add_file,
    swap_files,
    change_entry,
    drop_entry,
    repeat_entry,
    reorder_entries,
    swap_hashes,
    rewrite,
    forge,
    fork,
    roll_back,
)


def _with_entries(case: Case, change: Callable[[list[bytes]], object]) -> Files:
    path = case.chance.choice([path for path in sorted(case.files) if path.startswith("tile/entries/")])
    width = path.partition(".p/")[2]
    entries = list(parse_bundle(case.files[path], int(width or 256)))
    change(entries)
    return {**case.files, path: bundle(entries)}


def _forked(case: Case) -> MadeUpLog:
    leaves = list(log_of(case.size).leaves)
    at = case.chance.randrange(case.size)
    leaves[at] = replace(leaves[at], commitment=case.chance.randbytes(32))
    return MadeUpLog(tuple(leaves))


def _reordered(case: Case) -> MadeUpLog:
    leaves = list(log_of(case.size).leaves)
    case.chance.shuffle(leaves)
    return MadeUpLog(tuple(replace(leaf, position=at) for at, leaf in enumerate(leaves)))


def is_the_same(files: Files, mutated: Files) -> bool:
    """Whether nothing was changed that means anything: a stranger's line may stand in any checkpoint, and is
    to be ignored.
    """
    if {**mutated, CHECKPOINT_PATH: b""} != {**files, CHECKPOINT_PATH: b""}:
        return False
    return _without_strangers(mutated.get(CHECKPOINT_PATH)) == _without_strangers(files[CHECKPOINT_PATH])


def _without_strangers(checkpoint: bytes | None) -> bytes | None:
    try:
        signed = parse_checkpoint(checkpoint or b"")
    except UnreadableData:
        return checkpoint
    known = tuple(line for line in signed.note.signatures if made_by(line, (LOG_KEY, WITNESS_KEY)))
    return bytes(replace(signed.note, signatures=known))


def mutate(count: int, judge: Callable[[Mapping[str, bytes], int], bool]) -> dict[str, tuple[int, int]]:
    """How often each kind of mutation was made, and how often it was found."""
    chance = random.Random(2026)  # noqa: S311 - the same ones every time
    tally = {mutator.__name__: (0, 0) for mutator in MUTATORS}
    made = 0
    while made < count:
        size = chance.choices(SIZES, WEIGHTS)[0]
        mutator = chance.choice(MUTATORS)
        mutated = mutator(Case(files_of(size), size, chance))
        if is_the_same(files_of(size), mutated):
            continue
        made += 1
        times, found = tally[mutator.__name__]
        tally[mutator.__name__] = (times + 1, found + (not judge(mutated, size)))
    return tally


def with_a_witness(files: Mapping[str, bytes], _size: int) -> bool:
    """Whether an auditor accepts it who trusts the log's key and a witness."""
    return audit_export(files, Trust(LOG_KEY, (WITNESS_KEY,), 1)).valid


def with_an_earlier_checkpoint(files: Mapping[str, bytes], size: int) -> bool:
    """Whether an auditor accepts it who kept the last checkpoint, and knows no witness's signature."""
    trust = Trust(LOG_KEY, (WITNESS_KEY,))
    return audit_export(files, trust, [log_of(size).signed(size)]).valid


def with_the_log_alone(files: Mapping[str, bytes], _size: int) -> bool:
    """Whether an auditor accepts it who must believe whatever the log signs."""
    return audit_export(files, Trust(LOG_KEY)).valid


def escaped(tally: Mapping[str, tuple[int, int]]) -> set[str]:
    return {name for name, (times, found) in tally.items() if found < times}


def test_honest_logs_are_accepted() -> None:
    for size in SIZES:
        for judge in (with_a_witness, with_an_earlier_checkpoint, with_the_log_alone):
            assert judge(files_of(size), size)


def _all_are_found(count: int) -> None:
    tally = mutate(count, with_a_witness)
    assert sum(times for times, _ in tally.values()) == count
    assert min(times for times, _ in tally.values()) > count / 50, "every kind had its turn"
    assert escaped(tally) == set()


def test_thousands_of_mutations_are_found() -> None:
    _all_are_found(USUAL)


@pytest.mark.long
def test_ten_thousand_mutations_are_found() -> None:
    _all_are_found(LONG)


def test_histories_are_found_to_differ_from_what_an_auditor_kept() -> None:
    tally = mutate(1_500, with_an_earlier_checkpoint)
    histories = {"rewrite", "forge", "fork", "roll_back"}
    assert histories.isdisjoint(escaped(tally))
    # What is left are bytes of a cosignature that this auditor did not ask for.
    assert escaped(tally) <= {"edit", "insert", "cut_out", "truncate", "repeat"}


def test_without_either_a_log_that_signs_again_is_believed() -> None:
    """What a witness is for; and that these tests see what is not found."""
    assert escaped(mutate(1_500, with_the_log_alone)) >= {"fork", "roll_back"}


@pytest.mark.parametrize(
    ("blinded", "escapes"),
    [
        ("_entry_findings", "change_entry"),
        ("_root_findings", "rewrite"),
        ("signature_findings", "forge"),
    ],
)
def test_an_auditor_that_looks_away_is_noticed(
    monkeypatch: pytest.MonkeyPatch, blinded: str, escapes: str
) -> None:
    monkeypatch.setattr(audit, blinded, lambda *_: iter(()))
    assert escapes in escaped(mutate(600, with_a_witness))
