"""`bonafide audit` and `bonafide witness`: an operator, a witness elsewhere, an auditor and a customer."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Table, select
from tests.integration.evidence.kept_log import OPERATOR, finish_an_erasure, keep

from bonafide.cli import main
from bonafide.errors import KeyUnusable
from bonafide.store import Store
from bonafide.store.schema import ACCESS, DECISION, ERASURE, LEAF
from bonafide.vault import FileSigner, KeyFile

WITNESS = "witness.example"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    """The operator's machine with its store, another party's machine, and a folder for files."""

    folder: Path
    database: str
    environ: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]

    def operator(self, *arguments: object, stdin: str = "") -> Result:
        return self._run("operator", OPERATOR, arguments, stdin)

    def witness(self, *arguments: object, stdin: str = "") -> Result:
        return self._run("witness", WITNESS, arguments, stdin)

    def auditor(self, *arguments: object, language: str = "en") -> Result:
        """Has no database, and no key of its own."""
        self.environ.setenv("BONAFIDE_LANG", language)
        try:
            return self._run("auditor", "localhost", arguments, "")
        finally:
            self.environ.delenv("BONAFIDE_LANG")

    def somebody(self, home: str, operator: str, *arguments: object) -> Result:
        return self._run(home, operator, arguments, "")

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        with contextlib.closing(Store.open(self.database)) as store:
            yield store

    def logs(self, first: int, last: int) -> None:
        with self.store() as store:
            store.write(OPERATOR, partial(keep, first=first, last=last))

    def file(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    @property
    def log_key(self) -> str:
        return self.operator("audit", "key").out.strip()

    @property
    def witness_key(self) -> str:
        return self.witness("witness", "key").out.strip()

    def _run(self, home: str, operator: str, arguments: tuple[object, ...], stdin: str) -> Result:
        self.environ.setenv("BONAFIDE_HOME", str(self.folder / home))
        self.environ.setenv("BONAFIDE_OPERATOR", operator)
        if home == "operator":
            self.environ.setenv("BONAFIDE_DATABASE", self.database)
        else:
            self.environ.delenv("BONAFIDE_DATABASE", raising=False)
        self.environ.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.captured.readouterr()
        with pytest.raises(SystemExit) as done:
            main([str(argument) for argument in arguments])
        assert isinstance(done.value.code, int)
        out, err = self.captured.readouterr()
        assert "Traceback" not in err
        return Result(done.value.code, out, err)


@pytest.fixture
def world(
    tmp_path: Path,
    upgraded_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> World:
    """On each database."""
    return begun(World(tmp_path, upgraded_database, monkeypatch, capsys))


@pytest.fixture
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """For what has nothing to do with the database."""
    return begun(World(tmp_path, f"sqlite:///{tmp_path / 'records.sqlite'}", monkeypatch, capsys))


def begun(world: World) -> World:
    assert world.operator("store", "upgrade").status == 0
    world.logs(0, 40)
    return world


def identifier_in(world: World, table: Table) -> str:
    with world.store() as store, store.read(OPERATOR) as transaction:
        found: str = transaction.connection.execute(select(table.c.id).limit(1)).scalar_one()
    return found


def test_the_whole_story(world: World) -> None:
    # The operator signs, a witness elsewhere cosigns.
    first = world.operator("audit", "checkpoint")
    assert first.status == 0
    assert first.out.startswith(f"{OPERATOR}/bonafide\n40\n")
    assert world.operator("audit", "checkpoint").out == first.out, "without new leaves it is the same"
    log, witness = world.log_key, world.witness_key
    assert log.startswith(f"{OPERATOR}/bonafide+")
    assert witness.startswith(f"{WITNESS}/witness+")

    def cosign(old_size: int) -> None:
        request = world.operator("audit", "request", "--from", old_size)
        answer = world.witness("witness", "cosign", "-", "--log", log, stdin=request.out)
        assert (answer.status, answer.err) == (0, "")
        kept = world.operator("audit", "cosigned", "-", "--witness", witness, stdin=answer.out)
        assert (kept.status, kept.out) == (0, "The cosignature was added.\n")

    cosign(0)
    world.logs(40, 300)
    world.operator("audit", "checkpoint")
    cosign(40)

    # An auditor who kept the first checkpoint needs nothing but files and keys.
    earlier = world.file("earlier", first.out)
    trust = ("--key", log, "--witness", witness, "--quorum", 1)
    for name in ("log", "again"):
        assert world.operator("audit", "export", world.folder / name).status == 0
    verified = world.auditor("audit", "verify", world.folder / "log", *trust, "--since", earlier)
    assert (verified.status, verified.out) == (0, "VALID: 300 entries, and nothing is wrong.\n")

    # Who tampers is found.
    tile = world.folder / "log" / "tile" / "0" / "000"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    tampered = world.auditor("audit", "verify", world.folder / "log", *trust)
    assert tampered.status == 20
    assert tampered.out == "NOT VALID\n  - changed: entry 255\n  - changed: tile/0/000\n"
    listed = json.loads(world.auditor("audit", "verify", world.folder / "log", *trust, "--json").out)
    assert listed == {
        "valid": False,
        "size": 300,
        "findings": [
            {"kind": "changed", "place": "entry 255"},
            {"kind": "changed", "place": "tile/0/000"},
        ],
    }
    assert world.auditor("audit", "verify", world.folder / "again", *trust).status == 0
    assert world.operator("audit", "check", "--since", earlier, "--witness", witness).status == 0


@pytest.mark.parametrize("table", [DECISION, ACCESS, ERASURE], ids=lambda table: table.name)
def test_a_customer_checks_a_proof(world: World, table: Table) -> None:
    record = identifier_in(world, table)
    proof, receipt = world.folder / "mine.tlog-proof", world.folder / "receipt"
    early = world.operator("audit", "prove", record, "--output", proof)
    assert early.status == 2
    assert "bonafide audit checkpoint" in early.err
    world.operator("audit", "checkpoint")
    proved = world.operator("audit", "prove", record, "--output", proof, "--receipt", receipt)
    assert proved == Result(0, f"The proof is in {proof}.\n", "")
    key = world.log_key
    arguments = ("audit", "verify", proof, "--key", key, "--receipt", receipt)
    assert world.auditor(*arguments).out.startswith("VALID: ")
    assert world.auditor(*arguments, language="zh-Hans").out.startswith("有效：")
    checked = world.auditor(*arguments, "--json")
    assert checked.status == 0
    assert json.loads(checked.out).items() >= {"valid": True, "flaws": [], "size": 40}.items()
    receipt.write_bytes(receipt.read_bytes() + b" ")
    wrong = world.auditor(*arguments)
    assert wrong.status == 20
    assert wrong.out.startswith("NOT VALID\n  - The log does not hold this")
    assert json.loads(world.auditor(*arguments, "--json").out)["flaws"] == ["not_in_log"]
    unwitnessed = world.auditor(*arguments, "--witness", world.witness_key)
    assert unwitnessed.status == 20
    assert "Too few of the witnesses" in unwitnessed.out


def test_an_erasure_has_two_proofs(small_world: World) -> None:
    record = identifier_in(small_world, ERASURE)
    one, other, receipt = (small_world.folder / name for name in ("one", "other", "receipt"))
    small_world.operator("audit", "checkpoint")
    none = small_world.operator("audit", "prove", record, "--output", other, "--last")
    assert (none.status, other.exists()) == (2, False)
    with small_world.store() as store:
        finish_an_erasure(store, record)
    small_world.operator("audit", "checkpoint")
    assert small_world.operator("audit", "prove", record, "--output", one).status == 0
    last = small_world.operator("audit", "prove", record, "--output", other, "--last", "--receipt", receipt)
    assert last.status == 0
    assert b"backups-unreadable" in receipt.read_bytes()
    for proof, status in ((other, 0), (one, 20)):
        verified = small_world.auditor(
            "audit", "verify", proof, "--key", small_world.log_key, "--receipt", receipt
        )
        assert verified.status == status


def test_a_witness_refuses_a_fork_and_a_rollback(world: World) -> None:
    world.operator("audit", "checkpoint")
    log = world.log_key
    request = world.operator("audit", "request").out
    assert world.witness("witness", "cosign", "-", "--log", log, stdin=request).status == 0
    # From another size it says which it remembers, as the protocol does.
    world.logs(40, 50)
    world.operator("audit", "checkpoint")
    conflict = world.witness(
        "witness", "cosign", "-", "--log", log, stdin=world.operator("audit", "request").out
    )
    assert (conflict.status, conflict.out) == (10, "40\n")
    assert conflict.err.count("\n") == 1
    asked = world.operator("audit", "request", "--from", conflict.out.strip()).out
    assert world.witness("witness", "cosign", "-", "--log", log, stdin=asked).status == 0

    # The same operator with its own key, but another history.
    with forked(world) as other:
        assert other.log_key == log
        other.operator("audit", "checkpoint")
        too_few = other.operator("audit", "request", "--from", 50)
        assert too_few.status == 2
        assert "rolled back" in too_few.err
        rolled_back = other.operator("audit", "request", "--from", 40).out
        answer = world.witness("witness", "cosign", "-", "--log", log, stdin=rolled_back)
        assert (answer.status, answer.out) == (10, "50\n")
        shorter = rolled_back.replace("old 40", "old 50")
        answer = world.witness("witness", "cosign", "-", "--log", log, stdin=shorter)
        assert (answer.status, answer.out) == (20, "")
        other.logs(45, 60)
        other.operator("audit", "checkpoint")
        fork = other.operator("audit", "request", "--from", 50).out
        answer = world.witness("witness", "cosign", "-", "--log", log, stdin=fork)
        assert (answer.status, answer.out) == (20, "")
        assert "two histories" in answer.err
    # The honest log goes on.
    asked = world.operator("audit", "request", "--from", 50).out
    assert world.witness("witness", "cosign", "-", "--log", log, stdin=asked).status == 0


@contextlib.contextmanager
def forked(world: World) -> Iterator[World]:
    """The operator's machine with a database in which one leaf is another; 45 leaves."""
    other = World(world.folder, f"sqlite:///{world.folder / 'forked.sqlite'}", world.environ, world.captured)
    with other.store() as store:
        store.upgrade()
        store.write(OPERATOR, partial(keep, first=0, last=45))
        store.write(
            OPERATOR, lambda transaction: transaction.change(LEAF, LEAF.c.position == 3, commitment=bytes(32))
        )
    yield other


def test_a_witness_watches_the_logs_it_was_told_of(small_world: World) -> None:
    small_world.operator("audit", "checkpoint")
    request = small_world.operator("audit", "request").out
    for operator, why in (("b.example", "no log whose key was given"), (OPERATOR, "did not sign")):
        key = small_world.somebody("other", operator, "audit", "key").out.strip()
        refused = small_world.witness("witness", "cosign", "-", "--log", key, stdin=request)
        assert (refused.status, refused.out) == (20, "")
        assert why in refused.err


def test_an_answer_of_somebody_else_is_not_kept(small_world: World) -> None:
    small_world.operator("audit", "checkpoint")
    request = small_world.operator("audit", "request").out
    answered = small_world.witness("witness", "cosign", "-", "--log", small_world.log_key, stdin=request)
    answer = small_world.file("answer", answered.out)
    stranger = small_world.somebody("other", WITNESS, "witness", "key").out.strip()
    for key, status, told in (
        (stranger, 20, "This is not that witness's cosignature of any of the newest checkpoints.\n"),
        (small_world.witness_key, 0, "The cosignature was added.\n"),
        (small_world.witness_key, 0, "It was there already.\n"),
    ):
        assert small_world.operator("audit", "cosigned", answer, "--witness", key) == Result(status, told, "")


def test_the_operators_own_check_finds_what_was_edited(world: World) -> None:
    world.operator("audit", "checkpoint")
    clean = world.operator("audit", "check")
    assert (clean.status, clean.out) == (0, "VALID: 40 entries, and nothing is wrong.\n")
    record = identifier_in(world, ACCESS)
    with world.store() as store:
        store.write(
            OPERATOR,
            lambda transaction: transaction.change(ACCESS, ACCESS.c.id == record, id="\x1b[2Jnobody"),
        )
    found = world.operator("audit", "check")
    assert found.status == 20
    assert found.out.splitlines() == ["NOT VALID", "  - changed: access �[2Jnobody"]
    listed = json.loads(world.operator("audit", "check", "--json").out)
    assert listed["findings"] == [{"kind": "changed", "place": "access \x1b[2Jnobody"}]


Command = Callable[[World], tuple[object, ...]]


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        (lambda _: ("audit", "prove", "nothing", "--output", "proof"), 2, "Nothing is kept"),
        (lambda _: ("audit", "request"), 2, "bonafide audit checkpoint"),
        (lambda world: ("audit", "export", world.folder), 2, "no checkpoint"),
        (
            lambda world: ("audit", "verify", world.folder / "none", "--key", world.log_key),
            3,
            "cannot be read",
        ),
        (lambda world: ("audit", "verify", world.file("x", "x"), "--key", world.log_key), 3, "none"),
        (lambda world: ("audit", "verify", world.folder, "--key", "x"), 3, "NAME+ID+KEY"),
        (lambda world: ("audit", "verify", world.folder, "--key", world.witness_key), 2, "not a log's"),
        (
            lambda world: ("audit", "verify", world.folder, "--key", world.log_key, "--quorum", 1),
            2,
            "more witnesses",
        ),
        (
            lambda world: ("audit", "verify", world.folder, "--key", world.log_key, "--receipt", "x"),
            2,
            "by its proof",
        ),
        (
            lambda world: (
                "audit",
                "verify",
                world.folder,
                "--key",
                world.log_key,
                "--since",
                world.file("x", "x"),
            ),
            3,
            "none",
        ),
        (lambda world: ("audit", "cosigned", "-", "--witness", world.log_key), 2, "not a witness's"),
        (lambda world: ("audit", "cosigned", "-", "--witness", world.witness_key), 3, "none"),
        (lambda world: ("witness", "cosign", "-", "--log", world.witness_key), 2, "not a log's"),
        (lambda world: ("witness", "cosign", "-", "--log", world.log_key), 3, "none"),
    ],
)
def test_what_is_wrong_is_one_line(small_world: World, command: Command, status: int, told: str) -> None:
    arguments = command(small_world)
    result = small_world.operator(*arguments)
    assert (result.status, result.out) == (status, "")
    assert told in result.err
    assert result.err.count("\n") == 1


def test_nobody_verifies_with_a_key_that_signed_nothing(small_world: World) -> None:
    missing = small_world.auditor("audit", "verify", small_world.folder)
    assert missing.status == 4
    assert "--key" in missing.err
    with pytest.raises(KeyUnusable):
        FileSigner.existing(small_world.folder / "auditor", KeyFile.LOG)
    assert small_world.operator("audit", "check").status == 4, "and the operator's has none yet"


def test_a_proof_needs_what_it_proves(small_world: World) -> None:
    small_world.operator("audit", "checkpoint")
    proof = small_world.folder / "proof"
    small_world.operator("audit", "prove", identifier_in(small_world, DECISION), "--output", proof)
    result = small_world.auditor("audit", "verify", proof, "--key", small_world.log_key)
    assert result.status == 2
    assert "--receipt" in result.err


def test_a_witness_is_a_small_program(small_world: World) -> None:
    """No database, no models, and none of what they need is even loaded."""
    small_world.operator("audit", "checkpoint")
    request = small_world.operator("audit", "request").out
    home = small_world.folder / "elsewhere"
    program = (
        "import sys\n"
        "from bonafide.cli.root import _run\n"
        "assert _run(['witness', 'cosign', '-', '--log', sys.argv[1]]) == 0\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, small_world.log_key],
        input=request.encode(),
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "BONAFIDE_HOME": str(home)},
    )
    answer, loaded = done.stdout.decode().splitlines()
    assert answer.startswith("\N{EM DASH} localhost/witness ")
    assert "bonafide" in loaded.split()
    unneeded = {"sqlalchemy", "psycopg", "onnxruntime", "cv2", "numpy", "PIL", "pkcs11"}
    assert unneeded.isdisjoint(loaded.split())
    assert {path.name for path in home.rglob("*") if path.is_file()} == {
        "witness-signing.pem",
        "cosigned.json",
        "cosigned.json.lock",
    }
