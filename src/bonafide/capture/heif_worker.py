"""The program that decodes one HEIC, in a process that can do nothing else.

Decoders of HEVC are where crafted pictures do most harm: one changed byte made pi-heif 1.4 write past its
memory, and libde265 has a history of the same. So it runs where a crash ends one picture and not the service,
and where neither a file nor a connection can be opened. Started by `heif_process`, never imported: standard
input is a HEIC, standard output width, height and channels (four bytes each, big-endian), then the rows, one
byte a sample.
"""

from __future__ import annotations

import resource
import sys

import pi_heif  # type: ignore[import-untyped]  # has no types

_MOST_ADDRESS_SPACE = 1 << 30
_MOST_SECONDS = 30
# EX_DATAERR of sysexits.h.
_DAMAGED = 65


def _confine() -> None:
    limits = [(resource.RLIMIT_NOFILE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, _MOST_SECONDS)]
    if sys.platform == "linux":  # elsewhere it is not enforced, or may not be set
        limits.append((resource.RLIMIT_AS, _MOST_ADDRESS_SPACE))
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))


def _decode(data: bytes) -> None:
    pi_heif.options.DECODE_THREADS = 1
    file = pi_heif.open_heif(data)
    image = file[file.primary_index]
    view, stride = image.data, image.stride
    width, height = image.size
    is_grey, is_deep = not image.mode.startswith("RGB"), image.mode.endswith("16")
    channels = 1 if is_grey else 3
    out = sys.stdout.buffer
    out.write(b"".join(number.to_bytes(4) for number in (width, height, channels)))
    for start in range(0, height * stride, stride):
        row = view[start : start + width * channels * (1 + is_deep)]
        out.write(row[1::2].tobytes() if is_deep else row)
    out.flush()


if __name__ == "__main__":
    _confine()
    try:
        _decode(sys.stdin.buffer.read())
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError, MemoryError):
        sys.exit(_DAMAGED)
