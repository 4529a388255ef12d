"""Entering by the operator's own issuer of sign-ins: only whom it names, only where it was asked from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from tests.browser import goes_to, violations
from tests.in_process import client_of
from tests.integration.api.conftest import Told, make_counter, running
from tests.integration.web.conftest import OPERATOR, Office
from tests.integration.web.issuing import CLIENT, SECRET, Issuing, issuing
from tests.integration.web.test_in_browser import find, is_at, no_complaints, waits

from bonafide.service.accounts import accounts, end_account, invite
from bonafide.service.roles import Role
from bonafide.settings import Issuer
from bonafide.store import Store
from bonafide.store.people_tables import CREDENTIAL
from bonafide.web.cookies import Cookie

BACK = "/staff/enter/issuer"


@dataclass
class Staffed:
    """An office whose people an issuer vouches for."""

    office: Office
    issuer: Issuing

    def invited(self, name: str = "An Li") -> str:
        return invite(self.office.counter.kept(OPERATOR), name, {Role.REVIEWER})[1]

    def asks(self, client: httpx2.Client, invitation: str = "") -> str:
        """Where the pages send a browser."""
        form = {"token": self.office.token(client), "invitation": invitation}
        answer = client.post(f"{BACK}/ask", data=form)
        assert answer.status_code == 200, answer.text
        return onwards(answer.text)

    def comes_back(self, address: str) -> dict[str, str]:
        """What the issuer sends a browser back with."""
        with client_of(self.issuer.address) as client:
            answer = client.get(address)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == f"{self.office.url}{BACK}"
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    def enters(self, client: httpx2.Client, invitation: str = "") -> httpx2.Response:
        """All of it, as a browser without scripts does it."""
        return self.brings(client, self.comes_back(self.asks(client, invitation)))

    def brings(self, client: httpx2.Client, brought: dict[str, str]) -> httpx2.Response:
        first = client.get(BACK, params=brought)
        assert first.status_code == 200
        shown = client.get(onwards(first.text))
        fields = dict(re.findall(r'name="(token|state|code)" value="([^"]*)"', shown.text))
        if "code" not in fields:
            return shown
        return client.post(BACK, data={name: html.unescape(value) for name, value in fields.items()})


def onwards(text: str) -> str:
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
    assert found
    return html.unescape(found[1])


def entered(client: httpx2.Client) -> bool:
    return client.get("/staff").status_code == 200


def of_issuer(store: Store, folder: Path, issuer: Issuing) -> Iterator[Staffed]:
    told, secret = Told(), folder / "secret"
    secret.write_text(f"{SECRET}\n")
    counter = make_counter(store, folder, told)
    settings = replace(counter.settings, issuer=Issuer(issuer.address, CLIENT, secret))
    counter = replace(counter, settings=settings)
    with running(counter) as url:
        yield Staffed(Office(counter, told, url.replace("127.0.0.1", "localhost")), issuer)


@pytest.fixture
def staffed(store: Store, tmp_path: Path) -> Iterator[Staffed]:
    with issuing() as issuer:
        yield from of_issuer(store, tmp_path, issuer)


@pytest.fixture
def small(small_store: Store, tmp_path: Path) -> Iterator[Staffed]:
    """On SQLite, for what is the same on every database."""
    with issuing() as issuer:
        yield from of_issuer(small_store, tmp_path, issuer)


def test_whoever_took_an_invitation_up_enters_from_then_on(staffed: Staffed) -> None:
    kept = staffed.office.counter.kept(OPERATOR)
    with staffed.office.client() as client:
        # Nobody is bound to whom the issuer names.
        answer = staffed.enters(client)
        assert (answer.status_code, "No account here is bound" in answer.text) == (401, True)
        answer = staffed.enters(client, staffed.invited())
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
        assert "Welcome, An Li" in client.get("/staff").text
    with staffed.office.client() as client:
        assert staffed.enters(client).status_code == 303
        assert entered(client)
    (account,) = accounts(kept)
    assert account.entered
    # The issuer's own name for somebody is not kept.
    with kept.store.read(OPERATOR) as transaction:
        assert "an.li" not in repr(
            [tuple(row) for row in transaction.connection.execute(CREDENTIAL.select())]
        )
    # Another account is not bound to the same person, and nobody else enters by theirs.
    with staffed.office.client() as client:
        answer = staffed.enters(client, staffed.invited("Bo Wu"))
        assert (answer.status_code, "One person has one" in answer.text) == (401, True)
        staffed.issuer.subject = "bo.wu"
        assert staffed.enters(client).status_code == 401
        staffed.issuer.subject = "an.li"
        end_account(kept, account.id)
        assert staffed.enters(client).status_code == 401
        assert not entered(client)


def test_another_browser_cannot_end_what_one_began(small: Staffed) -> None:
    with small.office.client() as client:
        small.enters(client, small.invited())
    with small.office.client() as thief, small.office.client() as victim:
        # A thief's own answer, put to somebody else, does not make them enter as the thief.
        brought = small.comes_back(small.asks(thief))
        before = small.issuer.exchanged
        small.office.token(victim)
        assert "began in another browser" in small.brings(victim, brought).text
        assert small.issuer.exchanged == before
        assert not entered(victim)
        # It is still the first one's, once.
        assert small.brings(thief, brought).status_code == 303
        assert small.brings(thief, brought).status_code == 401


def test_coming_back_sets_no_cookie_and_one_of_a_stranger_enters_nobody(small: Staffed) -> None:
    with small.office.client() as client:
        brought = small.comes_back(small.asks(client))
        # As a browser comes from another site: without our cookies.
        with small.office.client() as bare:
            answer = bare.get(BACK, params=brought, headers={"Sec-Fetch-Site": "cross-site"})
            assert "set-cookie" not in answer.headers
        for state, code in (
            ("", "x"),
            ("x", "x"),
            (brought["state"], ""),
            (brought["state"][:-1] + "_", "x"),
        ):
            answer = small.brings(client, {"state": state, "code": code})
            assert (answer.status_code, "That took too long" in answer.text) == (401, True)
        answer = small.brings(client, {**brought, "iss": "https://another.example"})
        assert (answer.status_code, "did not let you in" in answer.text) == (401, True)
        small.issuer.denies = True
        answer = small.enters(client)
        assert (answer.status_code, "did not let you in" in answer.text) == (401, True)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"azp": "another client"},
        {"nonce": "another"},
        {"exp": 1},
        {"iat": 2**40},
        {"sub": ""},
        {"sub": None},
    ],
    ids=lambda claims: " ".join(f"{name}={value}" for name, value in claims.items()),
)
def test_a_token_that_says_something_else_lets_nobody_in(small: Staffed, claims: dict[str, Any]) -> None:
    with small.office.client() as client:
        invitation = small.invited()
        small.issuer.claims = claims
        answer = small.enters(client, invitation)
        assert (answer.status_code, "did not let you in" in answer.text) == (401, True)
        assert not entered(client)
        # Nothing was used up but the try.
        small.issuer.claims = {}
        assert small.enters(client, invitation).status_code == 303


def test_an_issuer_that_is_away_or_another_lets_nobody_in(small: Staffed) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://another.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    )
    with small.office.client() as client:
        token = small.office.token(client)
        for said in wrong:
            small.issuer.said = said
            answer = client.post(f"{BACK}/ask", data={"token": token})
            assert (answer.status_code, "does not answer as it must" in answer.text) == (401, True)
        small.issuer.said = {}
        issuer = small.office.counter.settings.issuer
        assert issuer is not None
        address = small.asks(client)
        issuer.secret_file.unlink()
        assert small.brings(client, small.comes_back(address)).status_code == 503


def test_while_the_issuer_is_slow_few_wait_for_it(small: Staffed) -> None:
    small.issuer.answers.clear()
    with small.office.client() as client, ThreadPoolExecutor(12) as pool:
        token = small.office.token(client)
        asks = [pool.submit(client.post, f"{BACK}/ask", data={"token": token}) for _ in range(12)]
        refused = [ask.result() for _, ask in zip(range(8), as_completed(asks), strict=False)]
        assert {answer.status_code for answer in refused} == {401}
        assert client.get("/staff/enter").status_code == 200
        small.issuer.answers.set()
        assert [ask.result().status_code for ask in asks].count(401) >= 8


def test_without_an_issuer_there_is_no_such_way(small_office: Office) -> None:
    with small_office.client() as client:
        assert BACK not in client.get("/staff/enter").text
        token = small_office.token(client)
        assert client.get(BACK).status_code == 404
        for path in (BACK, f"{BACK}/ask"):
            assert client.post(path, data={"token": token}).status_code == 404


def test_a_browser_goes_there_and_comes_back_by_itself(small: Staffed, browser: Chrome, axe: str) -> None:
    goes_to(browser, f"{small.office.url}/staff/invitation#{small.invited()}")
    assert violations(browser, axe) == []
    find(browser, "button[value=issuer]").click()
    is_at(browser, "/staff")
    waits(browser, lambda driver: "An Li" in driver.find_element(By.TAG_NAME, "h1").text)
    find(browser, "form[action='/staff/leave'] button").click()
    is_at(browser, "/staff/enter")
    assert violations(browser, axe) == []
    assert browser.get_cookie(Cookie.STAFF.value) is None
    find(browser, f"form[action='{BACK}/ask'] button").click()
    is_at(browser, "/staff")
    no_complaints(browser)
    small.issuer.denies = True
    find(browser, "form[action='/staff/leave'] button").click()
    is_at(browser, "/staff/enter")
    find(browser, f"form[action='{BACK}/ask'] button").click()
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, ".message.bad:not([hidden])"))
    assert violations(browser, axe) == []
