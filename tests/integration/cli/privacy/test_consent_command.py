"""`bonafide consent`: the words, who agreed to them, and taking it back."""

from __future__ import annotations

import uuid

import pytest
from tests.integration.cli.privacy.conftest import Cli

from bonafide.evidence import parse_receipt
from bonafide.privacy import purposes
from bonafide.wording import Language

# What differs between databases is in the room's own tests.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VERSION = purposes()["sim-signup"].version
GIVE = ("consent", "give", "sim-signup", "--version", VERSION, "--language", "en")


def test_who_declines_hears_of_the_alternative_and_leaves_nothing(cli: Cli) -> None:
    told = cli("consent", "decline", "sim-signup")
    assert (told.status, told.out) == (
        10,
        f"{purposes()['sim-signup'].notices[Language.ENGLISH].alternative}\n",
    )
    assert cli("privacy", "report", "--json").document["kept"] == []


@pytest.mark.parametrize(
    ("purpose", "options", "status"),
    [
        ("sim-signup", ("--age", "under-14"), 10),
        ("sim-signup", ("--age", "under-14", "--guardian"), 0),
        ("sim-signup", ("--age", "14-to-17"), 0),
        ("face-pay", ("--age", "14-to-17", "--guardian"), 10),
        ("attendance", ("--age", "14-to-17"), 10),
    ],
)
def test_too_young_a_person_takes_the_alternative(
    cli: Cli, purpose: str, options: tuple[str, ...], status: int
) -> None:
    words = ("consent", "give", purpose, "--version", purposes()[purpose].version)
    told = cli(*words, "--language", "zh-Hans", *options)
    assert told.status == status, told.err
    assert told.out.count("\n") == 1
    notice = purposes()[purpose].notices[Language.CHINESE]
    assert (notice.alternative in told.out) is (status == 10)
    assert sum(kept["rows"] for kept in cli("privacy", "report", "--json").document["kept"]) == (status == 0)
    told = cli(*words, "--language", "en", "--json", *options)
    assert told.document["given"] is (status == 0)
    assert told.document.get("alternative") == (purposes()[purpose].alternative if status else None)


def test_from_agreeing_to_taking_it_back(cli: Cli) -> None:
    given = cli.agrees("face-pay")
    other = cli.agrees("loyalty", "--subject", given["subject"])
    assert other["subject"] == given["subject"]
    cli.keeps(given, b"template")
    status = cli("consent", "status", given["consent"], "--json")
    assert (status.status, status.document["stands"], status.document["why_not"]) == (0, True, None)
    assert cli("consent", "status", given["consent"]).out.startswith("The consent stands. (face-pay, ")

    receipt = cli.folder / "receipt.json"
    withdrawn = cli("consent", "withdraw", given["consent"], "--receipt", receipt, "--json")
    assert withdrawn.status == 0
    assert withdrawn.document["withdrawn_at"] is not None
    assert withdrawn.document["erasure"]["erased"]["sealed"] == 1
    assert cli("receipt", "verify", receipt).status == 0
    claims = parse_receipt(receipt.read_bytes()).claims
    assert (claims["statement"], claims["purpose"]) == ("erased", "face-pay")

    status = cli("consent", "status", given["consent"])
    assert (status.status, status.out[:26]) == (20, "The consent does not stand")
    assert cli("consent", "status", other["consent"]).status == 0
    # A second time there is nothing to do, and it is no error.
    again = cli("consent", "withdraw", given["consent"])
    assert again.status == 0
    assert "Erased: 0 record(s)" in again.out


def test_what_another_consent_rests_on_stays(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli.agrees("face-pay")
    second = cli.agrees("face-pay", "--subject", first["subject"])
    cli.keeps(second, b"template")
    told = cli("consent", "withdraw", first["consent"])
    assert told.status == 0
    assert "other consent to this purpose stands" in told.out
    monkeypatch.setenv("BONAFIDE_LANG", "zh-Hans")
    told = cli("consent", "withdraw", second["consent"])
    assert "已删除 1 条记录" in told.out


def test_other_words_count_for_nothing(cli: Cli) -> None:
    told = cli("consent", "give", "sim-signup", "--version", VERSION + 1, *GIVE[5:], "--age", "18-or-over")
    assert told.status == 2
    assert "not the current ones" in told.refusal


@pytest.mark.parametrize("subcommand", ["status", "withdraw"])
def test_what_is_not_there_is_told_in_a_line(cli: Cli, subcommand: str) -> None:
    told = cli("consent", subcommand, uuid.uuid4())
    assert told.status == 2
    assert "no such consent" in told.refusal
    told = cli("consent", subcommand, "Zhang San")
    assert told.status == 2
    assert "no identifier" in told.refusal
    assert "Zhang" not in told.err


def test_a_subject_of_another_operator_is_nobody_here(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    given = cli.agrees()
    monkeypatch.setenv("BONAFIDE_OPERATOR", "other.example")
    told = cli(*GIVE, "--age", "18-or-over")
    assert told.status == 4
    assert "bonafide store upgrade" in told.refusal
    cli("store", "upgrade")
    told = cli(*GIVE, "--age", "18-or-over", "--subject", given["subject"])
    assert told.status == 2
    assert "Nothing is kept" in told.refusal
    assert cli("consent", "status", given["consent"]).status == 2


def test_what_is_plain_goes_on_while_the_holder_of_the_keys_is_away(cli: Cli) -> None:
    vault = cli.folder / "home" / "keys" / "vault"
    vault.rename(vault.with_name("away"))
    given = cli.agrees()
    assert cli("consent", "status", given["consent"]).status == 0
    assert cli("consent", "withdraw", given["consent"]).status == 0
