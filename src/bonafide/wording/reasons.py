"""Reason codes as sentences for customers and agents; the words are data in `reasons.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from bonafide.outcome import Reason
from bonafide.wording.language import Language


@dataclass(frozen=True, slots=True)
class _Words:
    sentence: str
    advice: str | None


def sentence(reason: Reason, language: Language) -> str:
    """What happened, as one sentence with its full stop.

    Selfie reasons speak to the customer, document reasons to whoever holds the camera. No sentence accuses
    anybody: a face that does not match has many innocent causes.
    """
    return _words()[reason, language].sentence


def advice(reason: Reason, language: Language) -> str | None:
    """What to do next, as one sentence, or None where nothing needs doing."""
    return _words()[reason, language].advice


@cache
def _words() -> Mapping[tuple[Reason, Language], _Words]:
    tables = tomllib.loads(files("bonafide.wording").joinpath("reasons.toml").read_text(encoding="utf-8"))
    words = {}
    for reason in Reason:
        subject, _, name = reason.partition(".")
        for language in Language:
            entry = tables[subject][name][language]
            words[reason, language] = _Words(entry["sentence"], entry.get("advice"))
    return MappingProxyType(words)
