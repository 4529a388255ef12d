"""The main job on a sample customer, in the terminal: commands as anybody would type them, and their answers.

    python demo/main.py

Needs the models' weights, the sample pictures and the fonts; `make demo` sets them up. Nothing is fetched
here.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from documents import Documents, documents_in
from kept import show_keeping
from specimens.fonts import Face
from terminal import ACCEPTED, REFERRED, REJECTED, run, say

_REPOSITORY = Path(__file__).resolve().parent.parent
_SAMPLES = Path(".cache/samples")
_MADE = Path(".cache/demo")

_CUSTOMER, _SELFIE, _IMPOSTOR = (_SAMPLES / name for name in ("obama.jpg", "obama2.jpg", "biden.jpg"))
_FONTS = tuple(_SAMPLES / face.value for face in Face)


def main() -> int:
    """Show it; the exit status is 0 if everything came out as it should."""
    os.chdir(_REPOSITORY)
    if not all(path.is_file() for path in (_CUSTOMER, _SELFIE, _IMPOSTOR, *_FONTS)):
        sys.stderr.write("The sample pictures are not here. Run `make demo`, which fetches them.\n")
        return 4
    say(
        "The customer shows a resident identity card: a drawn specimen, with a number that nobody has.\n"
        "(The pictures are White House photographs, in the public domain.)"
    )
    documents = documents_in(_MADE, _CUSTOMER, datetime.now(UTC).astimezone().date())
    # Every part is shown, whatever became of the one before.
    parts = [
        _customer(documents),
        _forgeries(documents),
        _chip(documents),
        show_keeping(documents, _SELFIE, _MADE / "counter"),
    ]
    return 0 if all(parts) else 1


def _customer(documents: Documents) -> bool:
    """The card, the customer, an impostor, and the receipts of both."""
    accepted, rejected, edited = (_MADE / f"{name}.json" for name in ("accepted", "rejected", "edited"))
    card = ("--document", documents.front, "--document-back", documents.back)
    sound = run("read", documents.front, "--back", documents.back, none_of=("  - ",)) == 0

    say("And takes a selfie. An agent stands by.")
    sound &= (
        run("verify", "--consented", *card, "--selfie", _SELFIE, "--attended", "--receipt", accepted)
        == ACCEPTED
    )

    say("Whoever has the public key can check the receipt, offline. It holds no picture, name or number.")
    sound &= run("receipt", "verify", accepted) == 0

    say("Somebody else takes the selfie, with the same card.")
    stranger = run("verify", "--consented", *card, "--selfie", _IMPOSTOR, "--attended", "--receipt", rejected)
    sound &= stranger in (REFERRED, REJECTED)

    if not rejected.is_file():
        return False
    say("Somebody writes `accept` into that receipt.")
    receipt = json.loads(rejected.read_text("utf-8"))
    receipt["claims"]["outcome"] = "accept"
    edited.write_text(json.dumps(receipt), "utf-8")
    sound &= run("receipt", "verify", edited) == 20

    say("The customer again, but nobody stands by: it might be a picture of a picture, so a person decides.")
    return sound & (run("verify", "--consented", *card, "--selfie", _SELFIE) == REFERRED)


def _forgeries(documents: Documents) -> bool:
    """Two cards with false numbers."""
    say("A card with one digit of its number changed. A doubt about a document is for a person too.")
    case = ("--document-back", documents.back, "--selfie", _SELFIE, "--attended")
    found = run(
        "verify",
        "--consented",
        "--document",
        documents.wrong_number,
        *case,
        all_of=("(document.number_wrong)",),
    )
    sound = found == REFERRED

    say("A card with a number that adds up, of a region that somebody made up: it is in no table.")
    read = ("read", documents.invented_region, "--back", documents.back)
    return sound & (run(*read, all_of=("(document.region_unknown)",)) == 0)


def _chip(documents: Documents) -> bool:
    """A passport's chip, genuine and changed."""
    trust = ("--trust", documents.authority)
    say("The customer's passport has a chip. Its state signed what is on it.")
    sound = run("chip", documents.chip, *trust) == 0

    say("Somebody makes the holder ten years older on the chip.")
    sound &= run("chip", documents.changed_chip, *trust, all_of=("(chip.data_changed)",)) == 20

    say(
        "Passport, genuine chip and selfie. Chip and face are right, but the state is Utopia, which the\n"
        "standard invented for specimens: never accepted."
    )
    passport = ("--document", documents.passport, "--chip", documents.chip, *trust)
    case = (*passport, "--selfie", _SELFIE, "--attended", "--receipt", _MADE / "passport.json")
    return sound & (run("verify", "--consented", *case, all_of=("(document.issuer_unknown)",)) == REFERRED)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # Whoever read along has gone; Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
