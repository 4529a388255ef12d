"""What the pages say; the words are data, one file for each language, equal in their keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from bonafide.wording import Language

_KINDS: Final = ("words", "mine", "capture")


def said(key: str, language: Language, **values: object) -> str:
    """What a key says in a language, filled in with `values`. Raises `KeyError` for an unknown one."""
    return words(language)[key].format(**values)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Everything that the pages say in a language, by `section.name`: to staff, to customers, and
    to whoever signs up.
    """
    folder = files("bonafide.web")
    texts = [folder.joinpath(f"{kind}.{language}.toml").read_text(encoding="utf-8") for kind in _KINDS]
    return {
        f"{section}.{name}": words
        for text in texts
        for section, entries in tomllib.loads(text).items()
        for name, words in entries.items()
    }


def words_of(beginning: str, language: Language) -> Mapping[str, str]:
    """What a page's script fills in itself: the words of all sections whose name begins so."""
    return {key: text for key, text in words(language).items() if key.startswith(beginning)}
