"""Looking for secrets in every byte of files, however they may have been written down."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

# Long enough to be nothing else, short enough to lie within one page of a database.
_WINDOW = 24


def forms(secret: bytes | str) -> Iterator[bytes]:
    """The ways in which a secret may stand in a file; of a long one its beginning, middle and end."""
    if isinstance(secret, str):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            yield secret.encode(encoding)
        yield json.dumps(secret)[1:-1].encode()
        secret = secret.encode()
    for part in _parts(secret):
        yield part
        yield part.hex().encode()
        yield part.hex().upper().encode()
        yield repr(part)[2:-1].encode()
        yield from _base64(part)


def as_it_is(secret: bytes | str) -> Iterator[bytes]:
    """How a database writes it down; of something long its beginning, middle and end."""
    yield from _parts(secret.encode() if isinstance(secret, str) else secret)


def found(
    secrets: Mapping[str, bytes | str],
    *places: Path,
    ways: Callable[[bytes | str], Iterator[bytes]] = forms,
    since: float = 0,
) -> dict[str, set[str]]:
    """Which of the secrets are somewhere in files or folders, and the names of the files. What was last
    written before `since` (seconds since 1970) can hold none that was made later.
    """
    wanted = {name: set(ways(secret)) for name, secret in secrets.items()}
    traces: dict[str, set[str]] = {}
    for file in _files(places):
        if file.stat().st_mtime < since:
            continue
        content = file.read_bytes()
        for name, written in wanted.items():
            if any(way in content for way in written):
                traces.setdefault(name, set()).add(file.name)
    return traces


def _parts(secret: bytes) -> Iterator[bytes]:
    starts = {0, (len(secret) - _WINDOW) // 2, len(secret) - _WINDOW} if len(secret) > _WINDOW else {0}
    yield from (secret[at : at + _WINDOW] for at in starts)


def _base64(part: bytes) -> Iterator[bytes]:
    """What is sure to stand in the base64 of whatever contains the part: there are three ways to begin."""
    for before, first in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(bytes(before) + part)
        whole = text[first : (before + len(part)) * 8 // 6]
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def _files(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        yield from (path for path in [place, *place.rglob("*")] if path.is_file())
