"""Everything that may be kept of somebody is kept; nobody can read it from the disk; erased, it is gone."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.conftest import later_on_postgresql
from tests.integration.privacy.conftest import OTHER
from tests.integration.privacy.lives import BusyOffice, Life, Person, empty_tables, lives
from tests.integration.privacy.test_erasure import erases, keeps_up, rows
from tests.integration.privacy.traces import as_it_is, forms, found

from bonafide.errors import VaultClosed
from bonafide.privacy.erasure import receipts_of
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.sweep import sweep
from bonafide.store import Store
from bonafide.store.metadata import METADATA
from bonafide.store.schema import CONSENT, SEALED
from bonafide.store.sealed import SealedRow, open_from
from bonafide.vault import UnsafeFileHolder, Vault

# Nobody's: no office ever gave these numbers to people of these names.
SOMEBODY = Person.drawn("欧阳示例", "110101199003078888")
ANOTHER = Person.drawn("司马样张", "110101198503071114")


class Keys:
    """What the vault drew as data keys."""

    def __init__(self) -> None:
        self._drawn: list[bytes] = []

    def random(self, size: int) -> bytes:
        drawn = os.urandom(size)
        if size == 32:
            self._drawn.append(drawn)
        return drawn

    @property
    def secrets(self) -> dict[str, bytes | str]:
        assert self._drawn
        return {f"data key {at}": key for at, key in enumerate(self._drawn)}


@dataclass(frozen=True)
class Disk:
    """Every file that our programs write, and the database's server: its whole folder."""

    folder: Path
    database: str
    server: Path | None
    began: float

    def holds(
        self,
        secrets: Mapping[str, bytes | str],
        ways: Callable[[bytes | str], Iterator[bytes]] = forms,
    ) -> dict[str, set[str]]:
        """Which of the secrets are in any byte of it."""
        places = (self.folder, self.server) if self.server else (self.folder,)
        return found(secrets, *places, ways=ways, since=self.began)

    def settle(self) -> None:
        """Let the server write what it holds in memory."""
        self.ask("CHECKPOINT")

    def recycle(self) -> None:
        """Let the server part with what its write-ahead log no longer needs, as it does in time."""
        self.ask("SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")

    def rewrite(self) -> None:
        """Let the server write every table anew, as an administrator may."""
        self.ask(*(f"VACUUM FULL {table}" for table in METADATA.tables), "CHECKPOINT")

    def ask(self, *statements: str) -> None:
        if self.server is None:
            return
        name = str(make_url(self.database).database)
        with psycopg.connect(host=str(self.server), user="postgres", dbname=name, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement.encode())

    def copy(self) -> str:
        """A backup of the database, as a database; nobody may be connected to it."""
        if self.server is None:
            source, backup = Path(str(make_url(self.database).database)), self.folder / "backup.sqlite"
            for suffix in ("", "-wal"):
                if source.with_name(source.name + suffix).exists():
                    shutil.copy(source.with_name(source.name + suffix), f"{backup}{suffix}")
            return f"sqlite:///{backup}"
        url = make_url(self.database)
        with psycopg.connect(
            host=str(self.server), user="postgres", dbname="postgres", autocommit=True
        ) as admin:
            admin.execute(
                f"CREATE DATABASE {url.database}_backup OWNER {url.username} TEMPLATE {url.database}".encode()
            )
        return url.set(database=f"{url.database}_backup").render_as_string(hide_password=False)


@pytest.fixture
def disk(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    server = None if database.startswith("sqlite") else request.getfixturevalue("postgresql_folder")
    made = Disk(tmp_path, database, server, began=time.time() - 1)
    made.ask("ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
    yield made
    made.ask("ALTER SYSTEM RESET wal_recycle", "SELECT pg_reload_conf()")


@pytest.fixture(autouse=True)
def _everything_is_logged(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All that anybody logs goes into a file, and temporary files go into a folder of the test's own."""
    temporary = disk.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    root = logging.getLogger()
    # Those that somebody may have set to less by themselves.
    loggers = [root, logging.getLogger("sqlalchemy"), logging.getLogger("bonafide")]
    levels = [logger.level for logger in loggers]
    handler = logging.FileHandler(disk.folder / "everything.log")
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    root.removeHandler(handler)
    handler.close()


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def vault(disk: Disk, keys: Keys) -> Vault:
    return Vault(UnsafeFileHolder(disk.folder / "vault"), keys.random)


@pytest.fixture
def office(_everything_is_logged: None, store: Store, vault: Vault) -> BusyOffice:
    return BusyOffice(store, vault)


@pytest.fixture
def other(_everything_is_logged: None, store: Store, vault: Vault) -> BusyOffice:
    return BusyOffice(store, vault, OTHER)


def test_what_is_kept_is_unreadable_and_what_is_erased_is_gone(
    office: BusyOffice, other: BusyOffice, keys: Keys, disk: Disk
) -> None:
    goes, stays = lives(office, SOMEBODY), lives(office, ANOTHER)
    theirs, also = lives(other, SOMEBODY), lives(other, ANOTHER)
    assert empty_tables(office.store, office.operator) == empty_tables(other.store, other.operator) == []
    # One person's records with two operators have nothing in common.
    assert not {*goes.encrypted.values(), *goes.plain.values()} & {
        *theirs.encrypted.values(),
        *theirs.plain.values(),
    }

    disk.settle()
    assert disk.holds({**SOMEBODY.secrets, **ANOTHER.secrets, **keys.secrets}) == {}
    written = {**goes.encrypted, **goes.plain, **goes.logged}
    assert disk.holds(written, as_it_is).keys() == written.keys(), "so it is found where it is"
    everything_else = (all_of(other), kept_of(stays))

    erased = erases(office, goes.subject)
    assert erased.forgotten
    disk.settle()
    if disk.server:
        # Its log has what it wrote until it needs it no more; that the rest of it goes with a rewriting of
        # all tables, and not before, is what docs/thieves.md says.
        disk.rewrite()
        disk.recycle()
    assert disk.holds({**goes.encrypted, **goes.plain}, as_it_is) == {}
    elsewhere = [path for path in disk.folder.iterdir() if not path.name.startswith("bonafide.sqlite")]
    assert found({**goes.encrypted, **goes.plain, **goes.logged}, *elsewhere) == {}
    assert found({**SOMEBODY.secrets, **ANOTHER.secrets, **keys.secrets}, disk.folder) == {}

    assert (all_of(other), kept_of(stays)) == everything_else
    assert stays.opens()
    assert theirs.opens()
    assert also.opens()


def test_what_is_left_of_somebody_speaks_of_staff_and_goes_with_its_term(
    office: BusyOffice, disk: Disk
) -> None:
    goes = lives(office, SOMEBODY)
    erases(office, goes.subject)
    left = rows(office.store, office.operator)
    assert {name for name, value in goes.logged.items() if str(value) in left} == goes.logged.keys()
    office.passes(timedelta(days=3 * 366))
    assert sweep(office.store, office.now.retention).forgotten
    disk.settle()
    if disk.server:
        disk.rewrite()
        disk.recycle()
    assert disk.holds(goes.logged, as_it_is) == {}


def test_what_is_due_goes_to_the_last_byte(office: BusyOffice, disk: Disk) -> None:
    goes = lives(office, SOMEBODY)
    office.passes(timedelta(days=4 * 366))
    assert sweep(office.store, office.now.retention).forgotten
    disk.settle()
    if disk.server:
        disk.rewrite()
        disk.recycle()
    everything = {**goes.encrypted, **goes.plain, **goes.logged}
    assert disk.holds(everything, as_it_is) == {}


@later_on_postgresql
def test_a_copied_backup_is_unreadable_once_its_epochs_are_destroyed(
    database: str, store: Store, vault: Vault, keys: Keys, disk: Disk
) -> None:
    office = BusyOffice(store, vault)
    goes, stays = lives(office, SOMEBODY), lives(office, ANOTHER)
    store.close()
    backup = Store.open(disk.copy())
    office.store = Store.open(database)
    erased = erases(office, goes.subject)
    copied = all_sealed(backup, office.operator)
    assert len(copied) == 8
    said = {bytes(open_from(vault, office.operator, row)) for row in copied}
    worth = {SOMEBODY.selfie, SOMEBODY.document, SOMEBODY.template, SOMEBODY.line.encode()}
    assert worth <= said, "until then it is worth something"

    for _ in range(2):
        office.passes(timedelta(days=30))
        keeps_up(office)
    with office.store.read(office.operator) as transaction:
        assert len(receipts_of(transaction, erased.identifier)) == 2
    assert not vault.holds_epoch(office.operator, 1)
    for row in copied:
        with pytest.raises(VaultClosed):
            open_from(vault, office.operator, row)
    disk.settle()
    assert disk.holds({**SOMEBODY.secrets, **keys.secrets}) == {}
    assert stays.opens(), "what was not erased is as it was"
    backup.close()
    office.store.close()


@pytest.mark.parametrize(
    ("secret", "where"),
    [
        ("selfie", "temporary file"),
        ("template", "core dump"),
        ("template", "database"),
        ("name", "log"),
        ("number", "file in UTF-16"),
        ("line within its country", "log"),
        ("data key 0", "log"),
        ("wrapped key", "database"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_leak_is_found(office: BusyOffice, keys: Keys, disk: Disk, secret: str, where: str) -> None:
    """What the tests above look for, they find: each kind, in each place, in another notation."""
    goes, stays = lives(office, SOMEBODY), lives(office, ANOTHER)
    secrets = {**SOMEBODY.secrets, "data key 0": keys.secrets["data key 0"]}
    secrets["wrapped key"] = goes.sealed[0].wrapped_key
    leaked = secrets[secret]
    content = leaked.encode() if isinstance(leaked, str) else leaked
    erases(office, goes.subject)
    assert found(secrets, disk.folder) == {}
    match where:
        case "temporary file":
            with tempfile.NamedTemporaryFile(delete=False) as file:
                file.write(content)
        case "core dump":
            (disk.folder / "core").write_bytes(bytes(4097) + content.hex().encode() + bytes(4097))
        case "log":
            logging.getLogger("bonafide").debug("failed with %r", content)
        case "file in UTF-16":
            (disk.folder / "note").write_text(f"see {leaked!s}", "utf-16")
        case "database":
            text = base64.b64encode(b"x" + content[:47]).decode()
            office.store.write(
                office.operator,
                lambda transaction: transaction.change(
                    CONSENT, CONSENT.c.id == stays.consents[0].id, text_digest=text
                ),
            )
    disk.settle()
    assert disk.holds(secrets).keys() == {secret}


def all_of(office: BusyOffice) -> list[str]:
    """All rows of an operator."""
    return sorted(rows(office.store, office.operator).splitlines())


def kept_of(life: Life) -> str:
    """All that is kept of one person."""
    with life.office.store.read(life.office.operator) as transaction:
        return repr([holding.export(transaction, life.subject) for holding in HOLDINGS])


def all_sealed(store: Store, operator: str) -> tuple[SealedRow, ...]:
    with store.read(operator) as transaction:
        return transaction.all(SealedRow, SEALED)
