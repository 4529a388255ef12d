"""Opening a verifier for a command."""

from __future__ import annotations

import click

from bonafide.service.verifier import Verifier
from bonafide.settings import Settings


def open_verifier(settings: Settings, profile: str | None) -> Verifier:
    """Load the models and tell, on standard error, of a licence that forbids commercial use."""
    verifier = Verifier.open(settings, profile)
    for notice in verifier.notices:
        click.echo(notice, err=True)
    return verifier
