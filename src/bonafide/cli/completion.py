"""`bonafide completion`: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from bonafide.errors import UsageError


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    For bash: put `eval "$(bonafide completion bash)"` into ~/.bashrc.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError("That shell is not known", "Use bash, zsh or fish")
    script = kind(context.find_root().command, {}, "bonafide", "_BONAFIDE_COMPLETE")
    click.echo(script.source())
