"""The main job on a sample customer, in the terminal: commands as anybody would type them, and their answers.

    python demo/main.py

Needs the models' weights and the sample pictures; `make demo` sets both up. Nothing is fetched here.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from specimen import SAMPLE_HEAD, draw_specimen

_REPOSITORY = Path(__file__).resolve().parent.parent
_SAMPLES = Path(".cache/samples")
_MADE = Path(".cache/demo")
_BONAFIDE = Path(sys.executable).with_name("bonafide")

_MEANINGS = {0: "accept, or valid", 10: "refer to a person", 20: "reject, or not valid"}


def main() -> int:
    """Show it; the exit status is 0 if everything came out as it should."""
    os.chdir(_REPOSITORY)
    customer, selfie, impostor = (_SAMPLES / name for name in ("obama.jpg", "obama2.jpg", "biden.jpg"))
    if not all(path.is_file() for path in (customer, selfie, impostor)):
        sys.stderr.write("The sample pictures are not here. Run `make demo`, which fetches them.\n")
        return 4
    _MADE.mkdir(parents=True, exist_ok=True)
    document = _MADE / "specimen.jpg"
    _draw(customer, document)
    accepted, rejected, changed = (_MADE / f"{name}.json" for name in ("accepted", "rejected", "changed"))

    say(
        "The customer shows a document, here a drawn specimen, and takes a selfie. An agent stands by.\n"
        "(The pictures are White House photographs, in the public domain.)"
    )
    case = ("--document", document, "--attended")
    sound = run("verify", *case, "--selfie", selfie, "--receipt", accepted) == 0

    say("Whoever has the public key can check the receipt, offline. It holds no picture, name or number.")
    sound &= run("receipt", "verify", accepted) == 0

    say("Somebody else takes the selfie, with the same document.")
    sound &= run("verify", *case, "--selfie", impostor, "--receipt", rejected) in (10, 20)
    sound &= run("receipt", "verify", rejected) == 0

    say("Somebody writes `accept` into that receipt.")
    receipt = json.loads(rejected.read_text("utf-8"))
    receipt["claims"]["outcome"] = "accept"
    changed.write_text(json.dumps(receipt), "utf-8")
    sound &= run("receipt", "verify", changed) == 20

    say("The customer again, but nobody stands by: it might be a picture of a picture, so a person decides.")
    sound &= run("verify", "--document", document, "--selfie", selfie) == 10
    return 0 if sound else 1


def say(text: str) -> None:
    """What comes next, in words."""
    sys.stdout.write(f"\n{_styled(text, '1')}\n")
    sys.stdout.flush()


def run(*arguments: str | Path) -> int:
    """Run `bonafide` as typed, show command and answer, and give its exit status."""
    words = [str(argument) for argument in arguments]
    sys.stdout.write(_styled(f"$ bonafide {shlex.join(words)}", "36") + "\n")
    sys.stdout.flush()
    status = subprocess.run([_BONAFIDE, *words], check=False).returncode  # noqa: S603 - ours, from here
    sys.stdout.write(_styled(f"exit status {status}: {_MEANINGS.get(status, 'an error')}", "2") + "\n")
    return status


def _draw(customer: Path, document: Path) -> None:
    drawing = _REPOSITORY / "demo" / "specimen.py"
    if document.is_file() and document.stat().st_mtime > max(
        path.stat().st_mtime for path in (customer, drawing)
    ):
        return
    portrait = cv2.imdecode(np.fromfile(customer, np.uint8), cv2.IMREAD_COLOR_RGB)
    if portrait is None:
        raise SystemExit(f"{customer} is damaged. Remove it and run `make demo` again.")
    draft = document.with_suffix(".part")
    draft.write_bytes(draw_specimen(np.asarray(portrait, np.uint8)[SAMPLE_HEAD]))
    draft.replace(document)


def _styled(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # Whoever read along has gone; Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
