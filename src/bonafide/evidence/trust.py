"""Whom a verifier of checkpoints believes, and what is wrong with one that it was shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bonafide.evidence.checkpoint import SignedCheckpoint, signed_by_log
from bonafide.evidence.cosignature import cosigned
from bonafide.evidence.note import VerifierKey


@dataclass(frozen=True, slots=True)
class Trust:
    """A log by its key, witnesses by theirs, and how many of those must have cosigned."""

    log: VerifierKey
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0


class CheckpointFlaw(StrEnum):
    """What may be wrong with a checkpoint, its tree apart."""

    OTHER_LOG = "other_log"
    NOT_SIGNED = "not_signed"
    """The log's key did not sign it, or not this."""

    WRONGLY_COSIGNED = "wrongly_cosigned"
    TOO_FEW_WITNESSES = "too_few_witnesses"


def flaws_of(signed: SignedCheckpoint, trust: Trust) -> tuple[CheckpointFlaw, ...]:
    """Everything that is wrong with a checkpoint's signatures, nothing for one to believe."""
    if signed.checkpoint.origin != trust.log.name:
        return (CheckpointFlaw.OTHER_LOG,)
    flaws = [] if signed_by_log(signed, [trust.log]) else [CheckpointFlaw.NOT_SIGNED]
    by_witnesses = cosigned(signed, trust.witnesses)
    if by_witnesses.wrong:
        flaws.append(CheckpointFlaw.WRONGLY_COSIGNED)
    elif not by_witnesses.meets(trust.quorum):
        flaws.append(CheckpointFlaw.TOO_FEW_WITNESSES)
    return tuple(flaws)
