"""Reading purposes. They are data, read strictly: what is misspelt, missing or forbidden is an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from bonafide.errors import NotPermitted, UnreadableData
from bonafide.privacy.duration import Duration
from bonafide.privacy.purpose import Alternative, Asked, Kept, Notice, OneToMany, Purpose
from bonafide.wording.language import Language

FORMAT: Final = "bonafide-purposes/1"
# Until when a person must have decided; after it the pictures go, decided or not.
LONGEST_CASE: Final = timedelta(hours=72)
# Under 14 a guardian consents (order 19 of 2025 of CAC and MPS); 18 is the age of majority (Civil Code, 17).
AGES: Final = (0, 14, 18)

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+", re.ASCII)
_LONGEST_FILE: Final = 256 * 1024
_LONGEST_SENTENCE: Final = 1000
_PARTS: Final = tuple(Notice.__dataclass_fields__)
_KEYS: Final = (
    "version",
    "asks",
    "alternative",
    "minimum_age",
    "guardian_below",
    "one_to_many",
    "keeps",
    "text",
)

E = TypeVar("E", bound=StrEnum)


@cache
def purposes() -> Mapping[str, Purpose]:
    """The purposes that Bonafide comes with, by name."""
    text = (resources.files(__package__) / "purposes.toml").read_text("utf-8")
    return parse_purposes(text, "The file of purposes")


def purpose_named(name: str, known: Mapping[str, Purpose]) -> Purpose:
    """The purpose of a name. Raises `NotPermitted` for one that nobody declared."""
    try:
        return known[name]
    except KeyError:
        raise NotPermitted(
            "Nobody declared that purpose, so nobody can have agreed to it",
            f"Choose one of {', '.join(known)}",
        ) from None


def parse_purposes(text: str, title: str) -> Mapping[str, Purpose]:
    """The purposes of a file, by name, in its order; `title` begins the error's sentence.

    Raises `UnreadableData` naming the table and key that is unknown, missing, malformed or against the rules:
    nothing kept without a consent or longer than it, pictures of a case for more than 72 hours, one-to-many
    without templates that were enrolled, a person's comparison without an employee or kept pictures, a
    language left out, numbers that differ between languages.
    """
    if len(text) > _LONGEST_FILE:
        _refuse(title, "it", f"is longer than {_LONGEST_FILE} characters")
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableData(f"{title} is not valid TOML", f"Correct it: {error}") from None
    top = _Table(title, "", document, ("format", "purposes"))
    if top.take("format", str) != FORMAT:
        top.refuse("format", f"is not {FORMAT}")
    declared = top.take("purposes", dict)
    for name in declared:
        if not _NAME.fullmatch(name):
            top.refuse("purposes", "has a name that is not of lower-case letters, digits and hyphens")
    return MappingProxyType({name: _purpose(title, name, table) for name, table in declared.items()})


class _Table:
    """A TOML table with exactly the keys that we know."""

    def __init__(
        self, title: str, where: str, content: object, keys: Iterable[str], optional: Iterable[str] = ()
    ) -> None:
        self._title = title
        self._where = where
        if not isinstance(content, dict):
            _refuse(title, where.rstrip("."), "is not a table")
        self._content: dict[str, Any] = content
        for key in content:
            if key not in {*keys, *optional}:
                # A stranger's key may be anything; only the table is named.
                _refuse(title, where.rstrip(".") or "it", "has a key that we do not know")
        for key in keys:
            if key not in content:
                self.refuse(key, "is missing")

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def take(self, key: str, kind: type[Any]) -> Any:  # noqa: ANN401
        value = self._content[key]
        # `type` and not isinstance: in Python, true is an int.
        if type(value) is not kind:
            self.refuse(key, "is not of the kind that belongs there")
        return value

    def choice(self, key: str, choices: type[E]) -> E:
        value = self.take(key, str)
        if value not in set(choices):
            self.refuse(key, f"is none of {', '.join(choices)}")
        return choices(value)

    def age(self, key: str, ages: tuple[int, ...]) -> int:
        value: int = self.take(key, int)
        if value not in ages:
            self.refuse(key, f"is none of {', '.join(map(str, ages))}")
        return value

    def duration(self, key: str) -> Duration:
        duration = Duration.parse(self.take(key, str))
        if duration is None:
            self.refuse(key, "is no duration such as P3Y, P30D or PT72H")
        return duration

    def sentence(self, key: str) -> str:
        value: str = self.take(key, str)
        if not 0 < len(value.strip()) <= _LONGEST_SENTENCE or not value.isprintable():
            self.refuse(key, f"is not one line of 1 to {_LONGEST_SENTENCE} characters")
        return value

    def refuse(self, key: str, complaint: str) -> NoReturn:
        _refuse(self._title, f"{self._where}{key}", complaint)


def _purpose(title: str, name: str, content: object) -> Purpose:
    table = _Table(title, f"{name}.", content, _KEYS, ("consent_life", "by_person"))
    version: int = table.take("version", int)
    if version < 1:
        table.refuse("version", "is below 1")
    purpose = Purpose(
        name=name,
        version=version,
        asks=_asked(table),
        alternative=table.choice("alternative", Alternative),
        minimum_age=table.age("minimum_age", AGES),
        guardian_below=table.age("guardian_below", AGES[1:]),
        one_to_many=table.choice("one_to_many", OneToMany),
        consent_life=table.duration("consent_life") if "consent_life" in table else None,
        keeps=_keeps(title, name, table),
        notices=_notices(title, name, table, "text"),
        by_person=_notices(title, name, table, "by_person") if "by_person" in table else {},
    )
    _check(purpose, table)
    return purpose


def _asked(table: _Table) -> tuple[Asked, ...]:
    values = table.take("asks", list)
    known = [str(asked) for asked in Asked]
    if not values or any(value not in known or values.count(value) > 1 for value in values):
        table.refuse("asks", f"is not a list of some of {', '.join(Asked)}")
    return tuple(Asked(value) for value in values)


def _keeps(title: str, name: str, table: _Table) -> Mapping[Kept, Duration]:
    keeps = table.take("keeps", dict)
    inner = _Table(title, f"{name}.keeps.", keeps, (), tuple(Kept))
    return MappingProxyType({Kept(kind): inner.duration(kind) for kind in keeps})


def _notices(title: str, name: str, table: _Table, key: str) -> Mapping[Language, Notice]:
    texts = _Table(title, f"{name}.{key}.", table.take(key, dict), tuple(Language))
    notices = {}
    for language in Language:
        text = _Table(title, f"{name}.{key}.{language}.", texts.take(language, dict), _PARTS)
        notices[language] = Notice(**{part: text.sentence(part) for part in _PARTS})
    first = notices[Language.ENGLISH].as_document()
    for language, notice in notices.items():
        for part, sentence in notice.as_document().items():
            # Whichever language somebody reads, they agree to the same.
            if sorted(_NUMBER.findall(sentence)) != sorted(_NUMBER.findall(first[part])):
                texts.refuse(f"{language}.{part}", "does not have the numbers that it has in English")
    return MappingProxyType(notices)


def _check(purpose: Purpose, table: _Table) -> None:
    keeps = purpose.keeps
    if keeps and Kept.CONSENT not in keeps:
        table.refuse("keeps", "keeps something without the consent that it rests on")
    if (purpose.consent_life is None) is purpose.recorded:
        table.refuse("consent_life", "belongs with a consent that is kept, and with no other")
    if any(kept.at_most > keeps[Kept.CONSENT].at_most for kept in keeps.values()):
        table.refuse("keeps", "keeps something longer than the consent that it rests on")
    if Kept.CASE_PICTURE in keeps and keeps[Kept.CASE_PICTURE].at_most > LONGEST_CASE:
        table.refuse("keeps.case-picture", "is longer than 72 hours")
    if Kept.TEMPLATE in keeps and purpose.consent_life:
        if keeps[Kept.TEMPLATE].at_most > purpose.consent_life.at_most:
            table.refuse("keeps.template", "is longer than the consent lives")
    elif purpose.one_to_many is not OneToMany.NEVER:
        table.refuse("one_to_many", "needs the templates of those who enrolled themselves")
    if purpose.by_person and (
        purpose.alternative is not Alternative.EMPLOYEE or Kept.CASE_PICTURE not in keeps
    ):
        table.refuse("by_person", "belongs with an employee who compares, and pictures kept until then")
    needed = {kept.years or kept.days or kept.hours for kept in keeps.values()}
    needed |= {purpose.minimum_age} - {0}
    if purpose.minimum_age < purpose.guardian_below:
        needed.add(purpose.guardian_below)
    if purpose.consent_life:
        needed.add(purpose.consent_life.years or purpose.consent_life.days or purpose.consent_life.hours)
    for key, notices in (("text", purpose.notices), ("by_person", purpose.by_person)):
        if notices and not needed <= _spoken(notices[Language.ENGLISH]):
            table.refuse(key, "leaves out a duration or an age that the purpose has")


def _spoken(notice: Notice) -> set[int]:
    return set(map(int, _NUMBER.findall(" ".join(notice.as_document().values()))))


def _refuse(title: str, key: str, complaint: str) -> NoReturn:
    raise UnreadableData(
        f"{title} cannot be used: {key} {complaint}", "docs/purposes.md lists the keys and their values"
    )
