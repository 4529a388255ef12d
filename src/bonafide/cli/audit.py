"""`bonafide audit`: the evidence log, for whoever keeps it and whoever does not trust its keeper."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from bonafide.cli.input_file import read_whole
from bonafide.cli.output_file import write_whole
from bonafide.cli.plain import plain
from bonafide.cli.vkeys import log_vkey, witness_vkey
from bonafide.errors import UsageError
from bonafide.evidence.audit import AuditReport, audit_export
from bonafide.evidence.audit_store import audit_store
from bonafide.evidence.checkpoint import SignedCheckpoint, log_key, parse_checkpoint
from bonafide.evidence.export import ExportedFiles, export_log
from bonafide.evidence.log import integrate
from bonafide.evidence.note import VerifierKey
from bonafide.evidence.proof import ProofCheck, check_proof, parse_proof
from bonafide.evidence.proving import prove_record
from bonafide.evidence.records import records_of
from bonafide.evidence.trust import Trust
from bonafide.evidence.witnessing import Cosigning, add_cosignature, request_cosignature
from bonafide.service.safekeeping import open_store
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import FileSigner, KeyFile
from bonafide.wording import Language, phrase

_NOT_VALID: Final = 20
# Accesses are kept for three years of retention time, which may differ from the wall's; within these two none
# has gone by itself.
_ACCESSES_KEPT: Final = timedelta(days=730)

_path = click.Path(path_type=Path)
_key_option = click.option(
    "--key", "key", metavar="VKEY", help="The log's key; else that of this installation's own log."
)
_witness_option = click.option(
    "--witness",
    "witnesses",
    metavar="VKEY",
    multiple=True,
    help="Key of a witness to trust. May be repeated.",
)
_since_option = click.option(
    "--since",
    "earlier",
    type=_path,
    multiple=True,
    help="Earlier checkpoint that the log must continue. May be repeated.",
)
_json_option = click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")


@click.group(name="audit")
def command() -> None:
    """Sign, prove, export and audit the evidence log."""


@command.command(name="key")
@click.pass_obj
def key_command(settings: Settings) -> None:
    """Print the key with which this operator's log is verified."""
    click.echo(log_key(settings.operator, FileSigner.open(settings.data_dir, KeyFile.LOG)))


@command.command(name="checkpoint")
@click.pass_obj
def checkpoint_command(settings: Settings) -> None:
    """Sign all that was logged so far, and print the checkpoint; keep it, for later audits."""
    with _opened(settings) as store:
        signer = FileSigner.open(settings.data_dir, KeyFile.LOG)
        signed = integrate(store, settings.operator, signer, datetime.now(UTC))
    click.echo(bytes(signed), nl=False)


@command.command(name="prove")
@click.argument("record")
@click.option("--output", type=_path, required=True, help="The proof's file, by custom .tlog-proof.")
@click.option(
    "--receipt", type=_path, help="Also write what is proved: the receipt, or the entry of an access."
)
@click.option("--last", is_flag=True, help="Of an erasure, prove the second receipt.")
@click.pass_obj
def prove_command(
    settings: Settings, /, record: str, *, output: Path, receipt: Path | None, last: bool
) -> None:
    """Write a proof that the log holds a decision, an erasure or an access, by its identifier."""
    with _opened(settings) as store, store.read(settings.operator) as transaction:
        found = records_of(transaction, record)
        if not found:
            raise UsageError(
                "Nothing is kept under that identifier", "Check it; what was erased is not proved any more"
            )
        if last and len(found) == 1:
            raise UsageError("It has no second receipt", "Prove it without --last")
        wanted = found[-1] if last else found[0]
        proof = prove_record(transaction, wanted)
    if proof is None:
        raise UsageError("No checkpoint covers it yet", "Run `bonafide audit checkpoint` first")
    write_whole(output, bytes(proof), "The proof")
    if receipt is not None:
        write_whole(receipt, wanted.content, "The receipt")
    click.echo(f"The proof is in {output}.")


@command.command(name="verify")
@click.argument("path", type=_path)
@_key_option
@_witness_option
@click.option(
    "--quorum",
    type=click.IntRange(min=0),
    help="How many of the witnesses must have cosigned; else all that are named.",
)
@_since_option
@click.option("--receipt", type=_path, help="What a proof is to prove: the receipt's file, unchanged.")
@_json_option
@click.pass_obj
def verify_command(
    settings: Settings,
    /,
    path: Path,
    *,
    key: str | None,
    witnesses: tuple[str, ...],
    quorum: int | None,
    earlier: tuple[Path, ...],
    receipt: Path | None,
    json_wanted: bool,
) -> int:
    """Verify, offline, an exported log (PATH is a folder) or one proof (PATH is a file).

    Exit status: 0 valid, 20 not valid, 3 no export or proof at all.
    """
    trust = _trust(settings, key, witnesses, quorum)
    if path.is_dir():
        if receipt is not None:
            raise UsageError("A receipt is verified by its proof, not by an export", "Name the proof's file")
        report = audit_export(ExportedFiles(path), trust, _checkpoints(earlier))
        return _tell_report(report, json_wanted=json_wanted)
    proof = parse_proof(read_whole(path, "The proof"))
    if receipt is None or earlier:
        raise UsageError(
            "A proof is verified with what it proves, and with nothing earlier",
            "Name the receipt's file with --receipt, and use --since for exports only",
        )
    check = check_proof(proof, read_whole(receipt, "The receipt"), trust)
    signed = proof.signed.checkpoint
    if json_wanted:
        document = {
            "valid": check.valid,
            "flaws": list(check.flaws),
            "size": signed.size,
            "index": proof.index,
        }
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(_proof_text(check, settings.language))
    return 0 if check.valid else _NOT_VALID


@command.command(name="export")
@click.argument("folder", type=_path)
@click.pass_obj
def export_command(settings: Settings, /, folder: Path) -> None:
    """Write the log into a new or empty folder, for auditors: hashes, and nobody's data."""
    with _opened(settings) as store, store.read(settings.operator) as transaction:
        signed = export_log(transaction, folder)
    click.echo(f"The log of {signed.checkpoint.size} entries was exported.")


@command.command(name="check")
@_key_option
@_witness_option
@_since_option
@_json_option
@click.pass_obj
def check_command(
    settings: Settings,
    /,
    *,
    key: str | None,
    witnesses: tuple[str, ...],
    earlier: tuple[Path, ...],
    json_wanted: bool,
) -> int:
    """Audit this operator's own database: leaves, hashes, checkpoints, and the records they speak of.

    Exit status: 0 nothing is wrong, 20 something is.
    """
    trust = _trust(settings, key, witnesses, 0)
    known = _checkpoints(earlier)
    since = datetime.now(UTC) - _ACCESSES_KEPT
    with _opened(settings) as store, store.read(settings.operator) as transaction:
        report = audit_store(transaction, trust, known, since)
    return _tell_report(report, json_wanted=json_wanted)


@command.command(name="request")
@click.option(
    "--from",
    "old_size",
    type=click.IntRange(min=0),
    default=0,
    help="The size that the witness remembers; it tells it if this is another.",
)
@click.pass_obj
def request_command(settings: Settings, /, *, old_size: int) -> None:
    """Print what to send to a witness, for it to cosign the last checkpoint."""
    with _opened(settings) as store, store.read(settings.operator) as transaction:
        request = request_cosignature(transaction, old_size)
    click.echo(bytes(request), nl=False)


@command.command(name="cosigned")
@click.argument("file", type=_path)
@click.option("--witness", metavar="VKEY", required=True, help="Key of the witness that answered.")
@click.pass_obj
def cosigned_command(settings: Settings, /, file: Path, *, witness: str) -> int:
    """Keep a witness's answer (FILE, or - for standard input) with the checkpoint that it cosigned.

    Exit status: 0 kept, 20 it is not that witness's cosignature of any of the newest checkpoints.
    """
    key = witness_vkey(witness)
    with _opened(settings) as store:
        came = add_cosignature(store, settings.operator, read_whole(file, "The answer"), key)
    if came is Cosigning.OF_NO_CHECKPOINT:
        click.echo("This is not that witness's cosignature of any of the newest checkpoints.")
        return _NOT_VALID
    click.echo("The cosignature was added." if came is Cosigning.ADDED else "It was there already.")
    return 0


def _opened(settings: Settings) -> contextlib.closing[Store]:
    return contextlib.closing(open_store(settings))


def _trust(settings: Settings, key: str | None, witnesses: tuple[str, ...], quorum: int | None) -> Trust:
    keys = tuple(map(witness_vkey, witnesses))
    if quorum is not None and quorum > len(keys):
        raise UsageError("The quorum is of more witnesses than are named", "Name each with --witness")
    return Trust(_log_key(settings, key), keys, len(keys) if quorum is None else quorum)


def _log_key(settings: Settings, key: str | None) -> VerifierKey:
    if key is None:
        return log_key(settings.operator, FileSigner.existing(settings.data_dir, KeyFile.LOG))
    return log_vkey(key)


def _checkpoints(files: tuple[Path, ...]) -> list[SignedCheckpoint]:
    return [parse_checkpoint(read_whole(file, "The earlier checkpoint")) for file in files]


def _tell_report(report: AuditReport, *, json_wanted: bool) -> int:
    if json_wanted:
        findings = [{"kind": found.kind.value, "place": found.place} for found in report.findings]
        document = {"valid": report.valid, "size": report.size, "findings": findings}
        click.echo(json.dumps(document, indent=1))
    elif report.valid:
        click.echo(f"VALID: {report.size or 0} entries, and nothing is wrong.")
    else:
        click.echo("NOT VALID")
        for found in report.findings:
            click.echo(f"  - {found.kind.replace('_', ' ')}: {plain(found.place)}")
    return 0 if report.valid else _NOT_VALID


def _proof_text(check: ProofCheck, language: Language) -> str:
    lines = [phrase("proof_valid" if check.valid else "receipt_invalid", language)]
    lines += [f"  - {phrase(f'proof_{flaw}', language)}" for flaw in check.flaws]
    return "\n".join(lines)
