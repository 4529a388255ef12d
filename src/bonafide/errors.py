"""The one exception tree.

Exceptions are for broken calls, broken input and broken machines. A forged document, a stranger's
face or a blurred picture is an outcome (`bonafide.outcome`), never an exception.

    BonafideError
    ├── UsageError             2   the call is wrong: unknown purpose, unknown model, bad argument
    │   └── NotPermitted           no consent, not for this purpose, or no second person's approval
    │       ├── InProgress         somebody else is doing it at this moment
    │       └── TooManyTries       for an hour nobody may try this any more; there is another way
    ├── UnreadableInput        3   something handed to us cannot be read
    │   ├── UnreadablePicture      not a picture we read, damaged, or over the limits
    │   ├── UnreadableReceipt      not a receipt at all (a changed one is an outcome)
    │   └── UnreadableData         a pairs, gallery, manifest or calibration file given by the operator
    └── SetupBroken            4   this installation cannot do its work
        ├── SettingInvalid         a setting is unknown, malformed or unsafe
        ├── WeightsMissing         a model has not been pulled
        ├── WeightsAltered         a model file is not the one the manifest names
        ├── FetchFailed            a package index did not deliver what the manifest names
        ├── NotCalibrated          a model has no calibration, so no promise can be made
        ├── ContractMismatch       a template or calibration belongs to another model
        ├── KeyUnusable            a key is missing, damaged or open to others
        ├── VaultClosed            the holder of the keys cannot be reached, or has the key no longer
        ├── RecordAltered          something kept does not open: it was moved, changed or damaged
        ├── StoreUnusable          the database is away, full, locked, read-only or of another version
        └── LogBroken              the evidence log contradicts itself or what was remembered of it

The number is the exit status of the command line.
"""

from __future__ import annotations

from typing import ClassVar


class BonafideError(Exception):
    """Base of everything Bonafide raises on purpose.

    `problem` says what is wrong, `remedy` what to do next; together they make one line. Neither may
    carry pixels, templates, names or document numbers.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem.rstrip(". ")
        self.remedy = remedy.rstrip(". ")
        super().__init__(f"{self.problem}. {self.remedy}.")

    def __reduce__(self) -> tuple[type[BonafideError], tuple[str, str]]:
        """Errors cross from worker processes whole."""
        return type(self), (self.problem, self.remedy)


class UsageError(BonafideError):
    """The call is wrong: unknown purpose, unknown model, bad argument."""

    exit_status = 2


class NotPermitted(UsageError):  # noqa: N818 - it names the state of the call
    """Nobody consented to it, its purpose forbids it, or a second person has not approved."""


class InProgress(NotPermitted):
    """Somebody else is doing it at this moment."""


class TooManyTries(NotPermitted):
    """It was tried in vain too often; it is locked for a while, and the remedy names the other way."""


class UnreadableInput(BonafideError):  # noqa: N818 - it names the state of the input
    """Something handed to us cannot be read."""

    exit_status = 3


class UnreadablePicture(UnreadableInput):
    """Not a picture we read, damaged, or over the limits."""


class UnreadableReceipt(UnreadableInput):
    """Not a receipt at all; a changed one is an outcome of verifying it."""


class UnreadableData(UnreadableInput):
    """A pairs, gallery, manifest or calibration file given by the operator cannot be read."""


class SetupBroken(BonafideError):  # noqa: N818 - it names the state of the installation
    """This installation cannot do its work."""

    exit_status = 4


class SettingInvalid(SetupBroken):
    """A setting is unknown, malformed or unsafe."""


class WeightsMissing(SetupBroken):
    """A model has not been pulled."""


class WeightsAltered(SetupBroken):
    """A model file is not the one the manifest names."""


class FetchFailed(SetupBroken):
    """A package index did not deliver what the manifest names."""


class NotCalibrated(SetupBroken):
    """A model has no calibration, so no promise can be made."""


class ContractMismatch(SetupBroken):
    """A template or calibration belongs to another model."""


class KeyUnusable(SetupBroken):
    """A key is missing, damaged or open to others."""


class VaultClosed(SetupBroken):
    """The holder of the keys cannot be reached, or has the key no longer."""


class RecordAltered(SetupBroken):
    """Something kept does not open: it was moved, changed or damaged."""


class StoreUnusable(SetupBroken):
    """The database cannot be reached, is full, locked, read-only or of another version."""


class LogBroken(SetupBroken):
    """The evidence log contradicts itself or what was remembered of it."""
