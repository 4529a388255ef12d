"""What the pages say; the words are data, one file for each language, equal in their keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bonafide.wording import Language


def said(key: str, language: Language, **values: object) -> str:
    """What a key says in a language, filled in with `values`. Raises `KeyError` for an unknown one."""
    return words(language)[key].format(**values)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Everything that the pages say in a language, by `section.name`."""
    text = files("bonafide.web").joinpath(f"words.{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": words
        for section, entries in tomllib.loads(text).items()
        for name, words in entries.items()
    }
