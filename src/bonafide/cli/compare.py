"""`bonafide compare`: two face pictures and nothing else."""

from __future__ import annotations

import click

from bonafide.cli.answer import EXIT_STATUS, as_json, as_text
from bonafide.cli.opening import open_verifier
from bonafide.cli.pictures import read_pair
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.settings import Settings


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--profile", metavar="P", help="accurate, fast, or the name of a model of your own.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show scores, for your own tuning.")
@click.pass_obj
def command(
    settings: Settings, /, first: str, second: str, *, profile: str | None, json_wanted: bool, explain: bool
) -> int:
    """Compare two face pictures.

    A is judged as the portrait on a document is, B as a selfie; - is standard input. Says nothing about
    documents or about who is present: it is for tests, with pictures of people who
    agreed to them. Exit status: 0 accept, 10 refer to a person, 20 reject.
    """
    pictures = read_pair(first, second)
    verifier = open_verifier(settings, profile)
    case = verifier.compare(*pictures, trial(local_now()), explain=explain)
    click.echo(as_json(case) if json_wanted else as_text(case, settings.language))
    return EXIT_STATUS[case.outcome]
