"""Typed settings from the environment and a file; a wrong one stops start-up and is named."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import platformdirs

from bonafide.errors import SettingInvalid
from bonafide.settings_file import SETTINGS_FILE, read_settings
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
    SETTINGS_FILE,
    "BONAFIDE_HOME",
    "BONAFIDE_PROFILE",
    "BONAFIDE_LANG",
    "BONAFIDE_OPERATOR",
    "BONAFIDE_DATABASE",
    "BONAFIDE_KEY_HOLDER",
    "BONAFIDE_PRODUCTION",
    "BONAFIDE_WEBHOOK_NETWORKS",
    "BONAFIDE_BIND",
    "BONAFIDE_WORKERS",
    "BONAFIDE_BEHIND_TLS",
    "BONAFIDE_TELEMETRY",
    "BONAFIDE_OIDC_ISSUER",
    "BONAFIDE_OIDC_CLIENT",
    "BONAFIDE_OIDC_SECRET_FILE",
)
# What hosts of services are used to call it.
_DATABASE_ALIAS = "DATABASE_URL"
_MOST_WORKERS = 64
# A name as in the domain name system: short, of one case, and safe in keys, logs and file names.
_OPERATOR = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens: the address of an interface, and a TCP port, 0 for any that is free."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who vouches for the operator's people by OpenID Connect: its address, which is its name, what it calls
    us, and the file of the secret by which we show that we are.
    """

    address: str
    client: str
    secret_file: Path

    @property
    def on_this_machine(self) -> bool:
        """Whether it is one for trying out, without TLS."""
        return self.is_loopback(self.address)

    @staticmethod
    def is_loopback(address: str) -> bool:
        """Whether a plain HTTP address is of this machine."""
        parts = urlsplit(address)
        return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how Bonafide behaves unless a call says otherwise.

    `BONAFIDE_HOME` is the folder for weights and keys, `BONAFIDE_PROFILE` is `accurate` or `fast`,
    `BONAFIDE_LANG` is `en` or `zh-Hans`. `BONAFIDE_OPERATOR` names the operator whose records these are,
    `BONAFIDE_DATABASE` is the URL of the database that keeps them, None for a file in the data folder.
    `BONAFIDE_KEY_HOLDER` is the RFC 7512 URI of a PKCS #11 token, None for a file in the data folder, which
    `BONAFIDE_PRODUCTION` set to `yes` refuses. `DATABASE_URL` is another name of `BONAFIDE_DATABASE`.

    `bonafide serve` listens at `BONAFIDE_BIND` with `BONAFIDE_WORKERS` processes; `BONAFIDE_BEHIND_TLS` set
    to `yes` says that whoever reaches it does so through something that speaks TLS. It sends traces to the
    OTLP collector at `BONAFIDE_TELEMETRY`, None for none.
    `BONAFIDE_WEBHOOK_NETWORKS` are the networks, beside the public internet, to which webhooks may lead.
    `BONAFIDE_OIDC_ISSUER`, `BONAFIDE_OIDC_CLIENT` and `BONAFIDE_OIDC_SECRET_FILE` say who else vouches for
    the operator's people.
    """

    data_dir: Path
    profile: Profile = Profile.ACCURATE
    language: Language = Language.ENGLISH
    operator: str = "localhost"
    database: str | None = field(default=None, repr=False)
    key_holder: str | None = field(default=None, repr=False)
    production: bool = False
    webhook_networks: tuple[Network, ...] = ()
    bind: Address = Address("127.0.0.1", 8765)
    workers: int = 1
    behind_tls: bool = False
    telemetry: str | None = None
    issuer: Issuer | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; raise `SettingInvalid` for an unknown or malformed one. The environment goes
        before the file that `BONAFIDE_SETTINGS_FILE` names.
        """
        environ = _with_file(environ)
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
            database=_database(environ),
            key_holder=environ.get("BONAFIDE_KEY_HOLDER") or None,
            production=_choice(_YesNo, environ, "BONAFIDE_PRODUCTION", _YesNo.NO) is _YesNo.YES,
            webhook_networks=_networks(environ.get("BONAFIDE_WEBHOOK_NETWORKS") or ""),
            bind=_address(environ.get("BONAFIDE_BIND") or "127.0.0.1:8765"),
            workers=_workers(environ.get("BONAFIDE_WORKERS") or "1"),
            behind_tls=_choice(_YesNo, environ, "BONAFIDE_BEHIND_TLS", _YesNo.NO) is _YesNo.YES,
            telemetry=_collector(environ.get("BONAFIDE_TELEMETRY") or None),
            issuer=_issuer(environ),
        )


def _with_file(environ: Mapping[str, str]) -> Mapping[str, str]:
    path = environ.get(SETTINGS_FILE)
    if not path:
        return environ
    said = read_settings(Path(path))
    for name in sorted(said):
        if not name.startswith(_PREFIX):
            raise SettingInvalid(
                f"The file that {SETTINGS_FILE} names has a line that sets nothing of Bonafide",
                f"Remove it, or use one of {', '.join(_KNOWN)}",
            )
    chosen = {name: value for name, value in environ.items() if value}
    if _DATABASE_ALIAS in chosen:
        said = {name: value for name, value in said.items() if name != "BONAFIDE_DATABASE"}
    return {**environ, **said, **chosen}


def _database(environ: Mapping[str, str]) -> str | None:
    named, alias = environ.get("BONAFIDE_DATABASE"), environ.get(_DATABASE_ALIAS)
    if named and alias and named != alias:
        raise SettingInvalid(
            f"BONAFIDE_DATABASE and {_DATABASE_ALIAS} name different databases",
            "Set one of them, or both alike",
        )
    return named or alias or None


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if colon and port.isascii() and port.isdecimal() and int(port) < 65536:
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        try:
            found = ipaddress.ip_address("127.0.0.1" if bare == "localhost" else bare)
        except ValueError:
            pass
        else:
            if (found.version == 6) == host.startswith("["):
                return Address(str(found), int(port))
    raise SettingInvalid(
        "BONAFIDE_BIND is not an address of this machine and a port",
        "Set it to one such as 127.0.0.1:8765 or [::1]:8765",
    )


def _collector(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    # Secrets do not belong into an address, and a path is the collector's own to have.
    if whole and text.isprintable() and parts.scheme in ("http", "https") and not set("@?# ") & set(text):
        return text.rstrip("/")
    raise SettingInvalid(
        "BONAFIDE_TELEMETRY is not the address of an OTLP collector",
        "Set it to one such as http://127.0.0.1:4318, without account, query or /v1/traces, or remove it",
    )


def _issuer(environ: Mapping[str, str]) -> Issuer | None:
    names = ("BONAFIDE_OIDC_ISSUER", "BONAFIDE_OIDC_CLIENT", "BONAFIDE_OIDC_SECRET_FILE")
    address, client, secret = (environ.get(name) or "" for name in names)
    if not (address or client or secret):
        return None
    if not (address and client and secret):
        raise SettingInvalid(
            f"Of {', '.join(names)} some are set and some are not", "Set all of them, or none"
        )
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    safe = address.startswith("https://") or (whole and Issuer.is_loopback(address))
    if not (whole and safe and address.isprintable() and not set("@?# ") & set(address)):
        raise SettingInvalid(
            "BONAFIDE_OIDC_ISSUER is not the address of an issuer",
            "Set it to the `issuer` that it says of itself, such as https://id.mobile.example",
        )
    if not Path(secret).is_absolute():
        raise SettingInvalid(
            "BONAFIDE_OIDC_SECRET_FILE is not an absolute path", "Give the whole path of a file"
        )
    return Issuer(address, client, Path(secret))


def _workers(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= _MOST_WORKERS:
        return int(text)
    raise SettingInvalid(
        f"BONAFIDE_WORKERS is not a number from 1 to {_MOST_WORKERS}",
        "Set it to how many processors there are",
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
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
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
