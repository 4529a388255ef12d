"""Settings from a file, by the names that they have in the environment."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bonafide.errors import SettingInvalid

SETTINGS_FILE: Final = "BONAFIDE_SETTINGS_FILE"
_MOST_BYTES: Final = 64 * 1024
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def read_settings(path: Path) -> Mapping[str, str]:
    """What a TOML file sets: one value to a name, text or a whole number, and true or false for yes or no.

    Raises `SettingInvalid` for a path that is not absolute, a file that cannot be read or is no TOML, that
    others may write to, or that sets itself or anything but such values.
    """
    if not path.is_absolute():
        raise SettingInvalid(f"{SETTINGS_FILE} is not an absolute path", "Give the whole path of a file")
    try:
        with path.open("rb") as file:
            # Whoever can write to it chooses the database and who vouches for people.
            if os.fstat(file.fileno()).st_mode & _OTHERS_WRITE:
                raise SettingInvalid(
                    f"Others may write to the file that {SETTINGS_FILE} names",
                    "Let nobody but its owner write to it: chmod go-w",
                )
            content = file.read(_MOST_BYTES + 1)
    except OSError:
        raise SettingInvalid(
            f"The file that {SETTINGS_FILE} names cannot be read",
            "Put it there, readable by the account that this runs as, or set no such name",
        ) from None
    try:
        if len(content) > _MOST_BYTES:
            raise ValueError
        said = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise SettingInvalid(
            f"The file that {SETTINGS_FILE} names is not TOML of at most 64 kB",
            'Write a line for each setting, such as BONAFIDE_BIND = "127.0.0.1:8765"',
        ) from None
    return {name: _text(name, value) for name, value in said.items()}


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int) or name == SETTINGS_FILE:
        shown = name if name.isidentifier() else "A name"
        raise SettingInvalid(
            f"{shown} in the file that {SETTINGS_FILE} names is no setting",
            "Write text in quotation marks, a whole number, true or false, after a setting's name",
        )
    return str(value)
