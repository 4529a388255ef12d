"""What the command line says beside the reasons; the words are data in `phrases.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bonafide.wording.language import Language


def phrase(name: str, language: Language, **values: object) -> str:
    """A phrase of `phrases.toml`, filled in with `values`. Raises `KeyError` for an unknown one."""
    return phrases()[name][language].format(**values)


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Every phrase, by name and language."""
    return tomllib.loads(files("bonafide.wording").joinpath("phrases.toml").read_text(encoding="utf-8"))
