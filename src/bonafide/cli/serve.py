"""`bonafide serve`: the sign-up service."""

from __future__ import annotations

import contextlib
import socket

import click

from bonafide.errors import SettingInvalid, SetupBroken
from bonafide.service.beginning import FIRST_KEY_LIFE, FirstStart, begin
from bonafide.service.chores import doing_chores
from bonafide.service.retention import require_listed
from bonafide.service.safekeeping import open_store, open_vault
from bonafide.service.webhook_delivery import delivering
from bonafide.settings import Settings

_BACKLOG = 2048


@click.command(name="serve")
@click.pass_obj
def command(settings: Settings) -> None:
    """Serve sign-ups over HTTP.

    Makes what is missing at the first start and prints then, once, how to enter. SIGTERM and SIGINT stop it
    when what is in flight has finished.
    """
    _require_safe(settings)
    try:
        from bonafide.api.log import begin_logging  # noqa: PLC0415 - the extra may not be installed
        from bonafide.api.supervisor import supervise  # noqa: PLC0415
        from bonafide.api.worker import serve, stop_by_signal  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SetupBroken(
            f"The package {missing.name}, with which the service answers, is not installed",
            "Run `pip install 'bonafide[service]'`",
        ) from None
    stop_by_signal()
    begin_logging()
    with contextlib.closing(_listening(settings)) as listener:
        with contextlib.closing(open_store(settings)) as store:
            # What is wrong is said before anything is made or anybody served: keys that may not be used, a
            # holder away, a store of another version.
            open_vault(settings)
            first = begin(settings, store)
            require_listed(settings, store)
        for line in _greeting(settings, listener, first):
            click.echo(line)
        with doing_chores(settings), delivering(settings):
            (serve if settings.workers == 1 else supervise)(settings, listener)


def _require_safe(settings: Settings) -> None:
    """Raises `SettingInvalid` for settings that are unsafe together."""
    if not settings.bind.loopback and not settings.behind_tls:
        raise SettingInvalid(
            "BONAFIDE_BIND lets other machines in, and BONAFIDE_BEHIND_TLS is not yes",
            "Let something that speaks TLS stand before it and set BONAFIDE_BEHIND_TLS, or bind to 127.0.0.1",
        )
    if settings.production and not settings.behind_tls:
        raise SettingInvalid(
            "BONAFIDE_PRODUCTION is yes and BONAFIDE_BEHIND_TLS is not",
            "Let something that speaks TLS stand before it and set BONAFIDE_BEHIND_TLS to yes",
        )


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.bind.host else socket.AF_INET
    try:
        return socket.create_server((settings.bind.host, settings.bind.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingInvalid(
            f"BONAFIDE_BIND cannot be listened at ({error.strerror})",
            "Stop what listens there, or name another address of this machine or another port",
        ) from None


def _greeting(settings: Settings, listener: socket.socket, first: FirstStart | None) -> list[str]:
    lines = []
    if first is not None:
        lines += [
            f"Made a store, the operator {first.operator} and its keys in {settings.data_dir}.",
            f"An API key that may do everything for {FIRST_KEY_LIFE.days} days, told this once; make keys "
            "of one scope each by `bonafide api-key make`:",
            first.key,
        ]
    if settings.production and (settings.database or "sqlite:").startswith("sqlite:"):
        lines.append("The database is a file of this machine: for several machines, set DATABASE_URL.")
    port = listener.getsockname()[1]
    host = f"[{settings.bind.host}]" if ":" in settings.bind.host else settings.bind.host
    lines.append(f"Serving at http://{host}:{port}; the API is described at /v1/openapi.json.")
    return lines
