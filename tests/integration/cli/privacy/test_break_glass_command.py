"""`bonafide privacy approver` and `break-glass`: two people, two keys, one look."""

from __future__ import annotations

import json
import shutil
import stat
import uuid
from pathlib import Path

import pytest
from tests.integration.cli.privacy.conftest import Cli

CONTENT = b"\x00what is sealed" * 9
# What differs between databases is in the room's own tests.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ASK = ("privacy", "break-glass", "ask", "--who", "an", "--reason", "a court's order")


@pytest.fixture
def keys(cli: Cli) -> dict[str, Path]:
    """The private keys of An and Bo, who may approve, and of Cy, who may not."""
    made = {}
    for name in ("an", "bo", "cy"):
        private, public = cli.key(name)
        made[name] = private
        if name != "cy":
            assert cli("privacy", "approver", "add", name, public).status == 0
    return made


def asks(cli: Cli, *options: object) -> tuple[str, Path]:
    """A request's identifier and file."""
    file = cli.folder / f"{uuid.uuid4()}.request"
    told = cli(*ASK, "--output", file, *options)
    assert told.status == 0, told.err
    request = json.loads(file.read_bytes())["id"]
    assert request in told.out
    return request, file


def approves(cli: Cli, request: str, file: Path, who: str, key: Path) -> int:
    signature = cli.folder / f"{who}.signature"
    told = cli("privacy", "break-glass", "sign", file, "--key", key, "--output", signature, "--yes")
    assert told.status == 0, told.err
    assert "reason: a court's order" in told.out
    return cli("privacy", "break-glass", "approve", request, "--who", who, "--signature", signature).status


def opens(cli: Cli, request: str, who: str = "an") -> tuple[int, Path]:
    folder = cli.folder / f"{uuid.uuid4()}"
    told = cli("privacy", "break-glass", "open", request, "--who", who, "--output", folder)
    assert (told.status == 0) is folder.exists(), "what failed leaves no folder"
    assert "delete it" in told.out or told.refusal
    return told.status, folder


def test_two_people_open_one_record_once(cli: Cli, keys: dict[str, Path]) -> None:
    row = cli.keeps(cli.agrees("face-pay"), CONTENT)
    request, file = asks(cli, "--record", row.id, "--minutes", 30)
    assert opens(cli, request)[0] == 2
    assert approves(cli, request, file, "an", keys["an"]) == 0
    assert opens(cli, request)[0] == 2
    assert "approved_by: an (1 of 2)" in cli("privacy", "break-glass", "show", request).out
    assert approves(cli, request, file, "bo", keys["bo"]) == 0
    assert opens(cli, request, "bo")[0] == 2, "only who asked"
    status, folder = opens(cli, request)
    assert status == 0
    (opened,) = folder.iterdir()
    assert opened.name == f"template-{row.id}"
    assert opened.read_bytes() == CONTENT
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(opened.stat().st_mode)) == (0o700, 0o600)
    assert opens(cli, request)[0] == 2, "once"
    assert cli("privacy", "report", "--json").document["accesses"] == [
        {"who": "an", "action": "break-glass", "times": 1}
    ]


def test_a_case_is_opened_whole_and_shown_requests_can_be_signed(cli: Cli, keys: dict[str, Path]) -> None:
    row = cli.keeps(cli.agrees(), CONTENT)
    request, file = asks(cli, "--case", row.referred_case)
    again = cli.folder / "again"
    assert cli("privacy", "break-glass", "show", request, "--output", again).status == 0
    assert again.read_bytes() == file.read_bytes()
    for who in ("an", "bo"):
        assert approves(cli, request, again, who, keys[who]) == 0
    status, folder = opens(cli, request)
    assert status == 0
    assert [opened.read_bytes() for opened in folder.iterdir()] == [CONTENT]


def test_nobody_signs_by_accident_or_what_was_changed(cli: Cli, keys: dict[str, Path]) -> None:
    _, file = asks(cli, "--record", uuid.uuid4())
    signing = ("--key", keys["bo"], "--output", cli.folder / "signature")
    told = cli("privacy", "break-glass", "sign", file, *signing)
    assert told.status == 2
    assert "asked_by: an" in told.out
    assert "--yes" in told.err
    content = file.read_bytes()
    for changed in (
        content + b"\n",
        content.replace(b'"an"', b'"bo"').replace(b'"asked_by"', b'"asked"'),
        content.replace(b'"asked_by":"an"', b'"asked_by":7'),
        b"[]",
        b"\xff",
        b"[" * 9000,
    ):
        file.write_bytes(changed)
        told = cli("privacy", "break-glass", "sign", file, *signing, "--yes")
        assert told.status == 3
        assert "no request" in told.refusal
    assert not (cli.folder / "signature").exists()
    assert cli("privacy", "break-glass", "sign", cli.folder / "none", *signing, "--yes").status == 3


def test_what_a_request_says_gives_a_terminal_no_orders(cli: Cli, keys: dict[str, Path]) -> None:
    import rfc8785

    _, file = asks(cli, "--record", uuid.uuid4())
    file.write_bytes(rfc8785.dumps(json.loads(file.read_bytes()) | {"reason": "a\x1b[2Jb"}))
    told = cli("privacy", "break-glass", "sign", file, "--key", keys["bo"], "--output", cli.folder / "s")
    assert "reason: a�[2Jb" in told.out


def test_signing_needs_nothing_but_the_file_and_the_key(
    cli: Cli, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = cli.keeps(cli.agrees("face-pay"), CONTENT)
    request, file = asks(cli, "--record", row.id)
    elsewhere = cli.folder / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(file, elsewhere / "request")
    with monkeypatch.context() as there:
        there.setenv("BONAFIDE_HOME", str(elsewhere / "home"))
        there.setenv("BONAFIDE_DATABASE", "postgresql://nobody@nowhere/none")
        signing = ("--key", keys["bo"], "--output", elsewhere / "signature", "--yes")
        assert cli("privacy", "break-glass", "sign", elsewhere / "request", *signing).status == 0
        assert not (elsewhere / "home").exists()
    bringing = ("--who", "bo", "--signature", elsewhere / "signature")
    assert cli("privacy", "break-glass", "approve", request, *bringing).out == "1 of 2 approved: bo.\n"


def test_whose_signature_counts(cli: Cli, keys: dict[str, Path]) -> None:
    row = cli.keeps(cli.agrees("face-pay"), CONTENT)
    request, file = asks(cli, "--record", row.id)
    assert approves(cli, request, file, "cy", keys["cy"]) == 2
    assert approves(cli, request, file, "bo", keys["cy"]) == 2
    assert approves(cli, request, file, "bo", keys["bo"]) == 0
    assert approves(cli, request, file, "an", keys["an"]) == 0
    assert cli("privacy", "approver", "remove", "bo").status == 0
    assert opens(cli, request)[0] == 2
    (cli.folder / "none").write_text("no signature at all!")
    told = cli(
        "privacy", "break-glass", "approve", request, "--who", "an", "--signature", cli.folder / "none"
    )
    assert told.status == 3
    assert "no signature" in told.refusal


def test_a_key_that_others_may_read_signs_nothing(cli: Cli, keys: dict[str, Path]) -> None:
    _, file = asks(cli, "--record", uuid.uuid4())
    keys["an"].chmod(0o640)
    (cli.folder / "damaged").write_text("no key")
    (cli.folder / "damaged").chmod(0o600)
    for key in (keys["an"], cli.folder / "damaged", cli.folder / "none"):
        told = cli(
            "privacy", "break-glass", "sign", file, "--key", key, "--output", cli.folder / "s", "--yes"
        )
        assert told.status == 4
        assert told.err.count("\n") == 1


def test_who_may_approve_is_listed_for_good(cli: Cli, keys: dict[str, Path]) -> None:
    assert keys
    assert cli("privacy", "approver", "remove", "bo").status == 0
    listed = cli("privacy", "approver", "list", "--json").document
    assert [(one["who"], one["until"] is not None) for one in listed] == [("an", False), ("bo", True)]
    assert cli("privacy", "approver", "list").out.count("\n") == 3
    assert "registered before" in cli("privacy", "approver", "add", "bo", cli.key("new")[1]).refusal
    assert "registered before" in cli("privacy", "approver", "add", "cy", cli.folder / "an.pub").refusal
    assert "Nobody of that name" in cli("privacy", "approver", "remove", "bo").refusal
    told = cli("privacy", "approver", "add", "cy", cli.folder / "cy.pem")
    assert told.status == 3
    assert "openssl" in told.refusal


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "one record or one case"),
        (("--record", "x"), "no identifier"),
        (("--record", str(uuid.UUID(int=1)), "--case", str(uuid.UUID(int=1))), "one record or one case"),
    ],
)
def test_a_request_names_one_thing(cli: Cli, options: tuple[str, ...], told: str) -> None:
    output = cli.folder / "request"
    assert told in cli(*ASK, "--output", output, *options).refusal
    assert not output.exists()
