"""`bonafide privacy export`, `erase`, `receipts`, `upkeep`, `purposes`, `report`."""

from __future__ import annotations

import io
import json
import stat
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.cli.privacy.conftest import Cli

from bonafide.evidence import parse_receipt
from bonafide.privacy import purposes
from bonafide.privacy.machine import Reading, reading
from bonafide.service.error_rates import Measure

CONTENT = b"a picture of nobody" * 50


def test_an_export_is_for_this_account_alone_and_on_record(cli: Cli) -> None:
    given, output = cli.agrees(), cli.folder / "export.zip"
    row = cli.keeps(given, CONTENT)
    told = cli("privacy", "export", given["subject"], "--output", output, "--who", "clerk 7")
    assert told.status == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    with zipfile.ZipFile(output) as archive:
        assert archive.read(f"case-picture/{row.id}") == CONTENT
        (person,) = json.loads(archive.read("kept.json"))["kept"]
    assert person["access"][0]["who"] == "clerk 7"
    # Not over another file, and then nobody has looked.
    told = cli("privacy", "export", given["subject"], "--output", output, "--who", "clerk 7")
    assert told.status == 2
    assert "not written over" in told.refusal
    assert cli("privacy", "report", "--json").document["accesses"] == [
        {"who": "clerk 7", "action": "export", "times": 1}
    ]


def test_whoever_shows_their_document_is_found_and_who_asked_is_on_record(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = cli.agrees()
    cli.decides(given, "UTO", "L898902C3")
    for typed, subjects in (
        ("L898902C3\n", [given["subject"]]),
        ("l898902c<3", [given["subject"]]),
        ("X1", []),
    ):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        told = cli("privacy", "find", "UTO", "--who", "clerk 7")
        assert told.status == 0
        assert told.out.split() == subjects
    assert cli("privacy", "report", "--json").document["accesses"] == [
        {"who": "clerk 7", "action": "find", "times": 3}
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    told = cli("privacy", "find", "UTO", "--who", "clerk 7")
    assert (told.status, "no index" in told.refusal) == (2, True)


@pytest.mark.parametrize("who", ["", " clerk", "x" * 65, "a\nb", "\x1b[2J"])
def test_who_acts_has_a_name_of_one_line(cli: Cli, who: str) -> None:
    given, output = cli.agrees(), cli.folder / "export.zip"
    told = cli("privacy", "export", given["subject"], "--output", output, "--who", who)
    assert told.status == 2
    assert "one line of 1 to 64" in told.refusal
    assert not output.exists()


def test_nothing_is_exported_while_the_holder_is_away(cli: Cli) -> None:
    given, output = cli.agrees(), cli.folder / "export.zip"
    cli.keeps(given, CONTENT)
    vault = cli.folder / "home" / "keys" / "vault"
    (vault / "root").rename(vault / "away")
    told = cli("privacy", "export", given["subject"], "--output", output, "--who", "clerk")
    assert told.status == 4
    assert told.refusal
    assert not output.exists()


def test_erased_with_a_receipt_and_a_second_one(cli: Cli) -> None:
    given, folder = cli.agrees("face-pay"), cli.folder / "receipts"
    folder.mkdir()
    cli.keeps(given, CONTENT)
    stays = cli.agrees("face-pay")
    cli.keeps(stays, CONTENT)
    assert "--yes" in cli("privacy", "erase", given["subject"]).refusal
    told = cli("privacy", "erase", given["subject"], "--yes", "--json", "--receipt", folder / "first")
    assert told.status == 0
    assert told.document["erased"]["sealed"] == told.document["erased"]["subject"] == 1
    assert told.document["forgotten"] is True
    assert cli("receipt", "verify", folder / "first").status == 0
    erasure = told.document["erasure"]

    told = cli("privacy", "receipts", erasure)
    assert told.out.encode() == (folder / "first").read_bytes()
    assert "second receipt follows" in told.err
    for command in (("rotate",), ("rewrap",), ("destroy-epoch", 1, "--yes")):
        assert cli("store", *command).status == 0
    done = cli("privacy", "upkeep", "--json")
    assert (done.status, done.document["finished_erasures"], done.document["swept"]) == (0, 1, [])
    told = cli("privacy", "receipts", erasure, "--output", folder)
    assert (told.status, told.err) == (0, "")
    for name in ("receipt.json", "second-receipt.json"):
        assert cli("receipt", "verify", folder / name).status == 0
    claims = parse_receipt((folder / "second-receipt.json").read_bytes()).claims
    assert (claims["statement"], claims["erasure"]) == ("backups-unreadable", erasure)
    report = cli("privacy", "report", "--json").document
    assert (report["erasures"], report["unfinished_erasures"]) == (1, 0)
    assert report["filing"]["people"] == 1


def test_only_what_rests_on_a_withdrawn_consent(cli: Cli) -> None:
    given = cli.agrees("face-pay")
    told = cli("privacy", "erase", given["subject"], "--purpose", "face-pay", "--yes")
    assert told.status == 2
    assert "still stands" in told.refusal
    assert cli("privacy", "erase", given["subject"], "--purpose", "fishing", "--yes").status == 2


def test_a_receipt_that_cannot_be_written_is_still_to_be_had(cli: Cli) -> None:
    given = cli.agrees()
    told = cli("privacy", "erase", given["subject"], "--yes", "--receipt", cli.folder / "no" / "folder")
    assert told.status == 2
    assert "It is erased, but the receipt cannot be written there" in told.err
    erasure = told.err.rpartition("receipts ")[2].rstrip("`.\n")
    assert cli("privacy", "receipts", erasure).status == 0
    assert "no such erasure" in cli("privacy", "receipts", uuid.uuid4()).refusal


def test_upkeep_erases_what_is_due_even_while_the_holder_is_away(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = cli.agrees()
    cli.keeps(given, CONTENT)
    assert cli("privacy", "upkeep").out.startswith("Nothing was due.")
    now = reading()
    later = Reading(now.wall + timedelta(hours=73), now.boot, now.since_boot_ms + 73 * 3_600_000)
    monkeypatch.setattr(
        "bonafide.privacy.retention_clock.RetentionClock.__init__.__defaults__", (lambda: later,)
    )
    vault = cli.folder / "home" / "keys" / "vault"
    (vault / "root").rename(vault / "away")
    told = cli("privacy", "upkeep")
    assert told.status == 4
    assert told.out == "mobile.example: 1 of sealed were due and are erased\n"
    (vault / "away").rename(vault / "root")
    later = Reading(now.wall + timedelta(days=31), now.boot, now.since_boot_ms + 31 * 24 * 3_600_000)
    told = cli("privacy", "upkeep", "--json")
    assert (told.status, told.document["swept"], told.document["epoch"]) == (0, [], 2)


def test_an_altered_record_holds_the_key_and_the_status_says_so(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import update

    from bonafide.store import Store
    from bonafide.store.schema import SEALED

    cli.keeps(cli.agrees("face-pay"), CONTENT)
    store = Store.open(cli.database)
    store.write(
        "mobile.example",
        lambda transaction: transaction.connection.execute(update(SEALED).values(wrapped_key=bytes(60))),
    )
    store.close()
    now = reading()
    for days in (31, 62, 93):
        later = Reading(now.wall + timedelta(days=days), now.boot, now.since_boot_ms + days * 86_400_000)
        monkeypatch.setattr(
            "bonafide.privacy.retention_clock.RetentionClock.__init__.__defaults__", (lambda at=later: at,)
        )
        told = cli("privacy", "upkeep")
        assert told.status == 20
    assert "epoch 1 is due, but altered records lie under it" in told.out


def test_purposes_as_table_and_as_data(cli: Cli) -> None:
    assert cli("privacy", "purposes").out.splitlines()[1].startswith("sim-signup ")
    listed = cli("privacy", "purposes", "--json").document
    assert [(one["name"], one["digest"]) for one in listed] == [
        (purpose.name, purpose.digest) for purpose in purposes().values()
    ]


def test_the_report_has_every_fact(cli: Cli) -> None:
    cli.keeps(cli.agrees(), CONTENT)
    found = cli("privacy", "report", "--json").document
    assert [each["measure"] for each in found["error_rates"]["measures"]] == list(Measure)
    assert {each["state"] for each in found["error_rates"]["measures"]} == {None}
    assert {(kept["holding"], kept["rows"]) for kept in found["kept"]} == {
        ("sealed", 1),
        ("referred_case", 1),
        ("consent", 1),
    }
    recogniser, *others = found["models"]
    assert len(recogniser["calibration"]) == 64
    groups = {rate["group"]: rate["false_match_rate"] for rate in recogniser["error_rates"]}
    assert max(groups.values()) <= 1e-4
    assert len(groups) > 2
    assert all(other["error_rates"] == [] for other in others)
    assert found["filing"] == {"people": 1, "from": 100_000, "state": "below", "file_by": None}
    told = cli("privacy", "report")
    for part in ("sim-signup", "sealed", "east-asian", "Face data of 1 people is stored; from 100,000"):
        assert part in told.out
    assert cli("privacy", "report", "--since", "yesterday").status == 2


def test_the_report_warns_of_the_duty_to_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.keeps(cli.agrees(), CONTENT)
    cli.keeps(cli.agrees(), CONTENT)
    for module in ("bonafide.privacy.report", "bonafide.cli.privacy.report_answer"):
        monkeypatch.setattr(f"{module}.FILING", 3)
    monkeypatch.setattr("bonafide.privacy.report.NEAR_FILING", 2)
    assert (
        "WARNING: Face data of 2 people is stored; from 3 it is to be filed" in cli("privacy", "report").out
    )
    cli.keeps(cli.agrees(), CONTENT)
    # The day on which the third came is in the store.
    found = cli("privacy", "report", "--json").document["filing"]
    assert found["state"] == "reached"
    by = datetime.fromisoformat(found["file_by"]).replace(tzinfo=UTC)
    assert timedelta(days=39) < by - datetime.now(UTC) < timedelta(days=45)
    told = cli("privacy", "report", "--reached-on", "2026-01-01")
    assert "file by 2026-02-12 at the latest" in told.out
