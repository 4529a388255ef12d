"""`bonafide consent`: what people are asked, and what they said."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bonafide.cli.erased import erased_document, erased_lines, write_receipt
from bonafide.cli.parameters import LANGUAGE, identifier, purpose_by_name
from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy import Now, Purpose
from bonafide.privacy.consent import Age, Consent, Giver, consent_of, give, old_enough, token, withdraw
from bonafide.privacy.erasure import Erased, erase
from bonafide.service.retention import Retention, new_identifier, retention
from bonafide.settings import Settings
from bonafide.store import Transaction
from bonafide.vault import FileSigner
from bonafide.version import SOFTWARE
from bonafide.wording import Language, phrase

_ALTERNATIVE = 10
_STANDS_NOT = 20


@click.group(name="consent")
def command() -> None:
    """Show what people are asked, and record what they said."""


@command.command(name="show")
@click.argument("purpose", type=purpose_by_name)
@click.option("--lang", type=LANGUAGE, help="en or zh-Hans; else as in the settings.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show_command(settings: Settings, /, purpose: Purpose, *, lang: str | None, json_wanted: bool) -> None:
    """Print the words that somebody reads before agreeing, and their version."""
    language = Language(lang or settings.language)
    notice, digest = purpose.notices[language].as_document(), purpose.text_digest(language)
    if json_wanted:
        document = {
            "purpose": purpose.name,
            "version": purpose.version,
            "language": language.value,
            "digest": digest,
            "alternative": purpose.alternative.value,
            "text": notice,
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    named = phrase("consent_words", language, purpose=purpose.name, version=purpose.version, digest=digest)
    click.echo("\n\n".join([*notice.values(), named]))


@command.command(name="decline")
@click.argument("purpose", type=purpose_by_name)
@click.option("--lang", type=LANGUAGE, help="en or zh-Hans; else as in the settings.")
@click.pass_obj
def decline_command(settings: Settings, /, purpose: Purpose, *, lang: str | None) -> int:
    """Say what somebody who declines does instead. Nothing is recorded.

    Exit status: 10.
    """
    click.echo(purpose.notices[Language(lang or settings.language)].alternative)
    return _ALTERNATIVE


@command.command(name="give")
@click.argument("purpose", type=purpose_by_name)
@click.option("--version", type=int, required=True, help="The version of the words that were shown.")
@click.option("--language", type=LANGUAGE, required=True, help="The language in which they were shown.")
@click.option(
    "--age",
    type=click.Choice([age.value for age in Age]),
    required=True,
    help="How old the person is; it is not kept.",
)
@click.option("--guardian", is_flag=True, help="A parent or guardian agreed for them.")
@click.option("--subject", type=identifier, help="Who agrees, if they agreed to something before.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def give_command(
    settings: Settings,
    /,
    purpose: Purpose,
    *,
    version: int,
    language: str,
    age: str,
    guardian: bool,
    subject: str | None,
    json_wanted: bool,
) -> int:
    """Record that somebody read what a purpose asks, and agreed to it.

    Exit status: 0 it is on record, 10 they are too young and take the alternative.
    """
    shown, old = Language(language), Age(age)
    giver = Giver.GUARDIAN if guardian else Giver.PERSON
    if not old_enough(purpose, giver, old):
        _tell_alternative(purpose, shown, json_wanted=json_wanted)
        return _ALTERNATIVE
    with retention(settings) as kept:
        now = kept.now()
        consent = kept.store.write(
            kept.operator,
            lambda transaction: give(
                transaction,
                purpose,
                version=version,
                language=shown,
                giver=giver,
                age=old,
                now=now,
                identifier=new_identifier,
                subject=subject,
            ),
        )
    if json_wanted:
        click.echo(json.dumps({"given": True, **_document(consent)}, indent=1))
    else:
        click.echo(phrase("consent_given", shown, consent=consent.id, subject=consent.subject))
    return 0


@command.command(name="withdraw")
@click.argument("consent", type=identifier)
@click.option("--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Write a receipt here.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def withdraw_command(settings: Settings, /, consent: str, *, receipt: Path | None, json_wanted: bool) -> None:
    """Take a consent back, and erase what rested on it.

    That it was given and withdrawn stays on record.
    """
    with retention(settings) as kept:
        # What may be wrong with the key is said before anything changes.
        signer, now = kept.signer(), kept.now()

        def take_back(transaction: Transaction) -> Consent:
            found = consent_of(transaction, consent)
            taken = found and withdraw(transaction, consent, purpose_by_name(found.purpose), now)
            if taken is None:
                raise _unknown()
            return taken

        withdrawn = kept.store.write(kept.operator, take_back)
        erased = _erased(kept, withdrawn, signer, now)
    if json_wanted:
        document = erased_document(erased) if erased else None
        click.echo(json.dumps({**_document(withdrawn), "erasure": document}, indent=1))
    else:
        click.echo("\n".join(_withdrawn_lines(withdrawn, erased, settings.language)))
    if receipt and erased:
        write_receipt(erased, receipt)


@command.command(name="status")
@click.argument("consent", type=identifier)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def status_command(settings: Settings, /, consent: str, *, json_wanted: bool) -> int:
    """Say whether a consent stands at this moment.

    Exit status: 0 it stands, 20 it does not.
    """
    with retention(settings) as kept:
        now = kept.now()
        with kept.store.read(kept.operator) as transaction:
            found = consent_of(transaction, consent)
            if found is None:
                raise _unknown()
            purpose, why_not = purpose_by_name(found.purpose), None
            try:
                token(transaction, consent, purpose, now)
            except NotPermitted as refused:
                why_not = refused.problem
    if json_wanted:
        document = {**_document(found), "stands": why_not is None, "why_not": why_not}
        click.echo(json.dumps(document, indent=1))
    else:
        words = phrase("consent_stands" if why_not is None else "consent_stands_not", settings.language)
        click.echo(f"{words} ({found.purpose}, {moment_text(found.given_at)})")
    return 0 if why_not is None else _STANDS_NOT


def _erased(kept: Retention, withdrawn: Consent, signer: FileSigner, now: Now) -> Erased | None:
    """What rested on it, erased; None where another consent of that person to that purpose stands."""
    try:
        return erase(
            kept.store,
            kept.operator,
            [withdrawn.subject],
            now=now,
            identifier=new_identifier,
            signer=signer,
            software=SOFTWARE,
            purpose=withdrawn.purpose,
        )
    except NotPermitted:
        return None


def _withdrawn_lines(withdrawn: Consent, erased: Erased | None, language: Language) -> list[str]:
    told = phrase("consent_withdrawn", language, until=moment_text(withdrawn.deadline))
    if erased is None:
        return [told, phrase("consent_another_stands", language)]
    return [told, *erased_lines(erased, language)]


def _tell_alternative(purpose: Purpose, language: Language, *, json_wanted: bool) -> None:
    notice = purpose.notices[language]
    gap = " " if language is Language.ENGLISH else ""
    text = f"{notice.age}{gap}{notice.alternative}"
    if json_wanted:
        document = {"given": False, "alternative": purpose.alternative.value, "text": text}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        click.echo(text)


def _document(consent: Consent) -> dict[str, object]:
    return {
        "consent": consent.id,
        "subject": consent.subject,
        "purpose": consent.purpose,
        "version": consent.purpose_version,
        "language": consent.language,
        "giver": consent.giver,
        "given_at": moment_text(consent.given_at),
        "withdrawn_at": consent.withdrawn_at and moment_text(consent.withdrawn_at),
        "kept_until": moment_text(consent.deadline),
    }


def _unknown() -> UsageError:
    return UsageError(
        "There is no such consent of this operator",
        "Give the identifier that `bonafide consent give` printed",
    )
