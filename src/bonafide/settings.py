"""Typed settings from the environment; a wrong one stops start-up and is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

import platformdirs

from bonafide.errors import SettingInvalid
from bonafide.wording.language import Language


class Profile(StrEnum):
    """Which recogniser compares faces: the more accurate one, or the one that costs less."""

    ACCURATE = "accurate"
    FAST = "fast"


class _YesNo(StrEnum):
    YES = "yes"
    NO = "no"


E = TypeVar("E", bound=StrEnum)
Network = IPv4Network | IPv6Network

_PREFIX = "BONAFIDE_"
_KNOWN = (
    "BONAFIDE_HOME",
    "BONAFIDE_PROFILE",
    "BONAFIDE_LANG",
    "BONAFIDE_OPERATOR",
    "BONAFIDE_DATABASE",
    "BONAFIDE_KEY_HOLDER",
    "BONAFIDE_PRODUCTION",
    "BONAFIDE_WEBHOOK_NETWORKS",
)
# A name as in the domain name system: short, of one case, and safe in keys, logs and file names.
_OPERATOR = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how Bonafide behaves unless a call says otherwise.

    `BONAFIDE_HOME` is the folder for weights and keys, `BONAFIDE_PROFILE` is `accurate` or `fast`,
    `BONAFIDE_LANG` is `en` or `zh-Hans`. `BONAFIDE_OPERATOR` names the operator whose records these are,
    `BONAFIDE_DATABASE` is the URL of the database that keeps them, None for a file in the data folder.
    `BONAFIDE_KEY_HOLDER` is the RFC 7512 URI of a PKCS #11 token, None for a file in the data folder, which
    `BONAFIDE_PRODUCTION` set to `yes` refuses. `BONAFIDE_WEBHOOK_NETWORKS` are the networks, beside the
    public internet, to which webhooks may lead.
    """

    data_dir: Path
    profile: Profile = Profile.ACCURATE
    language: Language = Language.ENGLISH
    operator: str = "localhost"
    database: str | None = field(default=None, repr=False)
    key_holder: str | None = field(default=None, repr=False)
    production: bool = False
    webhook_networks: tuple[Network, ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; raise `SettingInvalid` for an unknown or malformed one."""
        for name in sorted(environ):
            # A misspelt setting that silently does nothing is how unsafe defaults survive.
            if name.startswith(_PREFIX) and name not in _KNOWN:
                raise SettingInvalid(
                    f"{name} is not a setting of Bonafide", f"Remove it, or use one of {', '.join(_KNOWN)}"
                )
        home = environ.get("BONAFIDE_HOME")
        if home and not Path(home).is_absolute():
            raise SettingInvalid("BONAFIDE_HOME is not an absolute path", "Give the whole path of a folder")
        return cls(
            data_dir=Path(home) if home else platformdirs.user_data_path("bonafide", appauthor=False),
            profile=_choice(Profile, environ, "BONAFIDE_PROFILE", Profile.ACCURATE),
            language=_choice(Language, environ, "BONAFIDE_LANG", Language.ENGLISH),
            operator=_operator(environ.get("BONAFIDE_OPERATOR") or "localhost"),
            database=environ.get("BONAFIDE_DATABASE") or None,
            key_holder=environ.get("BONAFIDE_KEY_HOLDER") or None,
            production=_choice(_YesNo, environ, "BONAFIDE_PRODUCTION", _YesNo.NO) is _YesNo.YES,
            webhook_networks=_networks(environ.get("BONAFIDE_WEBHOOK_NETWORKS") or ""),
        )


def _operator(name: str) -> str:
    if not _OPERATOR.fullmatch(name):
        raise SettingInvalid(
            "BONAFIDE_OPERATOR is not a name of lower-case letters, digits, dots and hyphens",
            "Set it to a name such as mobile.example, of at most 63 characters",
        )
    return name


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingInvalid(
            "BONAFIDE_WEBHOOK_NETWORKS is not a list of networks with commas between them",
            "Set it to networks such as 10.20.0.0/16,fd12:3456::/32, each with no bits beyond its length",
        ) from None


def _choice(kind: type[E], environ: Mapping[str, str], name: str, default: E) -> E:
    value = environ.get(name)
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        choices = " or ".join(kind)
        raise SettingInvalid(
            f"{name} is neither {choices.replace(' or ', ' nor ')}", f"Set it to {choices}"
        ) from None
