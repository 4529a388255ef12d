"""Runs one command and says what it took: `python -m bonafide.evaluation.bench.launcher COMMAND...`.

A process of its own and small on purpose: the kernel counts the memory of whoever starts a process towards
that process's peak (Linux: the old address space's, at exec), and the benchmark itself is large.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(command: list[str]) -> None:
    """Run the command without its output; print status, wall and CPU seconds, and peak memory as JSON."""
    silence = ((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0o600),)
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    taken = {
        "status": os.waitstatus_to_exitcode(status),
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "rss_bytes": usage.ru_maxrss * unit,
    }
    sys.stdout.write(json.dumps(taken))


if __name__ == "__main__":
    main(sys.argv[1:])
