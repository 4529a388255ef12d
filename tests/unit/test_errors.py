"""The exception tree: one drawing, one line for each error, one exit status for each kind."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from bonafide import errors
from bonafide.errors import BonafideError, SetupBroken, UnreadableInput, UsageError

EVERY = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BonafideError) and value is not BonafideError
]


def drawn() -> dict[str, tuple[int, str]]:
    """Depth and meaning of each class, as the module's own docstring draws the tree."""
    rows = re.findall(r"^    ([│ ]*[├└]── )(\w+) +(?:\d +)?(\S.*)$", errors.__doc__ or "", re.MULTILINE)
    return {name: (len(branch) // 4, meaning) for branch, name, meaning in rows}


def test_the_drawing_has_every_error_and_no_other() -> None:
    assert list(drawn()) == [error.__name__ for error in EVERY]


@pytest.mark.parametrize("error", EVERY)
def test_the_drawing_shows_where_an_error_stands(error: type[BonafideError]) -> None:
    depth, meaning = drawn()[error.__name__]
    assert depth == len(error.__mro__) - len(BonafideError.__mro__)
    assert meaning.split()[0].lower() in (inspect.getdoc(error) or "").lower()


@pytest.mark.parametrize("error", EVERY)
def test_scripts_tell_three_kinds_of_error_apart(error: type[BonafideError]) -> None:
    (kind,) = {UsageError: 2, UnreadableInput: 3, SetupBroken: 4}.keys() & set(error.__mro__)
    assert error.exit_status == {UsageError: 2, UnreadableInput: 3, SetupBroken: 4}[kind]


@pytest.mark.parametrize("error", EVERY)
def test_an_error_is_one_line_of_two_sentences(error: type[BonafideError]) -> None:
    assert str(error("The door is shut", "Open it")) == "The door is shut. Open it."
    assert str(error("The door is shut. ", "Open it.")) == "The door is shut. Open it."


@pytest.mark.parametrize("error", EVERY)
def test_an_error_crosses_from_another_process_whole(error: type[BonafideError]) -> None:
    sent = error("The door is shut", "Open it")
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert type(received) is error
    assert (received.problem, received.remedy) == (sent.problem, sent.remedy)
    assert str(received) == str(sent)
