"""The commands for people's rights, as an operator's engineers run them, on each database."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bonafide.cli import main
from bonafide.outcome import Outcome
from bonafide.privacy import Kept, purposes
from bonafide.privacy.consent import token
from bonafide.privacy.referred_case import open_case
from bonafide.service.keeping import add_decision
from bonafide.service.retention import new_identifier, retention
from bonafide.settings import Settings
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.sealed import SealedRow, seal_into


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """Its one line on standard error, where it said nothing else."""
        assert self.out == ""
        assert self.err.startswith("bonafide: ")
        assert self.err.count("\n") == 1
        return self.err


class Cli:
    """Runs `bonafide` in this process, with a data folder and a database of the test's own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, database: str) -> None:
        self._capsys = capsys
        self.folder = folder
        self.database = database

    def __call__(self, *arguments: object) -> Told:
        with pytest.raises(SystemExit) as done:
            main([str(argument) for argument in arguments])
        assert isinstance(done.value.code, int)
        out, err = self._capsys.readouterr()
        return Told(done.value.code, out, err)

    def agrees(self, purpose: str = "sim-signup", *options: object) -> dict[str, str]:
        """Somebody's consent, as `give` prints it."""
        told = self(
            "consent", "give", purpose, "--version", purposes()[purpose].version, "--language", "zh-Hans",
            "--age", "18-or-over", "--json", *options,
        )  # fmt: skip
        assert told.status == 0, told.err
        document: dict[str, str] = told.document
        return document

    def keeps(self, consent: dict[str, str], content: bytes) -> SealedRow:
        """A sealed template, or the picture of a case, as the purpose has it."""
        purpose = purposes()[consent["purpose"]]
        with retention(Settings.from_environment(os.environ)) as kept:
            vault, now = kept.vault(), kept.now()
            epoch = current_epoch(kept.store, vault, kept.operator, now.retention).number
            kind = Kept.TEMPLATE if Kept.TEMPLATE in purpose.keeps else Kept.CASE_PICTURE
            deadline = purpose.deadline(kind, now.retention)
            assert deadline is not None

            def work(transaction: Transaction) -> SealedRow:
                case = None
                if kind is Kept.CASE_PICTURE:
                    allowed = token(transaction, consent["consent"], purpose, now)
                    case = open_case(transaction, purpose, allowed, now, new_identifier).id
                return seal_into(
                    transaction,
                    vault,
                    content,
                    epoch=epoch,
                    id=new_identifier(),
                    subject=consent["subject"],
                    consent=consent["consent"],
                    purpose=purpose.name,
                    kind=kind,
                    made_at=now.wall,
                    deadline=deadline,
                    referred_case=case,
                )

            return kept.store.write(kept.operator, work)

    def decides(self, consent: dict[str, str], issuer: str, number: str) -> None:
        """A decision about a document is kept."""
        purpose = purposes()[consent["purpose"]]
        with retention(Settings.from_environment(os.environ)) as kept:
            index, now = kept.vault().document_index(kept.operator, issuer, number), kept.now()
            kept.store.write(
                kept.operator,
                lambda transaction: add_decision(
                    transaction,
                    purpose,
                    now,
                    identifier=new_identifier(),
                    subject=consent["subject"],
                    consent=consent["consent"],
                    outcome=Outcome.ACCEPT,
                    receipt=b"{}",
                    document_index=index,
                ),
            )

    def key(self, name: str) -> tuple[Path, Path]:
        """The files of somebody's new key: the private one and the public one."""
        key = Ed25519PrivateKey.generate()
        private, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        private.chmod(0o600)
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return private, public


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    upgraded_database: str,
) -> Cli:
    for name in [name for name in os.environ if name.startswith("BONAFIDE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BONAFIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BONAFIDE_DATABASE", upgraded_database)
    monkeypatch.setenv("BONAFIDE_OPERATOR", "mobile.example")
    made = Cli(capsys, tmp_path, upgraded_database)
    assert made("store", "upgrade").status == 0  # its tables are there; the operator is not
    return made
