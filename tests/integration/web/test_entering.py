"""Entering, staying and leaving, as a browser without scripts does it; on each database."""

from __future__ import annotations

import re

import httpx2
import pyotp
import pytest
from tests.integration.web.conftest import OTHER, Office

from bonafide.service.accounts import end_account, invite
from bonafide.service.one_time_codes import STEP
from bonafide.service.roles import Role
from bonafide.service.web_sessions import present
from bonafide.web.cookies import Cookie

PASSPHRASE = "eleven blue bicycles"  # noqa: S105


def codes_of(text: str) -> pyotp.TOTP:
    """What an authenticator application makes of the secret that is to be typed."""
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', text)
    assert secret
    return pyotp.TOTP(secret[1].replace(" ", ""))


def takes_up(office: Office, client: httpx2.Client, text: str) -> pyotp.TOTP:
    """Makes a passphrase and codes of an invitation, and enters."""
    token = office.token(client, "/staff/invitation")
    shown = client.post("/staff/invitation/codes/ask", data={"token": token, "invitation": text})
    assert shown.status_code == 200
    assert "<svg" in shown.text
    codes = codes_of(shown.text)
    ceremony = re.search(r'name="ceremony" value="([0-9a-f-]{36})"', shown.text)
    assert ceremony
    form = {"token": token, "invitation": text, "ceremony": ceremony[1], "passphrase": PASSPHRASE}
    wrong = client.post("/staff/invitation/codes", data={**form, "again": "another", "code": codes.now()})
    assert wrong.status_code == 400
    assert "passphrases differ" in wrong.text
    wrong = client.post("/staff/invitation/codes", data={**form, "again": PASSPHRASE, "code": "1"})
    assert "not the current one" in wrong.text
    assert codes_of(wrong.text).secret == codes.secret
    made = client.post("/staff/invitation/codes", data={**form, "again": PASSPHRASE, "code": codes.now()})
    assert (made.status_code, made.headers["location"]) == (303, "/staff")
    return codes


def session_of(client: httpx2.Client) -> str:
    return (client.cookies.get(Cookie.STAFF.value) or "").strip('"')


def enters(
    office: Office, client: httpx2.Client, name: str, code: str, passphrase: str = PASSPHRASE
) -> httpx2.Response:
    form = {"token": office.token(client), "name": name, "passphrase": passphrase, "code": code}
    return client.post("/staff/enter/code", data=form)


def test_somebody_who_is_invited_enters_leaves_and_enters_again(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    _, text = invite(kept, "An Li", {Role.REVIEWER})
    with office.client() as client:
        codes = takes_up(office, client, text)
        assert "Welcome, An Li" in client.get("/staff").text
        first = session_of(client)
        assert client.get("/staff/enter").headers["location"] == "/staff"
        left = client.post("/staff/leave", data={"token": office.token(client, "/staff")})
        assert left.headers["location"] == "/staff/enter"
        assert session_of(client) == ""
        assert present(kept.store, first, kept.now()) is None
        # The code that made the way in has been used; the next is good.
        wrong = enters(office, client, "An Li", codes.now())
        assert wrong.status_code == 401
        assert "did not fit" in wrong.text
        assert 'value="An Li"' in wrong.text
        # The code of the next half minute is not good before its time.
        soon = codes.at(kept.now().wall + STEP)
        assert enters(office, client, "An Li", soon).status_code == 401
        nobody = enters(office, client, "Nobody", codes.now())
        assert (nobody.status_code, "did not fit" in nobody.text) == (401, True)


def test_a_session_is_new_at_each_entry_and_the_old_one_ends(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    _, first = invite(kept, "An Li", {Role.REVIEWER})
    with office.client() as client:
        takes_up(office, client, first)
        before = session_of(client)
        _, second = invite(kept, "An Li", {Role.REVIEWER})
        takes_up(office, client, second)
        after = session_of(client)
        assert after not in {"", before}
        assert present(kept.store, before, kept.now()) is None
        assert present(kept.store, after, kept.now()) is not None


def test_five_wrong_ones_lock_and_nobody_learns_whose_name_it_is(small_office: Office) -> None:
    office = small_office
    _, text = invite(office.counter.kept(office.operator), "An Li", {Role.REVIEWER})
    with office.client() as client:
        takes_up(office, client, text)
    with office.client() as client:

        def told(name: str) -> list[tuple[int, str]]:
            answers = [enters(office, client, name, "000000", "wrong words here") for _ in range(6)]
            return [(answer.status_code, answer.text.replace(name, "")) for answer in answers]

        somebody, nobody = told("An Li"), told("Nobody")
        assert somebody == nobody
        assert all(status == 401 and "closed for an hour" in page for status, page in somebody)


def test_an_invitation_that_is_none_makes_nothing(small_office: Office) -> None:
    with small_office.client() as client:
        token = small_office.token(client, "/staff/invitation")
        for text in ("", "x", f"bfi/other.nowhere/{'0' * 8}-0000-4000-8000-{'0' * 12}/{'A' * 43}"):
            form = {"token": token, "invitation": text, "ceremony": "x", "passphrase": "", "again": ""}
            for path in ("/staff/invitation/codes/ask", "/staff/invitation/codes"):
                answer = client.post(path, data=form)
                assert answer.status_code == 401
                assert "This invitation does not work" in answer.text
            for path in ("/staff/invitation/passkey/ask", "/staff/invitation/passkey"):
                answer = client.post(path, data=form)
                assert answer.status_code == 401
                assert "This invitation does not work" in answer.json()["message"]


def test_people_of_another_operator_enter_at_its_own_address(office: Office) -> None:
    other = office.of(OTHER)
    _, text = invite(other.counter.kept(OTHER), "Their An", {Role.REVIEWER})
    with office.client() as client:
        takes_up(office, client, text)
        assert f"bfw/{OTHER}/" in session_of(client)
        case = office.refers()
        assert client.get(f"/staff/cases/{case}").status_code == 404
    with office.client() as client:
        assert OTHER in client.get("/staff/enter", params={"operator": OTHER}).text
        assert client.get("/staff/enter", params={"operator": "nowhere.example"}).status_code == 404
        assert enters(office, client, "Their An", "1").status_code == 401


def test_leaving_everywhere_ends_every_session_of_one_person(small_office: Office) -> None:
    office = small_office
    kept = office.counter.kept(office.operator)
    _, one = office.employs("An Li", Role.REVIEWER)
    _, two = office.employs("An Li", Role.REVIEWER)
    _, other = office.employs("Bo Wu", Role.REVIEWER)
    with office.client(one) as client:
        client.post("/staff/leave-everywhere", data={"token": office.token(client, "/staff")})
    now = kept.now()
    assert [present(kept.store, session, now) is not None for session in (one, two, other)] == [
        False,
        False,
        True,
    ]


def test_a_session_whose_account_ended_is_nobodys(small_office: Office) -> None:
    office = small_office
    account, session = office.employs("An Li", Role.REVIEWER)
    with office.client(session) as client:
        assert client.get("/staff").status_code == 200
        end_account(office.counter.kept(office.operator), account.id)
        answer = client.get("/staff")
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/enter")
        assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("back", "to"),
    [
        ("/staff/cases", "/staff/cases"),
        ("//evil.example", "/staff"),
        ("https://evil.example/staff", "/staff"),
        ("/staff/../x", "/staff"),
        ("/staff\\evil", "/staff"),
        ("", "/staff"),
    ],
)
def test_a_language_is_chosen_and_one_stays_here(small_office: Office, back: str, to: str) -> None:
    with small_office.client() as client:
        assert '<html lang="en">' in client.get("/staff/enter").text
        form = {"token": small_office.token(client), "language": "zh-Hans", "back": back}
        assert client.post("/staff/language", data=form).headers["location"] == to
        assert '<html lang="zh-Hans">' in client.get("/staff/enter").text
        client.post("/staff/language", data={**form, "language": "fr"})
        assert '<html lang="zh-Hans">' in client.get("/staff/enter").text


def test_a_browser_is_answered_in_its_language(small_office: Office) -> None:
    with small_office.client(language="zh-CN,zh;q=0.9,en;q=0.5") as client:
        answer = client.get("/staff/enter")
        assert answer.headers["content-language"] == "zh-Hans"
        assert "用通行密钥登录" in answer.text


def test_an_address_by_number_is_left_for_its_name_where_passkeys_are(small_office: Office) -> None:
    by_number = small_office.url.replace("localhost", "127.0.0.1")
    with small_office.client() as client:
        for path in ("/staff/enter", "/staff/invitation"):
            answer = client.get(by_number + path)
            assert (answer.status_code, answer.headers["location"]) == (303, small_office.url + path)
        client.base_url = httpx2.URL(by_number)
        asked = client.get("/staff/enter", params={"operator": OTHER})
        assert asked.headers["location"] == f"{small_office.url}/staff/enter?operator={OTHER}"
