"""Reading the counter's rules, strictly: what is misspelt, missing or senseless is an error that names its
line.
"""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any, Final, NoReturn

from bonafide.decide.counter_rules import (
    FORMAT,
    LONGEST_WINDOW,
    MOST,
    REASON_OF,
    Counted,
    CounterRule,
    CounterRules,
)
from bonafide.errors import UnreadableData
from bonafide.outcome import Reason

_KEYS: Final = ("name", "counts", "within", "most", "reason", "why")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)
_WINDOW: Final = re.compile(
    r"P(?:(?P<days>[1-9]\d?)D|T(?:(?P<hours>[1-9]\d{0,2})H|(?P<minutes>[1-9]\d{0,3})M))", re.ASCII
)
_HEADER: Final = re.compile(r"[ \t]*\[\[[ \t]*rule[ \t]*\]\]")
_LONGEST_FILE: Final = 64 * 1024
_LONGEST_WHY: Final = 400
_MOST_RULES: Final = 32


@cache
def shipped_rules() -> CounterRules:
    """The rules that Bonafide comes with."""
    text = (resources.files(__package__) / "counter_rules.toml").read_text("utf-8")
    return parse_rules(text, "The file of the counter's rules")


def parse_rules(text: str, title: str) -> CounterRules:
    """The rules of a file; `title` begins the error's sentence.

    Raises `UnreadableData` naming the line of what is unknown, missing, malformed or senseless: a window
    longer than what is counted is kept, a number that always fires, a reason of another kind, a name twice.
    """
    if len(text) > _LONGEST_FILE:
        _refuse(title, f"it is longer than {_LONGEST_FILE} characters")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # It says the line itself, and may quote what it found there: no more than its first line.
        said = str(error).partition("\n")[0]
        raise UnreadableData(f"{title} is not valid TOML", f"Correct it: {said}") from None
    lines = text.split("\n")
    if document.get("format") != FORMAT:
        stands = (at for at, line in enumerate(lines, 1) if line.lstrip().startswith("format"))
        _refuse(title, f"line {next(stands, 1)}: format is not {FORMAT}")
    tables = document.get("rule")
    if document.keys() != {"format", "rule"} or not isinstance(tables, list):
        _refuse(title, "it has something else than a format and rules, each under [[rule]]")
    if not 0 < len(tables) <= _MOST_RULES:
        _refuse(title, f"it has not 1 to {_MOST_RULES} rules; to leave one out, give it a `most` of {MOST}")
    headers = [at for at, line in enumerate(lines, 1) if _HEADER.match(line)]
    if len(headers) != len(tables):
        _refuse(title, "not every rule is under a line [[rule]] of its own")
    ends = [*headers[1:], len(lines) + 1]
    rules: list[CounterRule] = []
    for begins, ends_at, content in zip(headers, ends, tables, strict=True):
        table = _Rule(title, begins, lines[begins : ends_at - 1], content)
        rule = table.read()
        if rule.name in {other.name for other in rules}:
            table.refuse("name", "is another rule's as well")
        rules.append(rule)
    return CounterRules(tuple(rules))


class _Rule:
    """A table of a rule, and the lines that it stands on."""

    def __init__(self, title: str, begins: int, lines: list[str], content: object) -> None:
        self._title = title
        self._begins = begins
        self._lines = lines
        if not isinstance(content, dict):
            self._refuse_line(begins, "the rule is no table")
        self._content: dict[str, Any] = content

    def read(self) -> CounterRule:
        for key in self._content:
            if key not in _KEYS:
                # A stranger's key may be anything; only its line is named.
                self._refuse_line(self._line(key), "the rule has a key that we do not know")
        for key in _KEYS:
            if key not in self._content:
                self._refuse_line(self._begins, f"the rule's {key} is missing")
        counts = self._counts()
        return CounterRule(
            name=self._name(),
            counts=counts,
            within=self._within(),
            most=self._most(counts),
            reason=self._reason(counts),
            why=self._why(),
        )

    def refuse(self, key: str, complaint: str) -> NoReturn:
        self._refuse_line(self._line(key), f"{key} {complaint}")

    def _name(self) -> str:
        name = self._text("name")
        if not _NAME.fullmatch(name):
            self.refuse("name", "is not 2 to 32 lower-case letters, digits and hyphens")
        return name

    def _counts(self) -> Counted:
        value = self._text("counts")
        if value not in set(Counted):
            self.refuse("counts", f"is none of {', '.join(Counted)}")
        return Counted(value)

    def _within(self) -> timedelta:
        found = _WINDOW.fullmatch(self._text("within"))
        window = found and timedelta(**{unit: int(number or 0) for unit, number in found.groupdict().items()})
        if window is None or window > LONGEST_WINDOW:
            self.refuse("within", "is no time such as PT30M, PT12H or P7D, of at most 30 days")
        return window

    def _most(self, counts: Counted) -> int:
        # All others count the sign-up itself, and would fire always.
        least = 0 if counts is Counted.DOCUMENT_REFUSALS else 1
        value = self._content["most"]
        # `type` and not isinstance: in Python, true is an int.
        if type(value) is not int or not least <= value <= MOST:
            self.refuse("most", f"is no whole number from {least} to {MOST}")
        return value

    def _reason(self, counts: Counted) -> Reason:
        if self._text("reason") != REASON_OF[counts]:
            self.refuse("reason", f"is not {REASON_OF[counts]}, by which {counts} is told")
        return REASON_OF[counts]

    def _why(self) -> str:
        why = self._text("why")
        if not 0 < len(why.strip()) <= _LONGEST_WHY or not why.isprintable():
            self.refuse("why", f"is not one line of 1 to {_LONGEST_WHY} characters")
        return why

    def _text(self, key: str) -> str:
        value = self._content[key]
        if not isinstance(value, str):
            self.refuse(key, "is no text")
        return value

    def _line(self, key: str) -> int:
        """Where a key stands, or its rule begins if it is written in some other way."""
        form = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[.=]")
        found = (at for at, line in enumerate(self._lines, self._begins + 1) if form.match(line))
        return next(found, self._begins)

    def _refuse_line(self, line: int, complaint: str) -> NoReturn:
        _refuse(self._title, f"line {line}: {complaint}")


def _refuse(title: str, complaint: str) -> NoReturn:
    raise UnreadableData(
        f"{title} cannot be used: {complaint}", "docs/fraud.md lists the keys and their values"
    )
