"""`bonafide privacy`: what is kept, giving it back, erasing it, and who may open what."""

import click

from bonafide.cli.privacy.approver import approver_command
from bonafide.cli.privacy.break_glass import break_glass_command
from bonafide.cli.privacy.person import erase_command, export_command, find_command, receipts_command
from bonafide.cli.privacy.purposes import purposes_command
from bonafide.cli.privacy.report import report_command
from bonafide.cli.privacy.upkeep import upkeep_command


@click.group(name="privacy")
def command() -> None:
    """Give back, erase, report, and open what is kept of people."""


for _each in (
    purposes_command,
    report_command,
    find_command,
    export_command,
    erase_command,
    receipts_command,
    upkeep_command,
    approver_command,
    break_glass_command,
):
    command.add_command(_each)
