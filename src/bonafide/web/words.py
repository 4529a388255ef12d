"""What the pages say; the words are data, one file for each language, equal in their keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from bonafide.outcome import Reason
from bonafide.wording import Language, advice, sentence

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


def words_of(beginning: str | tuple[str, ...], language: Language) -> Mapping[str, str]:
    """What a page's script fills in itself: the words of all sections whose name begins so."""
    return {key: text for key, text in words(language).items() if key.startswith(beginning)}


def reason_words(language: Language) -> Mapping[str, str]:
    """The words of every reason that somebody may be told who signs up on a page, as `reason.CODE` and
    `advice.CODE`: the API tells them in one language, when it answers. Patterns have one code, as they have
    there; chips are read by other programs.
    """
    told = {reason.value: reason for reason in Reason if not reason.startswith(("pattern.", "chip."))}
    told["pattern"] = Reason.PATTERN_DEVICE_DOCUMENTS
    sentences = {f"reason.{code}": sentence(reason, language) for code, reason in told.items()}
    advised = {f"advice.{code}": advice(reason, language) for code, reason in told.items()}
    return {**sentences, **{key: text for key, text in advised.items() if text is not None}}
