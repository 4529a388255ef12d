"""What comes onto an operator's machine: declared, explained, locked by digest, on terms they can accept."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_REPOSITORY = Path(__file__).resolve().parents[2]
_PROJECT = tomllib.loads((_REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
_RUNTIME = [Requirement(line) for line in _PROJECT["dependencies"]]
_EVALUATION = [Requirement(line) for line in _PROJECT["optional-dependencies"]["evaluation"]]
_SERVICE = [Requirement(line) for line in _PROJECT["optional-dependencies"]["service"]]
_TELEMETRY = [Requirement(line) for line in _PROJECT["optional-dependencies"]["telemetry"]]
_EXTRAS = _EVALUATION + _SERVICE + _TELEMETRY
_LOCKS = ("runtime", "build", "service", "dev")
# The rooms that are used with the extra alone, and the files through which a person enters.
_OF_THE_SERVICE = {"api", "web", "authenticators.py", "id_token.py", "one_time_codes.py", "passkeys.py"}
# Not the Lesser one, which sets terms for the library alone.
_GPL = re.compile(r"\bA?GPL|Affero|(?<!Lesser )General Public", re.IGNORECASE)


def _text(lock: str) -> str:
    return (_REPOSITORY / "requirements" / f"{lock}.txt").read_text("utf-8")


def _pins(lock: str) -> dict[str, str]:
    """Name to version of what a lock installs on this machine."""
    lines = (line.removesuffix("\\") for line in _text(lock).splitlines() if re.match(r"[a-z0-9]", line))
    requirements = [Requirement(line) for line in lines]
    return {
        wanted.name: str(wanted.specifier).removeprefix("==")
        for wanted in requirements
        if wanted.marker is None or wanted.marker.evaluate()
    }


def _closure(requirements: list[Requirement]) -> set[str]:
    """The names of what is installed because of these, directly or not."""
    found: set[tuple[str, str]] = set()
    waiting = [(wanted.name, extra) for wanted in requirements for extra in ("", *wanted.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (canonicalize_name(name), extra) in found:
            continue
        found.add((canonicalize_name(name), extra))
        waiting += [
            (needed.name, its_extra)
            for needed in map(Requirement, metadata.requires(name) or ())
            if needed.marker is None or needed.marker.evaluate({"extra": extra})
            for its_extra in ("", *needed.extras)
        ]
    return {name for name, _ in found}


def _declared_licence(name: str) -> str:
    """What a package says of its licence: the expression, the title of the text, the classifiers."""
    about = metadata.metadata(name)
    titles = [text.partition("\n")[0] for text in about.get_all("License") or ()]
    classifiers = [value for value in about.get_all("Classifier") or () if value.startswith("License")]
    return "; ".join([*(about.get_all("License-Expression") or ()), *titles, *classifiers])


def _imports() -> Iterator[tuple[str, Path]]:
    """The top-level modules that the sources import, and where."""
    for path in (_REPOSITORY / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            for name in names:
                yield name.partition(".")[0], path


def test_what_is_imported_is_declared() -> None:
    distributions = metadata.packages_distributions()
    runtime = {canonicalize_name(wanted.name) for wanted in _RUNTIME}
    evaluation = runtime | {canonicalize_name(wanted.name) for wanted in _EVALUATION}
    service = runtime | {canonicalize_name(wanted.name) for wanted in _SERVICE}
    for module, path in _imports():
        if module == "bonafide" or module in sys.stdlib_module_names:
            continue
        declared = runtime
        if path.name == "live_client.py":
            # The benchmark speaks to a service, where there is one.
            declared = evaluation | service
        elif "evaluation" in path.parts:
            declared = evaluation
        elif path.name == "traces.py":
            declared = service | {canonicalize_name(wanted.name) for wanted in _TELEMETRY}
        elif _OF_THE_SERVICE & set(path.parts):
            declared = service
        assert {canonicalize_name(name) for name in distributions[module]} & declared, f"{module} in {path}"


def test_every_dependency_is_explained() -> None:
    tables, _, _ = (_REPOSITORY / "docs" / "dependencies.md").read_text("utf-8").partition("## LGPL")
    explained = re.findall(r"^\| (?!package )([a-z0-9-]+) \|", tables, re.MULTILINE)
    assert sorted(explained) == sorted(_closure(_RUNTIME + _EXTRAS))


@pytest.mark.parametrize("name", sorted(_closure(_RUNTIME + _EXTRAS)))
def test_no_dependency_is_under_the_gpl(name: str) -> None:
    licence = _declared_licence(name)
    assert re.search(r"\w", licence), "declares no licence"
    assert not _GPL.search(licence), licence


def test_the_gpl_is_told_from_the_lesser_one() -> None:
    for forbidden in ("GPL-3.0-or-later", "AGPL-3.0", "GNU General Public License v3", "GNU Affero GPL"):
        assert _GPL.search(forbidden), forbidden
    for allowed in ("LGPL-2.1", "GNU Lesser General Public License v3 (LGPLv3)", "MIT"):
        assert not _GPL.search(allowed), allowed


def test_the_lock_of_run_time_is_its_closure() -> None:
    assert set(_pins("runtime")) == _closure(_RUNTIME)


def test_the_lock_of_the_service_is_its_closure() -> None:
    assert set(_pins("service")) == _closure(_RUNTIME + _SERVICE)


def test_the_locks_agree() -> None:
    every = _pins("runtime") | _pins("build") | _pins("service")
    assert every | _pins("dev") == _pins("dev")
    assert _pins("runtime").items() <= _pins("service").items()
    assert _closure(_EVALUATION) <= set(_pins("dev"))


def test_the_locked_versions_are_the_wanted_ones() -> None:
    pins = _pins("dev")
    for wanted in _RUNTIME + _EXTRAS:
        assert wanted.specifier.contains(pins[wanted.name]), wanted


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_lock_names_packages_by_digest_and_no_place(lock: str) -> None:
    text = _text(lock)
    pinned = re.findall(r"^[a-z0-9].*==.*\\\n {4}--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[^ #]", text, re.MULTILINE))
    assert not re.search(r"://|file:|@ |--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("lock", _LOCKS)
def test_pytorch_never_comes_in(lock: str) -> None:
    assert not re.search(r"^(torch|nvidia|triton)", _text(lock), re.MULTILINE)
