"""What an operator orders a sign-up with, and what may not be in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urlsplit

from bonafide.decide import PRESETS, SIM_SIGNUP
from bonafide.document.cn.number import parse_number
from bonafide.errors import UsageError
from bonafide.privacy import Kept, purposes
from bonafide.privacy.staff import require_staff_name
from bonafide.wording.language import Language

_REFERENCE: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
# A mobile number of the mainland, with or without the country's code (GB/T 15126 numbering; E.164).
_LINE: Final = re.compile(r"(?:0?0?86[.:-]?)?1[3-9][0-9][.:-]?[0-9]{4}[.:-]?[0-9]{4}", re.ASCII)
_LONGEST_ADDRESS: Final = 2048
# What a URL is made of (RFC 3986, 2): all else is read differently by different programs.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sign-up as an operator wants it.

    `reference` is the operator's own name for the order, never a number of a line or document.
    `return_address` is where the customer goes on afterwards. `attended` says that an agent, who is named,
    will vouch for a living person being there. `agent` and `shop` are what staff and shops go by.
    """

    purpose: str = SIM_SIGNUP.name
    language: Language = Language.ENGLISH
    reference: str | None = None
    return_address: str | None = None
    attended: bool = False
    agent: str | None = None
    shop: str | None = None


def check_wanted(wanted: Wanted) -> None:
    """Raises `UsageError` naming the first field that is wrong, without repeating what it says."""
    _check_purpose(wanted.purpose)
    if not isinstance(wanted.language, Language):
        _refuse("language", "is none that we speak", f"Choose one of {', '.join(Language)}")
    if wanted.reference is not None:
        _check_reference(wanted.reference)
    if wanted.return_address is not None:
        _check_address(wanted.return_address)
    for field, name in (("agent", wanted.agent), ("shop", wanted.shop)):
        if name is not None:
            _check_name(field, name)
    if not isinstance(wanted.attended, bool):
        _refuse("attended", "is neither true nor false", "Say true or false")
    if wanted.attended and wanted.agent is None:
        _refuse("agent", "is missing, and nobody vouches without a name", "Name who attends, or attend not")


def _check_purpose(name: str) -> None:
    fit = [
        known
        for known, purpose in purposes().items()
        if known in PRESETS and {Kept.DECISION, Kept.CASE_PICTURE, Kept.COUNTED} <= purpose.keeps.keys()
    ]
    if name not in fit:
        _refuse("purpose", "is none that people sign up for", f"Choose one of {', '.join(fit)}")


def _check_reference(text: str) -> None:
    if not isinstance(text, str) or not _REFERENCE.fullmatch(text):
        _refuse(
            "reference",
            "is not of 1 to 64 letters, digits, dots, colons, hyphens and underscores",
            "Give your own name for the order",
        )
    citizen = parse_number(text.upper())
    if _LINE.fullmatch(text) or (citizen is not None and citizen.checked):
        _refuse(
            "reference",
            "looks like the number of a line or a document, which would lie there in the clear",
            "Give your own name for the order, or put a letter before it",
        )


def _check_address(text: str) -> None:
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        _refuse(
            "return_address",
            f"is no address of at most {_LONGEST_ADDRESS} characters, without blanks and fragments",
            "Give an address that begins with https://",
        )
    try:
        parts = urlsplit(text)
        host, port = parts.netloc, parts.port
    except ValueError:
        host, port = "", None
    if port is not None:
        host = host.removesuffix(f":{port}")
    host = host.lower()
    if not _NAME.fullmatch(host):
        _refuse(
            "return_address",
            "has no plain host; nobody's name or password belongs into it",
            "Give an address such as https://shop.example/done",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        _refuse(
            "return_address",
            "is not encrypted on its way",
            "Let it begin with https://; http:// is for localhost alone",
        )


def _check_name(field: str, name: str) -> None:
    try:
        require_staff_name(name)
    except UsageError:
        _refuse(field, "is not one line of 1 to 64 characters", "Give what your staff or shop goes by")


def _refuse(field: str, complaint: str, remedy: str) -> NoReturn:
    raise UsageError(f"The sign-up's {field} {complaint}", remedy)
