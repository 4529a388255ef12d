"""JSON to dataclasses, by their types. What a newer service says besides is left out."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Hashable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bonafide.client.problems import UnexpectedAnswer

T = TypeVar("T")


def decode(kind: type[T], document: object) -> T:
    """A dataclass of a JSON object with its fields. Raises `UnexpectedAnswer` where one is missing or of
    another type; it does not repeat what was there.
    """
    return cast("T", _decode(kind, document, kind.__name__))


def _decode(kind: Any, value: Any, place: str) -> Any:  # noqa: ANN401 - whatever a type says
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        (one,) = (each for each in get_args(kind) if each is not type(None))
        return _decode(one, value, place)
    if origin is tuple:
        _require(isinstance(value, list), place)
        return tuple(_decode(get_args(kind)[0], each, f"{place}[]") for each in value)
    if kind is Any or origin is not None:  # of a mapping, whatever is in it
        _require(kind is Any or isinstance(value, dict), place)
        return value
    if dataclasses.is_dataclass(kind):
        _require(isinstance(value, dict), place)
        return _dataclass(cast("type[Any]", kind), value, place)
    return _scalar(kind, value, place)


def _dataclass(kind: type[Any], value: Mapping[str, Any], place: str) -> Any:  # noqa: ANN401
    hints = _hints(cast("Hashable", kind))
    _require(set(hints) <= set(value), place)
    return kind(**{name: _decode(hint, value[name], f"{place}.{name}") for name, hint in hints.items()})


def _scalar(kind: type[Any], value: object, place: str) -> object:
    try:
        if issubclass(kind, Enum):
            return kind(value)
        if kind is datetime:
            _require(isinstance(value, str), place)
            read = datetime.fromisoformat(str(value))
            _require(read.tzinfo is not None, place)
            return read
    except ValueError:
        raise _unexpected(place) from None
    _require(isinstance(value, kind) and not (kind is int and isinstance(value, bool)), place)
    return value


def _require(holds: bool, place: str) -> None:
    if not holds:
        raise _unexpected(place)


def _unexpected(place: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(f"The answer is not as expected at {place}: is the service of another version?")


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)
