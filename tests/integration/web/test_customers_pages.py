"""What customers see and do on pages of their own, as a browser without scripts does it."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile

import httpx2
import pytest
from tests.authenticator import Authenticator
from tests.conftest import on_each_database
from tests.integration.web.conftest import OPERATOR, OTHER, Office

from bonafide.errors import VaultClosed
from bonafide.evidence import parse_receipt
from bonafide.evidence.log import integrate
from bonafide.privacy.kept_line import LineRow
from bonafide.service import customers
from bonafide.service.customer_access import Code, CustomerAccess
from bonafide.service.lines import Lines
from bonafide.service.objections import ObjectionOutcome, Objections
from bonafide.store.line_tables import CUSTOMER_SESSION, LINE
from bonafide.web.cookies import Cookie
from bonafide.web.words import said
from bonafide.wording import Language

NUMBER, OTHERS = "+8613800000001", "+8613800000002"


def asked(office: Office, number: str = NUMBER) -> Code:
    code = CustomerAccess(office.counter).ask_code(office.operator, number).code
    assert code is not None
    return code


def comes(office: Office, client: httpx2.Client, given: str, code: str = "") -> httpx2.Response:
    form = {"token": office.token(client, "/mine/enter"), "given": given, "code": code}
    return client.post("/mine/enter", data=form)


def posts(
    office: Office, client: httpx2.Client, path: str, page: str = "/mine", **form: str
) -> httpx2.Response:
    return client.post(path, data={"token": office.token(client, page), **form})


def line_of(office: Office) -> LineRow:
    with office.counter.store.read(office.operator) as transaction:
        (line,) = transaction.all(LineRow, LINE)
    return line


def test_one_comes_in_by_a_link_sees_little_that_a_stranger_could_use_and_leaves(office: Office) -> None:
    link = office.accepts(NUMBER)
    with office.customers_client() as client:
        assert client.get("/mine").headers["location"] == "/mine/enter"
        came = comes(office, client, f"https://shop.example/mine/enter#{link}")
        assert (came.status_code, came.headers["location"]) == (303, "/mine")
        assert "Max-Age=1800" in came.headers["set-cookie"]
        shown = client.get("/mine").text
        assert "Number ending in 0001" in shown
        assert "1 of the 5 lines" in shown
        pages = [client.get(path).text for path in ("/mine/consents", "/mine/decisions", "/mine/data")]
        for text in (shown, *pages):
            assert NUMBER[3:] not in text
            assert "L898902C3" not in text
            assert "<img" not in text
        assert client.get("/mine/enter").headers["location"] == "/mine"
        left = posts(office, client, "/mine/leave")
        assert left.headers["location"] == "/mine/enter?told=left"
        assert "You have left" in client.get("/mine/enter?told=left").text
        again = comes(office, client, link)
        assert (again.status_code, "opens nothing" in again.text) == (403, True)
        assert link not in again.text


def test_one_comes_in_by_a_code_and_a_wrong_one_is_told_and_locks(small_office: Office) -> None:
    office = small_office
    office.accepts(NUMBER)
    code = asked(office)
    with office.customers_client(language="zh-CN") as client:
        wrong = f"{(int(code.code) + 1) % 10**8:08}"
        told = comes(office, client, code.request, wrong)
        assert told.status_code == 403
        assert said("coming.wrong", Language.CHINESE) in told.text
        assert f'value="{code.request}"' in told.text
        came = comes(office, client, code.request, f" {code.code[:4]} {code.code[4:]} ")
        assert came.status_code == 303
        assert NUMBER[3:] not in client.get("/mine").text  # on pages, not even by a code
    with office.customers_client() as client:
        again = asked(office)
        for _ in range(4):
            assert (
                comes(office, client, again.request, f"{(int(again.code) + 1) % 10**8:08}").status_code == 403
            )
        locked = comes(office, client, again.request, again.code)
        assert (locked.status_code, "Try again in an hour" in locked.text) == (429, True)
        for given in ("", "x", f"{OPERATOR}/x", "bfl/x", "%", "#"):
            assert comes(office, client, given, "12345678").status_code == 403
        assert client.get("/mine/enter", params={"operator": "nowhere.example"}).status_code == 404


def test_a_session_that_is_over_is_told_so(small_office: Office) -> None:
    office = small_office
    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        token = office.token(client, "/mine")
        now = office.counter.now()
        office.counter.store.write(
            OPERATOR,
            lambda transaction: transaction.change(CUSTOMER_SESSION, good_until=now.retention),
        )
        assert client.post("/mine/erase", data={"token": token, "sure": "yes"}).status_code == 401
        client.cookies.set(Cookie.CUSTOMER.value, "bfs/x")
        answer = client.get("/mine/data")
        assert answer.headers["location"] == "/mine/enter?told=over"
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert "half hour is over" in client.get("/mine/enter?told=over").text
        assert line_of(office).ended_at is None


def test_a_line_that_is_not_theirs_is_objected_to_and_the_outcome_shown(office: Office) -> None:
    link = office.accepts(NUMBER)
    with office.customers_client(office.customer(link)) as client:
        line = line_of(office).id
        assert "at the latest" in client.get("/mine").text
        made = posts(office, client, f"/mine/lines/{line}/object")
        assert made.headers["location"] == "/mine?told=objected"
        waiting = client.get("/mine?told=objected").text
        assert "A person decides by" in waiting
        assert f"/mine/lines/{line}/object" not in waiting
        (objection,) = Objections(office.counter, OPERATOR).waiting()
        Objections(office.counter, OPERATOR).decide(
            objection.objection.id, "An Li", ObjectionOutcome.DISMISSED
        )
        kept = client.get("/mine").text
        assert "found to be yours" in kept
        assert f"/mine/lines/{line}/object" in kept
        posts(office, client, f"/mine/lines/{line}/object")
        (objection,) = Objections(office.counter, OPERATOR).waiting()
        Objections(office.counter, OPERATOR).decide(objection.objection.id, "An Li", ObjectionOutcome.UPHELD)
        ended = client.get("/mine").text
        assert "0 of the 5 lines" in ended
        assert "was not yours, and has ended" in ended
        late = posts(office, client, f"/mine/lines/{line}/object")
        assert late.headers["location"] == "/mine?told=ended"


def test_receipt_proof_and_a_copy_of_everything_are_taken_along(small_office: Office) -> None:
    office = small_office
    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        shown = client.get("/mine/decisions").text
        assert "The proof follows" in shown
        found = re.search(r"/mine/decisions/([0-9a-f-]{36})/receipt", shown)
        assert found
        receipt = client.get(f"/mine/decisions/{found[1]}/receipt")
        assert receipt.headers["content-disposition"] == f'attachment; filename="receipt-{found[1][:8]}.json"'
        assert parse_receipt(receipt.content).claims["identifier"] == found[1]
        assert client.get(f"/mine/decisions/{found[1]}/proof").status_code == 404
        integrate(office.counter.store, OPERATOR, office.counter.signer, office.counter.now().wall)
        assert f"/mine/decisions/{found[1]}/proof" in client.get("/mine/decisions").text
        assert client.get(f"/mine/decisions/{found[1]}/proof").text.startswith("c2sp.org/tlog-proof@v1")
        copy = posts(office, client, "/mine/export", "/mine/data")
        with zipfile.ZipFile(io.BytesIO(copy.content)) as archive:
            (name,) = [name for name in archive.namelist() if name.startswith("line/")]
            assert archive.read(name) == NUMBER.encode()
        assert client.get("/mine/export").status_code == 405


def test_taking_an_agreement_back_says_what_went_and_what_stays(small_office: Office) -> None:
    office = small_office
    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        found = re.search(r"/mine/consents/([0-9a-f-]{36})/withdraw", client.get("/mine/consents").text)
        assert found
        told = posts(office, client, found[0], "/mine/consents")
        assert "Your agreement is taken back" in told.text
        assert "A line is still in your name" in told.text
        assert "data:application/json" not in told.text
        Lines(office.counter, OPERATOR).end(line_of(office).id)
        assert "Erase what still rested on it" in client.get("/mine/consents").text
        told = posts(office, client, found[0], "/mine/consents")
        assert "What rested on it is erased" in told.text
        assert "stays for two years" in told.text
        assert receipt_of(told)["statement"] == "erased"


@on_each_database
def test_everything_is_erased_once_it_was_meant_and_no_line_stands(office: Office) -> None:
    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        refused = client.get("/mine/erase")
        assert "1 line(s) still stand in your name" in refused.text
        assert 'action="/mine/erase"' not in refused.text
        still = posts(office, client, "/mine/erase", sure="yes")
        assert "still stand in your name" in still.text
        Lines(office.counter, OPERATOR).end(line_of(office).id)
        shown = client.get("/mine/erase")
        assert "record stays until" in shown.text
        assert "Tick the box" in posts(office, client, "/mine/erase").text
        done = posts(office, client, "/mine/erase", sure="yes")
        assert "you are out" in done.text
        assert "Max-Age=0" in done.headers["set-cookie"]
        assert receipt_of(done)["statement"] == "erased"
        assert client.get("/mine").headers["location"].startswith("/mine/enter")
        assert line_of(office).ended_at is not None  # stays, as was said


def receipt_of(answer: httpx2.Response) -> dict[str, object]:
    found = re.search(
        r'href="data:application/json;base64,([A-Za-z0-9+/=]+)"', answer.text.replace("&#43;", "+")
    )
    assert found
    content = base64.b64decode(found[1])
    assert parse_receipt(content)
    claims: dict[str, object] = json.loads(content)["claims"]
    return claims


def test_a_passkey_is_asked_for_made_used_and_removed(small_office: Office) -> None:
    office = small_office
    device = Authenticator(office.url)
    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        assert "Come in faster next time" in client.get("/mine").text
        begun = posts(office, client, "/mine/passkeys/ask").json()
        form = {"ceremony": begun["ceremony"], "answer": device.makes(begun["options"])}
        made = posts(office, client, "/mine/passkeys", **form)
        assert made.json() == {"to": "/mine/passkeys?told=made"}
        again = posts(office, client, "/mine/passkeys", **form)
        assert (again.status_code, "too long" in again.json()["message"]) == (409, True)
        assert "Come in faster next time" not in client.get("/mine").text
        before = client.cookies[Cookie.CUSTOMER.value]
    with office.customers_client() as client:

        def answers(which: Authenticator) -> httpx2.Response:
            begun = posts(office, client, "/mine/enter/passkey/ask", "/mine/enter").json()
            form = {"ceremony": begun["ceremony"], "answer": which.answers(begun["options"])}
            return posts(office, client, "/mine/enter/passkey", "/mine/enter", **form)

        stranger = Authenticator(office.url, handle=b"nobody knows this one here", owner=device.owner)
        wrong = answers(stranger)
        assert (wrong.status_code, Cookie.CUSTOMER.value in client.cookies) == (403, False)
        assert answers(device).json() == {"to": "/mine"}
        assert client.cookies[Cookie.CUSTOMER.value] != before
        listed = client.get("/mine/passkeys").text
        assert "To make another one" in listed
        found = re.search(r"/mine/passkeys/[0-9a-f-]{36}/remove", listed)
        assert found
        assert posts(office, client, found[0]).headers["location"] == "/mine/passkeys?told=removed"
        assert "opens nothing any more" in client.get("/mine/passkeys?told=removed").text
        posts(office, client, "/mine/leave")
        gone = answers(device)
        assert gone.json() == wrong.json()  # nobody learns that it was there
        for path in ("/mine/enter/passkey/ask", "/mine/enter/passkey", "/mine/enter"):
            assert posts(office, client, path, "/mine/enter", operator="nowhere.example").status_code == 404


def test_customers_of_another_operator_come_in_at_its_own_address(small_office: Office) -> None:
    other = small_office.of(OTHER)
    link = other.accepts(NUMBER)
    with small_office.customers_client() as client:
        assert OTHER in client.get("/mine/enter", params={"operator": OTHER}).text
        assert comes(small_office, client, link).status_code == 303
        assert "0001" in client.get("/mine").text
        number = small_office.url.replace("localhost", "127.0.0.1")
        moved = client.get(f"{number}/mine/enter", params={"operator": OTHER})
        assert moved.headers["location"] == f"{small_office.url}/mine/enter?operator={OTHER}"


def test_while_the_vault_is_closed_a_page_says_so(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = small_office

    def closed(*_: object) -> bytearray:
        raise VaultClosed("The keys cannot be reached", "Wait")

    with office.customers_client(office.customer(office.accepts(NUMBER))) as client:
        monkeypatch.setattr(customers, "open_from", closed)
        answer = client.get("/mine")
        assert (answer.status_code, "in a minute" in answer.text) == (503, True)
        assert client.get("/mine/consents").status_code == 200
