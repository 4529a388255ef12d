"""Commands as anybody would type them, with their answers, in the terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_BONAFIDE = Path(sys.executable).with_name("bonafide")

ACCEPTED, REFERRED, REJECTED = 0, 10, 20
_DONE: Final = {0: "done"}
_MEANINGS: Final = {
    "verify": {ACCEPTED: "accept", REFERRED: "refer to a person", REJECTED: "reject"},
    "receipt": {0: "valid", 20: "not valid"},
    "chip": {0: "authentic", 20: "not authentic"},
    "read": {0: "it was read"},
    "audit": {0: "as it should be", 20: "not as it should be"},
}


def say(text: str) -> None:
    """What comes next, in words."""
    sys.stdout.write(f"\n{_styled(text, '1')}\n")
    sys.stdout.flush()


def run(*arguments: str | Path, all_of: tuple[str, ...] = (), none_of: tuple[str, ...] = ()) -> int | None:
    """Run `bonafide` as typed and show command and answer.

    Gives its exit status; None if the answer does not hold what it should, or holds what it should not.
    """
    status, told = answer(*arguments)
    as_told = all(part in told for part in all_of) and not any(part in told for part in none_of)
    return status if as_told else None


def answer(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run it with settings beside those of this process, show both, and give its exit status and answer."""
    words = [str(argument) for argument in arguments]
    sys.stdout.write(_styled(f"$ bonafide {shlex.join(words)}", "36") + "\n")
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603 - ours, from here
        [_BONAFIDE, *words],
        check=False,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **(environment or {})},
    )
    meaning = _MEANINGS.get(words[0], _DONE).get(done.returncode, "an error")
    sys.stdout.write(done.stdout + _styled(f"exit status {done.returncode}: {meaning}", "2") + "\n")
    sys.stdout.flush()
    return done.returncode, done.stdout


def _styled(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text
