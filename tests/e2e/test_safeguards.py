"""A person's records from consent to the second receipt, by processes of their own, without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import NO_NETWORK

from bonafide.privacy import Kept, purposes
from bonafide.service.retention import new_identifier, retention
from bonafide.settings import Settings
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.sealed import seal_into

_COMMAND = Path(sys.executable).with_name("bonafide")
TEMPLATE = b"what was measured of nobody" * 40

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `bonafide` in an empty home; what it prints, if it ends with the status that is expected."""
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "sitecustomize.py").write_text(NO_NETWORK)

    def call(*arguments: object, status: int = 0) -> str:
        told = subprocess.run(
            [_COMMAND, *map(str, arguments)],
            capture_output=True,
            check=False,
            timeout=60,
            cwd=tmp_path,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": str(tmp_path / "blocked"),
                "PYTHONWARNINGS": "error",
                "BONAFIDE_HOME": str(tmp_path / "home"),
                "BONAFIDE_OPERATOR": "mobile.example",
            },
        )
        assert told.returncode == status, told.stderr
        if status:
            assert told.stderr.count("\n") <= 1
        return told.stdout

    return call


def keep_template(home: Path, consent: dict[str, str]) -> str:
    """Seal a template for somebody, as a service would; its identifier."""
    settings = Settings(home, operator="mobile.example")
    with retention(settings) as kept:
        vault, now = kept.vault(), kept.now()
        epoch = current_epoch(kept.store, vault, kept.operator, now.retention).number
        deadline = purposes()["face-pay"].deadline(Kept.TEMPLATE, now.retention)
        assert deadline is not None

        def work(transaction: Transaction) -> str:
            return seal_into(
                transaction,
                vault,
                TEMPLATE,
                epoch=epoch,
                id=new_identifier(),
                subject=consent["subject"],
                consent=consent["consent"],
                purpose="face-pay",
                kind=Kept.TEMPLATE,
                made_at=now.wall,
                deadline=deadline,
            ).id

        return kept.store.write(kept.operator, work)


def given(run: Run, purpose: str, *options: object) -> Any:  # noqa: ANN401 - JSON
    words = json.loads(run("consent", "show", purpose, "--lang", "zh-Hans", "--json"))
    return json.loads(
        run(
            "consent", "give", purpose, "--version", words["version"], "--language", "zh-Hans",
            "--age", "18-or-over", "--json", *options,
        )
    )  # fmt: skip


def openssl_key(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of a key pair, made as docs/keeping.md says."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command")
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    private.chmod(0o600)
    return private, public


@pytest.mark.long
def test_from_consent_to_the_second_receipt(run: Run, tmp_path: Path) -> None:
    run("store", "upgrade")
    signup = given(run, "sim-signup")
    pay = given(run, "face-pay", "--subject", signup["subject"])
    record = keep_template(tmp_path / "home", pay)

    # Two people open it, once.
    run(
        "privacy", "break-glass", "ask", "--who", "an", "--reason", "a court's order", "--record", record,
        "--output", "request",
    )  # fmt: skip
    request = json.loads((tmp_path / "request").read_bytes())["id"]
    for who in ("an", "bo"):
        private, public = openssl_key(tmp_path, who)
        run("privacy", "approver", "add", who, public)
        run("privacy", "break-glass", "sign", "request", "--key", private, "--output", who, "--yes")
        run("privacy", "break-glass", "approve", request, "--who", who, "--signature", who)
    run("privacy", "break-glass", "open", request, "--who", "an", "--output", "opened")
    assert (tmp_path / "opened" / f"template-{record}").read_bytes() == TEMPLATE
    run("privacy", "break-glass", "open", request, "--who", "an", "--output", "again", status=2)

    # They ask what is kept, and take one consent back.
    run("privacy", "export", pay["subject"], "--output", "export.zip", "--who", "clerk")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.read(f"template/{record}") == TEMPLATE
    run("consent", "withdraw", pay["consent"], "--receipt", "withdrawn.json")
    run("consent", "status", pay["consent"], status=20)
    run("consent", "status", signup["consent"])
    assert json.loads(run("privacy", "report", "--json"))["filing"]["people"] == 0

    # Then all of it goes, and the keys with which a backup could be read.
    erased = json.loads(
        run("privacy", "erase", pay["subject"], "--yes", "--receipt", "erased.json", "--json")
    )
    assert erased["forgotten"] is True
    run("store", "rotate")
    run("store", "rewrap")
    run("store", "destroy-epoch", 1, "--yes")
    assert json.loads(run("privacy", "upkeep", "--json"))["finished_erasures"] == 2
    run("privacy", "receipts", erased["erasure"], "--output", ".")
    for receipt in ("withdrawn.json", "erased.json", "receipt.json", "second-receipt.json"):
        run("receipt", "verify", receipt)
    report = json.loads(run("privacy", "report", "--json"))
    assert [kept["rows"] for kept in report["kept"]] == []
    assert (report["erasures"], report["unfinished_erasures"]) == (2, 0)
    assert {(access["who"], access["action"]) for access in report["accesses"]} == {
        ("an", "break-glass"),
        ("clerk", "export"),
    }
