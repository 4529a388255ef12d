"""Where the counter's rules are: the operator's own, ours else."""

from __future__ import annotations

import os
from pathlib import Path

from bonafide.decide import CounterRules, parse_rules, shipped_rules
from bonafide.errors import UnreadableData
from bonafide.settings import Settings


def rules_path(settings: Settings) -> Path:
    """Where an operator's own rules lie."""
    return settings.data_dir / "counter-rules.toml"


def rules_for(settings: Settings) -> CounterRules:
    """The rules that are in force; all of the operator's file where there is one.

    Raises `UnreadableData` naming the line that is wrong: a broken file never falls back to ours unseen.
    """
    path = rules_path(settings)
    if not os.path.lexists(path):
        return shipped_rules()
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UnreadableData(
            "Your counter-rules.toml cannot be read, or is not UTF-8",
            "Let this account read it, or take it out of the data folder, and our rules are in force",
        ) from None
    return parse_rules(text, "Your counter-rules.toml")
