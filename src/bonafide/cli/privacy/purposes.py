"""`bonafide privacy purposes`: what may be asked of people, and under which rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import click

from bonafide.cli.table import table_lines
from bonafide.privacy import Purpose, purposes


@click.command(name="purposes")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON list.")
def purposes_command(*, json_wanted: bool) -> None:
    """List the purposes: what each asks, from which age, and what it keeps how long."""
    known = purposes().values()
    if json_wanted:
        click.echo(json.dumps([purpose_document(purpose) for purpose in known], indent=1))
    else:
        click.echo("\n".join(purpose_lines(known)))


def purpose_lines(known: Iterable[Purpose]) -> Iterator[str]:
    """The purposes as a table, as in docs/purposes.md."""
    return table_lines(
        (
            "PURPOSE",
            "VERSION",
            "ASKS",
            "WHO DECLINES",
            "FROM AGE",
            "GUARDIAN BELOW",
            "ONE-TO-MANY",
            "CONSENT",
            "KEEPS",
        ),
        *(
            (
                purpose.name,
                purpose.version,
                ", ".join(purpose.asks),
                purpose.alternative,
                purpose.minimum_age,
                purpose.guardian_below,
                purpose.one_to_many,
                purpose.consent_life,
                ", ".join(f"{kind} {duration}" for kind, duration in purpose.keeps.items()),
            )
            for purpose in known
        ),
    )


def purpose_document(purpose: Purpose) -> dict[str, object]:
    """A purpose as JSON values, with the digest of the words in each language."""
    return {
        "name": purpose.name,
        "version": purpose.version,
        "digest": purpose.digest,
        "asks": [asked.value for asked in purpose.asks],
        "alternative": purpose.alternative.value,
        "minimum_age": purpose.minimum_age,
        "guardian_below": purpose.guardian_below,
        "one_to_many": purpose.one_to_many.value,
        "consent_life": purpose.consent_life and str(purpose.consent_life),
        "keeps": {kind.value: str(duration) for kind, duration in purpose.keeps.items()},
        "texts": {language.value: purpose.text_digest(language) for language in purpose.notices},
    }
