"""Forms with pictures in them (RFC 7578), read in memory and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM_WITH_FILES: Final = "multipart/form-data"
MOST_PICTURE_BYTES: Final = 8_000_000
MOST_TEXT_BYTES: Final = 1_000
_MOST_PARTS: Final = 64


class FormMalformedError(Exception):
    """It is no such form. Caught where forms are read."""


class PartUnexpectedError(FormMalformedError):
    """A part that is not asked for, or comes twice."""


class PartTooLargeError(FormMalformedError):
    """A part with too much in it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form says, and the files in it."""

    texts: Mapping[str, tuple[str, ...]]
    files: Mapping[str, bytes] = field(repr=False)


class FormReader:
    """Takes a form apart while it comes in. `files` are the parts that may be files, each once; `texts` the
    others, each once, None for any and as often as they come.

    Everything raises `FormMalformedError`, at once where a part shows it.
    """

    def __init__(self, media_type: str, files: Collection[str], texts: Collection[str] | None = None) -> None:
        found, options = parse_options_header(media_type)
        boundary = options.get(b"boundary", b"")
        if (
            found.decode("latin-1").lower() != FORM_WITH_FILES or not 0 < len(boundary) <= 70
        ):  # RFC 2046, 5.1.1
            raise FormMalformedError
        self._files = frozenset(files)
        self._names = None if texts is None else self._files | frozenset(texts)
        self._read: list[tuple[str, bytearray]] = []
        self._ended = False
        self._header = bytearray()
        self._value = bytearray()
        self._name = ""
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_end": self._ends,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, data: bytes) -> None:
        """Take what has come in."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise FormMalformedError from error

    def finish(self) -> Parts:
        """All of it."""
        texts: dict[str, tuple[str, ...]] = {}
        try:
            self._parser.finalize()
            for name, value in self._read:
                if name not in self._files:
                    texts[name] = (*texts.get(name, ()), value.decode())
        except (FormParserError, UnicodeDecodeError) as error:
            raise FormMalformedError from error
        if not self._ended:
            raise FormMalformedError
        return Parts(texts, {name: bytes(value) for name, value in self._read if name in self._files})

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
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        known = self._names is None or self._name in self._names
        once = self._names is not None or self._name in self._files
        twice = once and self._name in {name for name, _ in self._read}
        if not self._name or not known or twice or len(self._read) >= _MOST_PARTS:
            raise PartUnexpectedError
        self._read.append((self._name, bytearray()))

    def _data(self, data: bytes, start: int, end: int) -> None:
        name, value = self._read[-1]
        value += data[start:end]
        if len(value) > (MOST_PICTURE_BYTES if name in self._files else MOST_TEXT_BYTES):
            raise PartTooLargeError

    def _ends(self) -> None:
        self._ended = True
