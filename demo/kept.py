"""What a counter keeps of a customer: shown, proved, and given back."""

from __future__ import annotations

import json
import os
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Final

from bonafide.settings import Settings
from documents import Documents
from terminal import ACCEPTED, REFERRED, answer, say

_OPERATOR: Final = "counter.example"
_AGENT: Final = "agent 7"
_CASE: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def show_keeping(documents: Documents, selfie: Path, office: Path) -> bool:
    """The customer agrees on record, is decided about, gets a proof, and has everything erased."""
    _furnish(office)
    typed = partial(
        answer,
        environment={
            "BONAFIDE_HOME": str(office.absolute()),
            "BONAFIDE_OPERATOR": _OPERATOR,
            # Whatever the installation itself keeps is left alone, and what it is set to.
            "BONAFIDE_SETTINGS_FILE": "",
            "BONAFIDE_DATABASE": "",
            "DATABASE_URL": "",
            "BONAFIDE_KEY_HOLDER": "",
            "BONAFIDE_PRODUCTION": "no",
        },
    )
    say(f"A counter that keeps what the law asks for, and no more. (Its folder is {office}.)")
    sound = typed("store", "upgrade")[0] == 0
    sound &= typed("consent", "show", "sim-signup")[0] == 0
    status, words = typed("consent", "show", "sim-signup", "--lang", "en", "--json")
    if status:
        return False

    say("The customer has read that and agrees, to those very words.")
    version = str(json.loads(words)["version"])
    agreed = ("--version", version, "--language", "en", "--age", "18-or-over", "--json")
    status, told = typed("consent", "give", "sim-signup", *agreed)
    if status:
        return False
    consent = json.loads(told)
    card = ("--document", documents.front, "--document-back", documents.back, "--selfie", selfie)
    status, told = typed("verify", "--consent", consent["consent"], *card, "--attended")
    sound &= status == ACCEPTED

    say(
        "A proof for the customer: the decision is in a log that nobody changes unnoticed: hashes,\n"
        "and no names."
    )
    decision, receipt, proof = _last(told), office / "receipt.json", office / "decision.tlog-proof"
    sound &= typed("audit", "checkpoint")[0] == 0
    sound &= typed("audit", "prove", decision, "--output", proof, "--receipt", receipt)[0] == 0
    sound &= typed("audit", "verify", proof, "--receipt", receipt)[0] == 0

    say("Once more, and nobody stands by: a person must decide. Until then the pictures are kept, encrypted.")
    status, told = typed("verify", "--consent", consent["consent"], *card)
    case, seen = _last(told), office / "seen"
    sound &= status == REFERRED
    sound &= typed("case", "open", case, "--who", _AGENT, "--output", seen)[0] == 0
    shutil.rmtree(seen, ignore_errors=True)
    why = ("--reason", "review.same_person")
    sound &= typed("case", "decide", case, "accept", *why, "--who", _AGENT)[0] == 0

    say("The customer wants to be forgotten, and gets a receipt of that.")
    erased = office / "erased.json"
    sound &= typed("privacy", "erase", consent["subject"], "--yes", "--receipt", erased)[0] == 0
    sound &= typed("receipt", "verify", erased)[0] == 0

    say("The operator's own audit still holds: the log never knew who it was.")
    sound &= typed("audit", "checkpoint")[0] == 0
    return sound & (typed("audit", "check")[0] == 0)


def _furnish(office: Path) -> None:
    """A data folder of its own, with the installation's models in it."""
    shutil.rmtree(office, ignore_errors=True)
    office.mkdir(parents=True)
    models = Settings.from_environment(os.environ).data_dir / "models"
    (office / "models").symlink_to(models.absolute(), target_is_directory=True)


def _last(told: str) -> str:
    """The identifier that an answer named last."""
    found = _CASE.findall(told)
    return str(found[-1]) if found else ""
