"""Every page, walked: nobody gets in without a session, a role, a form of ours, or from another operator."""

from __future__ import annotations

import re

import pytest
from httpx2 import Client, Response
from tests.conftest import on_each_database
from tests.integration.web.conftest import OTHER, Office

from bonafide.privacy.referred_case import waiting_cases
from bonafide.service.accounts import accounts
from bonafide.service.api_keys import Scope, api_keys, make_api_key
from bonafide.service.known_cases import KnownCases
from bonafide.service.objections import Objections
from bonafide.service.roles import MAY, Permission, Role
from bonafide.store.line_tables import CUSTOMER_PASSKEY, LINE, OBJECTION
from bonafide.store.schema import CONSENT, DECISION
from bonafide.web.app import PAGES
from bonafide.web.cookies import Cookie
from bonafide.web.rendering import POLICY
from bonafide.web.visit import Method, Page, Room

GUARDED = [page for page in PAGES if page.needs is not None]
POSTED = [page for page in PAGES if page.method is Method.POST]
PARTS = {part for page in PAGES for part in re.findall(r"{(\w+)}", page.path)}


def asks(
    client: Client, page: Page, parts: dict[str, str] | None = None, **form: str | list[str]
) -> Response:
    path = page.path.format(**{**dict.fromkeys(PARTS, "x"), "kind": "selfie", **(parts or {})})
    if page.method is Method.GET:
        return client.get(path)
    return client.post(path, data=form)


def name_of(page: Page) -> str:
    return f"{page.method} {page.path}"


def test_each_page_stands_once_and_few_are_open_to_all() -> None:
    names = [name_of(page) for page in PAGES]
    assert len(names) == len(set(names))
    open_to_all = {name_of(page) for page in PAGES if page.needs is None}
    assert open_to_all == {
        "GET /staff/enter",
        "POST /staff/enter/code",
        "POST /staff/enter/passkey/ask",
        "POST /staff/enter/passkey",
        "POST /staff/enter/issuer/ask",
        "GET /staff/enter/issuer",
        "POST /staff/enter/issuer",
        "GET /staff/invitation",
        "POST /staff/invitation/passkey/ask",
        "POST /staff/invitation/passkey",
        "POST /staff/invitation/codes/ask",
        "POST /staff/invitation/codes",
        "POST /staff/language",
        "GET /mine/enter",
        "POST /mine/enter",
        "POST /mine/enter/passkey/ask",
        "POST /mine/enter/passkey",
        "POST /mine/language",
        "GET /capture",
        "POST /capture/language",
        "POST /capture/qr",
    }


def test_nobody_sees_a_page_without_having_entered(small_office: Office) -> None:
    with small_office.client() as client:
        token = small_office.token(client)
        for page in GUARDED:
            answer = asks(client, page, token=token)
            if page.method is Method.GET:
                assert (answer.status_code, answer.headers["location"]) == (303, page.room.door), page
            else:
                assert answer.status_code == 401, page
        client.cookies.set(Cookie.STAFF.value, "bfw/counter.example/none")
        client.cookies.set(Cookie.CUSTOMER.value, "bfs/counter.example/none")
        for page in GUARDED:
            assert asks(client, page, token=token).status_code in {303, 401}, page


def test_staff_are_not_in_on_customers_pages_nor_customers_on_theirs(small_office: Office) -> None:
    office = small_office
    _, staff = office.employs("Everybody", *Role)
    customer = office.customer(office.accepts("+8613800000001"))
    before = state(office)
    # Each room's session, in its own cookie and in the other's.
    for own, session, home in ((Room.STAFF, staff, "/staff"), (Room.CUSTOMERS, customer, "/mine")):
        cookies = {cookie.value: session for cookie in (Cookie.STAFF, Cookie.CUSTOMER)}
        with office.client() as client:
            client.cookies.update(cookies)
            assert client.get(home).status_code == 200
            token, walked = office.token(client, home), 0
            for page in GUARDED:
                if page.room is own:
                    continue
                answer = asks(client, page, token=token)
                assert answer.status_code == (303 if page.method is Method.GET else 401), (own, page)
                assert answer.headers.get("location", page.room.door).startswith(page.room.door)
                walked += 1
            assert walked > 10
    assert state(office) == before


def test_nobody_sees_a_page_that_is_not_their_roles(small_office: Office) -> None:
    small_office.employs("Keeps the last", Role.ADMINISTRATOR)
    for role in Role:
        _, session = small_office.employs(f"One {role}", role)
        with small_office.client(session) as client:
            token = small_office.token(client, "/staff")
            seen = 0
            for page in GUARDED:
                if page.needs and page.needs.isdisjoint(MAY[role]):
                    answer = asks(client, page, token=token)
                    assert answer.status_code == 403, (role, page)
                    assert "do not include this page" in answer.text
                    seen += 1
            assert seen


def test_nothing_is_done_without_a_token_of_a_form_of_ours(small_office: Office) -> None:
    _, session = small_office.employs("Everybody", *Role)
    _, others = small_office.employs("Somebody else", *Role)
    mine, theirs = (small_office.customer(small_office.accepts(document=each)) for each in ("A1", "B2"))
    with small_office.client(session) as client, small_office.client(others) as other:
        client.cookies.set(Cookie.CUSTOMER.value, mine)
        other.cookies.set(Cookie.CUSTOMER.value, theirs)
        tokens = ("", "0" * 64, small_office.token(other, "/staff"), small_office.token(other, "/mine"))
        before = state(small_office)
        for page in POSTED:
            answers = [asks(client, page, other="x"), *(asks(client, page, token=token) for token in tokens)]
            assert [answer.status_code for answer in answers] == [403] * 5, page
        assert state(small_office) == before
        assert client.get("/staff").status_code == client.get("/mine").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_nothing_is_done_that_comes_from_another_page(small_office: Office, headers: dict[str, str]) -> None:
    _, session = small_office.employs("Everybody", *Role)
    mine = small_office.customer(small_office.accepts())
    with small_office.client(session) as client:
        client.cookies.set(Cookie.CUSTOMER.value, mine)
        tokens = {room: small_office.token(client, room.home) for room in Room}
        if headers:
            client.headers.update(headers)
        else:
            del client.headers["Origin"], client.headers["Sec-Fetch-Site"]
        before = state(small_office)
        for page in POSTED:
            assert asks(client, page, token=tokens[page.room]).status_code == 403, page
        assert state(small_office) == before


def test_a_browser_that_names_only_the_origin_is_believed(small_office: Office) -> None:
    _, session = small_office.employs("An Li", Role.AGENT)
    with small_office.client(session) as client:
        del client.headers["Sec-Fetch-Site"]
        token = small_office.token(client, "/staff")
        assert client.post("/staff/leave", data={"token": token}).status_code == 303


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b"{}"),
        ("text/plain", b"token=x"),
        ("application/x-www-form-urlencoded", b"token"),
        ("application/x-www-form-urlencoded", b"token=%ff"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(65))),
        ("application/x-www-form-urlencoded", b"a=" + b"1" * 33_000),
    ],
)
def test_what_is_no_form_is_refused(small_office: Office, media_type: str, body: bytes) -> None:
    with small_office.client() as client:
        small_office.token(client)
        answer = client.post("/staff/enter/code", content=body, headers={"Content-Type": media_type})
        assert answer.status_code == 400
        assert answer.headers["content-security-policy"] == POLICY


@on_each_database
def test_another_operators_are_not_there(office: Office) -> None:
    other = office.of(OTHER)
    case = other.refers()
    account, _ = other.employs("Theirs", Role.ADMINISTRATOR)
    objection = other.objects()
    key, _ = make_api_key(other.counter.kept(OTHER), "till", [Scope.VERIFY])
    known = other.puts_in()
    _, session = office.employs("Everybody", *Role)
    before = state(other)
    with office.client(session) as client:
        token = office.token(client, "/staff")
        parts = {"objection": objection, "case": case, "account": account.id, "key": key.id, "kind": "selfie"}
        parts["known"] = known.id
        walked = 0
        for page in GUARDED:
            if "{" in page.path and page.room is Room.STAFF:
                form = {"token": token, "reason": "review.same_person", "role": "agent", "outcome": "upheld"}
                assert asks(client, page, parts, **form).status_code == 404, page
                walked += 1
        assert walked == 9
        for path in (
            "/staff/cases",
            "/staff/accounts",
            "/staff/privacy",
            "/staff/figures",
            "/staff/known-cases",
        ):
            text = client.get(path).text
            assert case[:8] not in text
            assert "Theirs" not in text
    assert state(other) == before


@on_each_database
def test_another_customers_is_not_there(office: Office) -> None:
    for other in (office.of(OTHER), office):
        before = other.customer(other.accepts("+8613800000001", "A1"))
        with other.customers_client(before) as client:
            theirs = {
                "line": re.search(r"/mine/lines/([0-9a-f-]{36})/", client.get("/mine").text),
                "consent": re.search(r"consents/([0-9a-f-]{36})/", client.get("/mine/consents").text),
                "decision": re.search(r"decisions/([0-9a-f-]{36})/", client.get("/mine/decisions").text),
            }
        found = {name: match[1] for name, match in theirs.items() if match}
        assert len(found) == 3
        stranger = office.customer(office.accepts(document=f"of {other.operator}"))
        kept, walked = state(other), 0
        with office.customers_client(stranger) as client:
            token = office.token(client, "/mine")
            for page in GUARDED:
                if "{" in page.path and page.room is Room.CUSTOMERS:
                    assert asks(client, page, found, token=token).status_code == 404, page
                    walked += 1
        assert walked == 5
        assert state(other) == kept


def state(office: Office) -> object:
    """What anybody could have changed."""
    kept = office.counter.kept(office.operator)
    with kept.store.read(office.operator) as transaction:
        waiting = waiting_cases(transaction, office.counter.now())
        mine = [
            transaction.connection.execute(table.select().order_by(table.c.id)).all()
            for table in (LINE, CONSENT, DECISION, OBJECTION, CUSTOMER_PASSKEY)
        ]
    objections = [each.objection for each in Objections(office.counter, office.operator).waiting()]
    known = KnownCases(kept, office.counter.vault).all()
    return accounts(kept), api_keys(kept), waiting, objections, [case.id for case in known], mine


def test_every_page_is_strict_about_what_it_loads_and_is_kept_nowhere(small_office: Office) -> None:
    _, session = small_office.employs("Everybody", *Role)
    case, mine = small_office.refers(), small_office.customer(small_office.accepts())
    with small_office.client(session) as client:
        client.cookies.set(Cookie.CUSTOMER.value, mine)
        decision = re.search(r"decisions/([0-9a-f-]{36})/", client.get("/mine/decisions").text)
        assert decision
        for page in PAGES:
            if page.method is Method.POST:
                continue
            answer = asks(client, page, {"case": case, "decision": decision[1]})
            assert answer.headers["cache-control"] == "no-store", page
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], page
            assert answer.headers["x-content-type-options"] == "nosniff", page
        style = client.get("/staff/static/style.css")
        assert style.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in style.headers["cache-control"]
        assert client.get("/mine/static/style.css").content == style.content
        assert client.get("/staff/static/app.py").status_code == 404
        assert client.get("/staff/static/..%2Fapp.py").status_code == 404


def test_pages_need_tls_but_on_this_machine(small_office: Office) -> None:
    with small_office.client() as client:
        for host in ("shop.example", "192.0.2.1:8000"):
            answer = client.get("/staff/enter", headers={"Host": host})
            assert answer.status_code == 403
            assert "TLS" in answer.text
            assert "set-cookie" not in answer.headers


def test_every_permission_opens_a_page_or_is_the_agents() -> None:
    opened = frozenset().union(*(page.needs or () for page in PAGES))
    assert set(Permission) - opened == {Permission.ATTEND}


def test_a_fault_of_the_store_is_told_without_its_words(small_office: Office) -> None:
    with small_office.client() as client:
        client.cookies.set(
            Cookie.STAFF.value, f"bfw/counter.example/{'0' * 8}-0000-4000-8000-{'0' * 12}/{'A' * 43}"
        )
        small_office.counter.store.close()
        answer = client.get("/staff")
        assert answer.status_code == 503
        assert "closed" not in answer.text
        assert "Try again in a minute" in answer.text
