"""The log's side of the witness protocol (C2SP tlog-witness): what is asked, and what comes of the answer."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from bonafide.errors import UnreadableData, UsageError
from bonafide.evidence.checkpoint import SignedCheckpoint
from bonafide.evidence.cosignature import verify_cosignature
from bonafide.evidence.log import prove_consistency, require_checkpoint
from bonafide.evidence.note import SignatureLine, VerifierKey, made_by, parse_signatures
from bonafide.evidence.proving import newest_checkpoints
from bonafide.evidence.witness import AddCheckpoint
from bonafide.store import Store, Transaction
from bonafide.store.schema import CHECKPOINT


class Cosigning(StrEnum):
    """What came of a witness's answer."""

    ADDED = "added"
    KNOWN = "known"
    """The checkpoint has a cosignature of this witness already."""

    OF_NO_CHECKPOINT = "of_no_checkpoint"
    """It is no cosignature of this witness, or of none of the newest checkpoints."""


def request_cosignature(transaction: Transaction, old_size: int) -> AddCheckpoint:
    """What to send to a witness that remembers the log at `old_size`, 0 for nothing.

    Raises `UsageError` for a log without a checkpoint and for a size that its last one does not reach,
    `LogBroken` where tiles are missing.
    """
    signed = require_checkpoint(transaction)
    size = signed.checkpoint.size
    if old_size > size:
        raise UsageError(
            "The last checkpoint is of fewer leaves than the witness is said to remember",
            "Run `bonafide audit checkpoint` first; if there are no more leaves, the log was rolled back",
        )
    return AddCheckpoint(old_size, prove_consistency(transaction, old_size, size), signed)


def add_cosignature(store: Store, operator: str, answer: bytes, witness: VerifierKey) -> Cosigning:
    """Put a witness's answer under the checkpoint that it cosigned, beside what stands there.

    Raises `UnreadableData` if the answer is no signature lines.
    """
    try:
        lines = parse_signatures(answer.decode("utf-8"))
    except UnicodeDecodeError:
        raise UnreadableData(
            "What should be a witness's answer is none", "Give it as `bonafide witness cosign` printed it"
        ) from None

    def work(transaction: Transaction) -> Cosigning:
        for line in lines:
            for signed in newest_checkpoints(transaction, -1) if witness.made(line) else ():
                if verify_cosignature(line, signed.note, witness):
                    return _add(transaction, signed, line, witness)
        return Cosigning.OF_NO_CHECKPOINT

    return store.write(operator, work)


def _add(
    transaction: Transaction, signed: SignedCheckpoint, line: SignatureLine, witness: VerifierKey
) -> Cosigning:
    others = [known for known in signed.note.signatures if made_by(known, [witness]) is None]
    own = [known for known in signed.note.signatures if made_by(known, [witness]) is not None]
    if any(verify_cosignature(known, signed.note, witness) for known in own):
        return Cosigning.KNOWN
    note = replace(signed.note, signatures=(*others, line))
    transaction.change(CHECKPOINT, CHECKPOINT.c.size == signed.checkpoint.size, note=bytes(note))
    return Cosigning.ADDED
