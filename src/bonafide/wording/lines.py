"""What is refused of lines, as sentences for customers and agents; the words are data in `lines.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bonafide.outcome import LineReason
from bonafide.wording.language import Language


def line_sentence(reason: LineReason, language: Language) -> str:
    """What happened, as one sentence with its full stop."""
    return _words(reason)[language]["sentence"]


def line_advice(reason: LineReason, language: Language) -> str:
    """What to do next, as one sentence or two."""
    return _words(reason)[language]["advice"]


def _words(reason: LineReason) -> Mapping[str, Mapping[str, str]]:
    subject, _, name = reason.partition(".")
    return _tables()[subject][name]


@cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]:
    return tomllib.loads(files("bonafide.wording").joinpath("lines.toml").read_text(encoding="utf-8"))
