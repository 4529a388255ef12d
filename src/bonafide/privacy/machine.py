"""The machine's own clocks: the wall's, and the one that runs since it was started."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bonafide.errors import SetupBroken

_LINUX_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_MACOS_BOOT: Final = b"kern.bootsessionuuid"
# Linux's monotonic clock stops while the machine sleeps, macOS's does not.
_CLOCK: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a machine says: the wall's time with its zone, an identifier that changes with every start, and
    the milliseconds since then, sleep included.
    """

    wall: datetime
    boot: str
    since_boot_ms: int


def reading() -> Reading:
    """What this machine says now. Raises `SetupBroken` on one that does not tell its starts apart."""
    return Reading(datetime.now(UTC), _boot(), time.clock_gettime_ns(_CLOCK) // 1_000_000)


def _boot() -> str:
    try:
        boot = _LINUX_BOOT.read_text("ascii").strip()
    except OSError:
        boot = _macos_boot()
    if not 0 < len(boot) <= 64:
        raise SetupBroken(
            "This machine does not say when it was last started, without which nothing is erased on time",
            "Use Linux with /proc mounted, or macOS",
        )
    return boot


def _macos_boot() -> str:
    ask = getattr(ctypes.CDLL(None), "sysctlbyname", None)
    if ask is None:
        return ""
    said = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(len(said))
    failed = ask(_MACOS_BOOT, said, ctypes.byref(size), None, ctypes.c_size_t(0))
    return "" if failed else said.value.decode("ascii", "replace")
