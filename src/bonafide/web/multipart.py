"""Forms with pictures in them (RFC 7578), read in memory and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_PICTURE_BYTES: Final = 8_000_000
_MOST_TEXT_BYTES: Final = 1_000
_MOST_PARTS: Final = 64


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form says, and the files in it that were named; a field left empty has none."""

    texts: Mapping[str, tuple[str, ...]]
    files: Mapping[str, bytes] = field(repr=False)


def parse_parts(media_type: str, body: bytes, files: Collection[str]) -> Parts | None:
    """The parts of a form, of which `files` may be files; None for what is none, or has too much in it."""
    _, options = parse_options_header(media_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:  # RFC 2046, 5.1.1
        return None
    reading = _Reading(frozenset(files))
    try:
        parser = MultipartParser(boundary, reading.callbacks)
        parser.write(body)
        parser.finalize()
        return reading.parts() if reading.ended else None
    except (FormParserError, _TooMuchError, UnicodeDecodeError):
        return None


class _TooMuchError(Exception):
    pass


class _Reading:
    def __init__(self, files: frozenset[str]) -> None:
        self.ended = False
        self._files = files
        self._read: list[tuple[str, bytearray]] = []
        self._header = bytearray()
        self._value = bytearray()
        self._name = ""
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_end": self._ends,
        }

    def parts(self) -> Parts:
        texts: dict[str, tuple[str, ...]] = {}
        for name, value in self._read:
            if name not in self._files:
                texts[name] = (*texts.get(name, ()), value.decode())
        return Parts(
            texts, {name: bytes(value) for name, value in self._read if name in self._files and value}
        )

    def _begins(self) -> None:
        self._name = ""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            # A file's own name may say whose it is, and is not looked at.
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode()
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        twice = self._name in self._files and self._name in {name for name, _ in self._read}
        if not self._name or twice or len(self._read) >= _MOST_PARTS:
            raise _TooMuchError
        self._read.append((self._name, bytearray()))

    def _data(self, data: bytes, start: int, end: int) -> None:
        name, value = self._read[-1]
        value += data[start:end]
        if len(value) > (MOST_PICTURE_BYTES if name in self._files else _MOST_TEXT_BYTES):
            raise _TooMuchError

    def _ends(self) -> None:
        self.ended = True
