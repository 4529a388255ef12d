"""What the HTTP API says beside the reasons; the words are data in `problems.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bonafide.wording.language import Language


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """A kind of problem, and what to do next."""

    title: str
    detail: str


def problem_words(code: str, language: Language) -> ProblemWords:
    """The words of a problem. Raises `KeyError` for a code that `problems.toml` does not have."""
    return problems()[code][language]


@cache
def problems() -> Mapping[str, Mapping[Language, ProblemWords]]:
    """The words of every problem, by code and language."""
    tables = tomllib.loads(files("bonafide.wording").joinpath("problems.toml").read_text(encoding="utf-8"))
    return {
        code: {language: ProblemWords(**words[language]) for language in Language}
        for code, words in tables.items()
    }
