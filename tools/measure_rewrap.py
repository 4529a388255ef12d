"""Measure how fast sealed records come under another epoch, and show that a kill in the midst loses none.

    python tools/measure_rewrap.py [--rows N] [--folder FOLDER] [--database URL]

Makes that many sealed rows in a new SQLite database in a folder of its own, and begins another epoch. A
process re-wraps them and is killed (SIGKILL) somewhere in the midst; a second one goes on. Then the old
epoch's key is destroyed, and every row is opened under the new one. Prints rows a second, how many bare
fsyncs of the same disk one row takes as long as, and the most memory that a process had.

A URL names an empty PostgreSQL database instead, which is left as it is then; bare fsyncs are of the folder's
disk.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, select

from bonafide.evaluation.bench.disk import BareDisk
from bonafide.privacy.consent import Consent, Subject
from bonafide.store import Store, Transaction
from bonafide.store.epochs import current_epoch, destroy_epoch, rotate
from bonafide.store.rewrap import BATCH, rewrap
from bonafide.store.schema import CONSENT, SEALED, SUBJECT
from bonafide.store.sealed import SealedRow, open_from
from bonafide.vault import UnsafeFileHolder, Vault
from bonafide.vault.binding import Binding

OPERATOR = "bench.example"
# A template's size.
_BYTES = 1000
_MADE_TOGETHER = 1000
_PURPOSE, _KIND = "face-pay", "template"


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of it. `left` is how many rows the killed process left under the old epoch, `seconds` what
    both processes took for all, `fsync_ms` the median of bare fsyncs between batches, `peak_mb` the most
    memory of the process that ended well, `opened` the rows that opened with the old key gone.
    """

    rows: int
    left: int
    seconds: float
    fsync_ms: float
    peak_mb: float
    opened: int

    @property
    def a_second(self) -> float:
        """Rows re-wrapped in a second."""
        return self.rows / self.seconds

    @property
    def fsyncs(self) -> float:
        """How many bare fsyncs one row takes as long as."""
        return self.seconds * 1000 / self.rows / self.fsync_ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure re-wrapping, with a kill in the midst.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where a folder for it is made; else for temporary files")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database; else SQLite")
    given = parser.parse_args()
    if given.rows < 2:
        parser.error("a kill in the midst needs at least two rows")
    with TemporaryDirectory(prefix="bonafide-rewrap-", dir=given.folder) as name:
        home = Path(name)
        url = given.database or f"sqlite:///{home / 'records.sqlite'}"
        with Progress(console=Console(stderr=True)) as shown:
            found = measure(url, home, given.rows, shown)
    sys.stdout.write(
        f"{found.rows:,} sealed rows of {_BYTES} bytes; killed with {found.left:,} to go, and resumed\n"
        f"re-wrapped {found.a_second:,.0f} a second, each as long as {found.fsyncs:.3g} bare fsyncs of "
        f"{found.fsync_ms:.2f} ms\n"
        f"at most {found.peak_mb:.0f} MB of memory\n"
        f"{found.opened:,} opened under the new epoch, with the old one's key destroyed\n"
    )


def measure(url: str, home: Path, rows: int, shown: Progress) -> Findings:
    """Do it all in an empty database, with keys in a folder."""
    with closing(Store.open(url)) as store, closing(BareDisk(home)) as disk:
        if store.revision() is not None:
            raise SystemExit("The database is not empty. Name one that is: rows are made in it.")
        store.upgrade()
        vault = _vault(home)
        old = current_epoch(store, vault, OPERATOR, datetime.now(UTC)).number
        _make(store, vault, old, rows, shown)
        new = rotate(store, vault, OPERATOR, datetime.now(UTC)).number
        work = partial(_rewrap, url, home, new, min(BATCH, -(-rows // 20)))
        killed = _run(work, disk, rows, shown, until=random.uniform(0.2, 0.8) * rows)  # noqa: S311
        left = _count(store, old)
        resumed = _run(work, disk, left, shown)
        destroy_epoch(store, vault, OPERATOR, old, datetime.now(UTC))
        return Findings(
            rows=rows,
            left=left,
            seconds=killed.seconds + resumed.seconds,
            fsync_ms=median(killed.fsyncs_ms + resumed.fsyncs_ms),
            peak_mb=resumed.peak_mb,
            opened=_open_all(store, vault, new, rows, shown),
        )


@dataclass(frozen=True, slots=True)
class _Ran:
    """How long a process re-wrapped, what bare fsyncs took between its batches, and the most memory it had,
    which is not known of one that was killed.
    """

    seconds: float
    fsyncs_ms: list[float]
    peak_mb: float = 0.0


def _run(
    work: Callable[[Connection], None],
    disk: BareDisk,
    rows: int,
    shown: Progress,
    until: float | None = None,
) -> _Ran:
    """Let a process re-wrap to the end, or kill it within the batch that follows on so many rows."""
    task = shown.add_task("Wrapping anew" if until is None else "Wrapping anew, to be killed", total=rows)
    spawn = get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=work, args=(there,))
    process.start()
    there.close()
    batches: list[float] = []
    fsyncs: list[float] = []
    try:
        # It waits after each batch to be told to go on, and so does not end before it is killed.
        done: int | float = here.recv()
        while True:
            begun = time.perf_counter()
            here.send(None)
            if until is not None and done >= until:
                time.sleep(random.uniform(0, median(batches)))  # noqa: S311
                process.kill()
                return _Ran(sum(batches) + time.perf_counter() - begun, fsyncs)
            done = here.recv()
            batches.append(time.perf_counter() - begun)
            if isinstance(done, float):
                return _Ran(sum(batches), fsyncs, done)
            shown.update(task, completed=done)
            # Between two batches, so that whatever else the machine does strikes both alike.
            begun = time.perf_counter()
            disk.write()
            fsyncs.append((time.perf_counter() - begun) * 1000)
    finally:
        process.kill()
        process.join()


def _rewrap(url: str, home: Path, epoch: int, batch: int, parent: Connection) -> None:
    def tell(done: int, _total: int) -> None:
        parent.send(done)
        parent.recv()

    with closing(Store.open(url)) as store:
        tell(0, 0)
        rewrap(store, _vault(home), OPERATOR, epoch, progress=tell, batch=batch)
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    parent.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def _make(store: Store, vault: Vault, epoch: int, rows: int, shown: Progress) -> None:
    """Rows of one person; each says what follows from its identifier."""
    task = shown.add_task("Making rows", total=rows)
    now = datetime.now(UTC)
    deadline = now + timedelta(days=365)
    person, consent = _identifier(), _identifier()

    def agree(transaction: Transaction) -> None:
        transaction.add(SUBJECT, Subject(person, now))
        transaction.add(
            CONSENT, Consent(consent, person, _PURPOSE, 1, "0" * 64, "en", "person", now, deadline)
        )

    def sealed() -> SealedRow:
        record = _identifier()
        binding = Binding(OPERATOR, person, _PURPOSE, consent, record, _KIND)
        found = vault.seal(_content(record), binding, epoch)
        return SealedRow(
            id=record,
            subject=person,
            consent=consent,
            purpose=_PURPOSE,
            referred_case=None,
            kind=_KIND,
            model_contract="",
            epoch=epoch,
            wrapped_key=found.wrapped_key,
            nonce=found.nonce,
            ciphertext=found.ciphertext,
            made_at=now,
            deadline=deadline,
        )

    store.write(OPERATOR, agree)
    made = 0
    while made < rows:
        these = [sealed() for _ in range(min(_MADE_TOGETHER, rows - made))]
        store.write(OPERATOR, partial(_add, rows=these))
        made += len(these)
        shown.update(task, completed=made)


def _add(transaction: Transaction, rows: Sequence[SealedRow]) -> None:
    transaction.add(SEALED, *rows)


def _open_all(store: Store, vault: Vault, epoch: int, rows: int, shown: Progress) -> int:
    """Open every row and look at what it says; how many were right and under this epoch."""
    task = shown.add_task("Opening all", total=rows)
    right, seen, last = 0, 0, ""
    while True:
        with store.read(OPERATOR) as transaction:
            query = SEALED.select().where(SEALED.c.id > last).order_by(SEALED.c.id).limit(_MADE_TOGETHER)
            found = transaction.chosen(SealedRow, query, SEALED)
        if not found:
            return right
        right += sum(
            row.epoch == epoch and open_from(vault, OPERATOR, row) == _content(row.id) for row in found
        )
        seen, last = seen + len(found), found[-1].id
        shown.update(task, completed=seen)


def _count(store: Store, epoch: int) -> int:
    with store.read(OPERATOR) as transaction:
        query = select(func.count()).where(SEALED.c.operator == OPERATOR, SEALED.c.epoch == epoch)
        return transaction.connection.execute(query).scalar_one()


def _vault(home: Path) -> Vault:
    return Vault(UnsafeFileHolder(home / "vault"))


def _content(record: str) -> bytes:
    return hashlib.shake_128(record.encode()).digest(_BYTES)


def _identifier() -> str:
    return str(uuid.uuid4())


if __name__ == "__main__":
    main()
