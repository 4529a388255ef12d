"""The manner in which somebody is compared with their document: each has words and a consent of its own.

The Personal Information Protection Law asks in article 14 for consent anew where the manner of processing
changes, so that agreeing to one is never agreeing to the other.
"""

from __future__ import annotations

from enum import StrEnum


class Manner(StrEnum):
    """Who compares."""

    FACE_MATCHING = "face-matching"
    """A program compares the face with the portrait; a person where it cannot tell."""

    PERSON = "person"
    """A person alone compares; no program looks for a face, measures or compares one."""
