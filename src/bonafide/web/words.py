"""What the pages say; the words are data, one file for each language, equal in their keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from bonafide.wording import Language

_KINDS: Final = ("words", "mine")


def said(key: str, language: Language, **values: object) -> str:
    """What a key says in a language, filled in with `values`. Raises `KeyError` for an unknown one."""
    return words(language)[key].format(**values)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Everything that the pages say in a language, by `section.name`: to staff, and to customers."""
    folder = files("bonafide.web")
    texts = [folder.joinpath(f"{kind}.{language}.toml").read_text(encoding="utf-8") for kind in _KINDS]
    return {
        f"{section}.{name}": words
        for text in texts
        for section, entries in tomllib.loads(text).items()
        for name, words in entries.items()
    }
