"""What pip's configuration says about where packages come from.

The operator has already told pip about their mirror, proxy and certificates; being told again, in a second
place, is how set-ups break. This reads the same files and variables with the same precedence as `pip
download` does (pip's documentation, "Configuration"): sections `[global]` and `[download]`, then `PIP_*`
variables.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from bonafide.errors import SettingInvalid

_PYPI = "https://pypi.org/simple"
_SECTIONS = ("global", "download")
# pip takes any long name of an option, in files and variables alike.
_ALIASES = {"pypi-url": "index-url", "default-timeout": "timeout", "trusted-hosts": "trusted-host"}
_TRUE = ("y", "yes", "t", "true", "on", "1")
_FALSE = ("n", "no", "f", "false", "off", "0")


@dataclass(frozen=True, slots=True)
class Place:
    """A package index (PEP 503, 691), or else a page or folder of archives (find-links)."""

    url: str = field(repr=False)
    is_index: bool


@dataclass(frozen=True, slots=True)
class PipSettings:
    """Where to look for packages, in this order, and how to get there.

    Addresses may carry credentials, so they are kept out of `repr`. `timeout` is in seconds.
    """

    places: tuple[Place, ...]
    trusted_hosts: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    certificates: Path | None = None
    client_certificate: Path | None = None
    timeout: float = 15.0
    retries: int = 5

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> PipSettings:
        """Read pip's configuration files and `PIP_*` variables; raise `SettingInvalid` for one that cannot be
        read.
        """
        options = _from_files(_configuration_files(environ)) | _from_environment(environ)
        index = (
            ()
            if _switch(options, "no-index")
            else (options.get("index-url", _PYPI), *_many(options, "extra-index-url"))
        )
        # pip's HTTP library reads these two when pip itself is told nothing.
        certificates = (
            options.get("cert") or environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE")
        )
        return cls(
            places=_places(_many(options, "find-links"), index),
            trusted_hosts=_many(options, "trusted-host"),
            proxy=options.get("proxy"),
            certificates=_path(certificates),
            client_certificate=_path(options.get("client-cert")),
            timeout=float(_number(options, "timeout", 15)),
            retries=_number(options, "retries", 5),
        )


def _configuration_files(environ: Mapping[str, str]) -> list[Path]:
    """Where pip looks, later files overriding earlier ones."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    if sys.platform == "darwin":
        shared = platformdirs.site_data_dir("pip", appauthor=False, multipath=True).split(os.pathsep)
        own = Path(platformdirs.user_data_dir("pip", appauthor=False))
        own = own if own.is_dir() else Path("~/.config/pip").expanduser()
    else:
        shared = [
            *platformdirs.site_config_dir("pip", appauthor=False, multipath=True).split(os.pathsep),
            "/etc",
        ]
        own = Path(platformdirs.user_config_dir("pip", appauthor=False))
    files = [Path(folder, "pip.conf") for folder in shared]
    if not (chosen and Path(chosen).exists()):
        files += [Path("~/.pip/pip.conf").expanduser(), own / "pip.conf"]
    files.append(Path(sys.prefix, "pip.conf"))
    return [*files, Path(chosen)] if chosen else files


def _from_files(files: Iterable[Path]) -> dict[str, str]:
    sections: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file)
        except (configparser.Error, UnicodeDecodeError, OSError):
            raise SettingInvalid(f"pip's configuration file {file} cannot be read", "Correct it") from None
        for section in _SECTIONS:
            if parser.has_section(section):
                sections[section] |= _normalised(parser.items(section))
    # A command's own section goes before [global] in whatever file either stands.
    return sections["global"] | sections["download"]


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return _normalised(
        (name.removeprefix("PIP_"), value) for name, value in environ.items() if name.startswith("PIP_")
    )


def _normalised(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    named = ((name.lower().replace("_", "-").removeprefix("--"), value.strip()) for name, value in options)
    # pip passes over options without a value.
    return {_ALIASES.get(name, name): value for name, value in named if value}


def _many(options: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(options.get(name, "").split())


def _switch(options: Mapping[str, str], name: str) -> bool:
    value = options.get(name, "0").lower()
    if value not in (*_TRUE, *_FALSE):
        raise SettingInvalid(
            f"pip's setting {name} is neither yes nor no", "Correct it in pip's configuration"
        )
    return value in _TRUE


def _number(options: Mapping[str, str], name: str, default: int) -> int:
    value = options.get(name, str(default))
    if not value.isdecimal():
        raise SettingInvalid(f"pip's setting {name} is not a number", "Correct it in pip's configuration")
    return int(value)


def _places(find_links: Iterable[str], indexes: Iterable[str]) -> tuple[Place, ...]:
    places = [
        *(Place(_as_url(place), is_index=False) for place in find_links),
        *(Place(_as_url(place), is_index=True) for place in indexes),
    ]
    # What lies on this machine goes first. The order changes nothing but the time it takes: a file is known
    # by its digest, not by who sent it.
    return tuple(sorted(places, key=lambda place: not place.url.startswith("file:")))


def _as_url(place: str) -> str:
    return place if ":/" in place else Path(place).expanduser().absolute().as_uri()


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None
