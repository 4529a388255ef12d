"""What a sealed record is bound to, so that it opens nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import rfc8785

_FORMAT = "bonafide-binding/1"
_KEY_FORMAT = "bonafide-key-binding/1"


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """What the wrapping of a record's data key is bound to: what never changes, and no more, so that keys can
    be wrapped anew without reading records.
    """

    operator: str
    record: str

    def of_key(self) -> bytes:
        """The associated data of the data key's wrapping: canonical JSON (RFC 8785)."""
        return rfc8785.dumps([_KEY_FORMAT, self.operator, self.record])


@dataclass(frozen=True, slots=True)
class Binding:
    """Whose a record is, for what, and by whose leave.

    Identifiers are random; `kind` says what was sealed, `model_contract` by which model a template was made,
    empty for what no model made.
    """

    operator: str
    subject: str
    purpose: str
    consent: str
    record: str
    kind: str
    model_contract: str = ""

    def of_content(self) -> bytes:
        """The associated data of the record's encryption: canonical JSON (RFC 8785), whose parts cannot run
        into one another.
        """
        return rfc8785.dumps(
            [
                _FORMAT,
                self.operator,
                self.subject,
                self.purpose,
                self.consent,
                self.record,
                self.kind,
                self.model_contract,
            ]
        )

    def of_key(self) -> bytes:
        """The associated data of its data key's wrapping, as of the `KeyBinding` of that record."""
        return KeyBinding(self.operator, self.record).of_key()
