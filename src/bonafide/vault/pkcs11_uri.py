"""Which PKCS #11 token holds the keys, as a URI (RFC 7512)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from bonafide.errors import SettingInvalid

_SCHEME: Final = "pkcs11:"
_FILE: Final = "file:"
_IN_PATH: Final = frozenset({"token", "serial", "slot-id"})
_IN_QUERY: Final = frozenset({"module-path", "pin-source"})
# RFC 7512, 2.3: unreserved and what else stands for itself before the question mark, and after it.
_BEFORE: Final = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})*", re.ASCII)
_AFTER: Final = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/?|]|%[0-9A-Fa-f]{2})*", re.ASCII)
_SLOT: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
_EXAMPLE: Final = "pkcs11:token=NAME?module-path=/PATH/LIBRARY.so&pin-source=file:/PATH/PIN"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """A token by label, serial number or slot, the library that speaks with it, and the file with its PIN."""

    module_path: Path
    pin_source: Path
    label: str | None = None
    serial: str | None = None
    slot_id: int | None = None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """`pkcs11:token=…;serial=…;slot-id=…?module-path=/…&pin-source=file:/…`, of the first three at least
        one. Raises `SettingInvalid`, which shows nothing of the text, for all else.
        """
        if not text.startswith(_SCHEME):
            raise _invalid(f"does not begin with {_SCHEME}")
        before, _, after = text.removeprefix(_SCHEME).partition("?")
        found = _attributes(before, ";", _BEFORE, _IN_PATH) | _attributes(after, "&", _AFTER, _IN_QUERY)
        if not found.keys() & _IN_PATH:
            raise _invalid("names no token")
        slot = found.get("slot-id")
        if slot is not None and not _SLOT.fullmatch(slot):
            raise _invalid("has a slot-id that is not a number")
        pin_source = found.get("pin-source", "")
        if not pin_source.startswith(_FILE):
            raise _invalid("names no file with the token's PIN")
        return cls(
            module_path=_path(found.get("module-path", ""), "module-path"),
            # file:/path and file:///path are the same (RFC 8089).
            pin_source=_path(re.sub(r"\A//(?=/)", "", pin_source.removeprefix(_FILE)), "pin-source"),
            label=found.get("token"),
            serial=found.get("serial"),
            slot_id=int(slot) if slot is not None else None,
        )


def _attributes(part: str, between: str, allowed: re.Pattern[str], known: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in part.split(between) if part else ():
        name, _, value = attribute.partition("=")
        if name == "pin-value":
            raise SettingInvalid(
                "BONAFIDE_KEY_HOLDER has the PIN in it, where others can read it",
                "Put the PIN into a file of mode 0600, name that as pin-source, and change the PIN",
            )
        if name not in known:
            raise _invalid("has a part that is not known, or not in its place")
        if name in found:
            raise _invalid(f"has {name} twice")
        if not value or not allowed.fullmatch(value):
            raise _invalid(f"has a {name} that is empty or not encoded as RFC 7512 asks")
        try:
            found[name] = unquote_to_bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            raise _invalid(f"has a {name} that is not UTF-8") from None
        if not found[name].isprintable():
            raise _invalid(f"has a {name} with characters that cannot be shown")
    return found


def _path(text: str, name: str) -> Path:
    if not text.startswith("/") or text.startswith("//"):
        raise _invalid(f"has no {name} that is an absolute path")
    return Path(text)


def _invalid(problem: str) -> SettingInvalid:
    return SettingInvalid(f"BONAFIDE_KEY_HOLDER {problem}", f"Write it as {_EXAMPLE}")
