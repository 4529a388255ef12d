"""The root command: finds subcommands by name only when called, and turns every error into one line.

`bonafide --help` must answer at once, so nothing heavy is imported before a subcommand needs it; the
summaries below stand here for the same reason (a test compares them with the commands' own).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Final, NoReturn

import click

from bonafide.errors import BonafideError
from bonafide.settings import Settings

# Name: where the command lives, and its summary. Commands of the evaluation room are loaded by name as well,
# so that no room below it has to import it.
COMMANDS: Final = {
    "verify": ("bonafide.cli.verify", "Is this person the one on this document?"),
    "compare": ("bonafide.cli.compare", "Compare two face pictures."),
    "face": ("bonafide.cli.face", "Report the faces in a picture and their quality."),
    "read": ("bonafide.cli.read", "Read an identity document and check it."),
    "chip": ("bonafide.cli.chip", "Check the files of a document's chip."),
    "receipt": ("bonafide.cli.receipt", "Verify and read receipts."),
    "store": ("bonafide.cli.store", "Make the store, and look after the keys of what it keeps."),
    "case": ("bonafide.cli.case", "Open and decide the cases that were referred to a person."),
    "known-case": (
        "bonafide.cli.known_case",
        "Put in cases with a known answer, which measure how well people decide.",
    ),
    "account": ("bonafide.cli.account", "Invite the operator's people, and end their accounts."),
    "consent": ("bonafide.cli.consent", "Show what people are asked, and record what they said."),
    "privacy": ("bonafide.cli.privacy", "Give back, erase, report, and open what is kept of people."),
    "api-key": ("bonafide.cli.api_key", "Make, list and revoke the keys that machines sign people up with."),
    "audit": ("bonafide.cli.audit", "Sign, prove, export and audit the evidence log."),
    "serve": ("bonafide.cli.serve", "Serve sign-ups over HTTP."),
    "witness": ("bonafide.cli.witness", "Watch logs of others, and cosign what continues them."),
    "models": ("bonafide.cli.models", "Pull, list, verify and add models."),
    "calibrate": (
        "bonafide.evaluation.commands.calibrate",
        "Calibrate a model on your own labelled pictures.",
    ),
    "evaluate": ("bonafide.evaluation.commands.evaluate", "Measure error rates on labelled pictures."),
    "bench": (
        "bonafide.evaluation.commands.bench",
        "Measure speed against the bare kernels and the bare disk.",
    ),
    "attack-lab": (
        "bonafide.evaluation.commands.attack_lab",
        "Simulate live sessions of people and of attacks, and count who gets through.",
    ),
    "completion": ("bonafide.cli.completion", "Print the completion script for a shell."),
}


class _ByName(click.Group):
    """A group that imports a subcommand when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=_ByName,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 accept or done, 10 refer, 20 reject or not valid, 2 usage, "
    "3 unreadable input, 4 set-up broken.",
)
@click.version_option(package_name="bonafide", message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context) -> None:
    """Is this person the one on this document? Self-hosted, calibrated, and it keeps next to nothing."""
    context.obj = Settings.from_environment(os.environ)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        status: Any = root.main(arguments, prog_name="bonafide", standalone_mode=False)
        sys.stdout.flush()
    except BonafideError as error:
        return _fail(str(error), error.exit_status)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail("Interrupted.", 130)
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def _fail(line: str, status: int) -> int:
    click.echo(f"bonafide: {line}", err=True)
    return status
