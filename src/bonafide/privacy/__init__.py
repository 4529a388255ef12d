"""Purposes, consent, retention clocks, erasure.

Exported here is what needs no database, so that comparing two pictures does not load one; the rest is in the
modules that are named for what they do.
"""

from bonafide.privacy.attestation import attested
from bonafide.privacy.duration import Duration
from bonafide.privacy.manner import Manner
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Alternative, Asked, Kept, Notice, OneToMany, Purpose
from bonafide.privacy.purpose_file import parse_purposes, purpose_named, purposes
from bonafide.privacy.token import ConsentToken, Leave, PersonToken

__all__ = [
    "Alternative",
    "Asked",
    "ConsentToken",
    "Duration",
    "Kept",
    "Leave",
    "Manner",
    "Notice",
    "Now",
    "OneToMany",
    "PersonToken",
    "Purpose",
    "attested",
    "parse_purposes",
    "purpose_named",
    "purposes",
]
