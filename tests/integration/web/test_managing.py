"""Accounts, keys, figures and what is kept, on their pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from tests.integration.web.conftest import OPERATOR, Office

from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.accounts import accounts
from bonafide.service.api_keys import Scope, api_key_of, api_keys
from bonafide.service.retention import new_identifier
from bonafide.service.roles import Role
from bonafide.service.web_sessions import present
from bonafide.store.sign_up_tables import SIGN_UP


def secret(page: str, identifier: str) -> str:
    found = re.search(rf'id="{identifier}"[^>]*>([^<]+)<', page)
    assert found
    return html.unescape(found[1])


def test_an_administrator_invites_changes_and_ends(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    me, session = office.employs("Ad Min", Role.ADMINISTRATOR)
    with office.client(session) as client:
        token = office.token(client, "/staff/accounts")

        def posts(path: str, **form: str | list[str]) -> tuple[int, str]:
            answer = client.post(f"/staff/accounts{path}", data={"token": token, **form})
            return answer.status_code, answer.headers.get("location") or answer.text

        status, page = posts("", name="An Li", role=["reviewer", "agent"])
        assert status == 200
        link = secret(page, "invitation-text")
        assert link.startswith(f"{office.url}/staff/invitation#bfi/{OPERATOR}/")
        assert link.partition("#")[2] not in client.get("/staff/accounts").text
        an = next(one for one in accounts(kept) if one.name == "An Li")
        assert an.roles == {Role.REVIEWER, Role.AGENT}
        assert posts("", name="An Li", role="agent")[0] == 409
        assert posts("", name="Bo Wu")[0] == 400
        assert posts("", name="", role="agent")[0] == 400
        assert posts("", name="x" * 65, role="agent")[0] == 400
        assert posts(f"/{an.id}/roles", role="supervisor") == (303, "/staff/accounts?told=roles")
        status, page = posts(f"/{an.id}/invitation")
        assert secret(page, "invitation-text") != link
        _, theirs = office.employs("An Li", Role.SUPERVISOR)
        assert posts(f"/{an.id}/end") == (303, "/staff/accounts?told=ended")
        assert present(kept.store, theirs, kept.now()) is None
        for path in ("/invitation", "/end", "/roles"):
            assert posts(f"/{an.id}{path}", role="agent")[0] == 404
        for path in ("/end", "/roles"):
            status, page = posts(f"/{me.id}{path}", role="agent")
            assert status == 409
            assert "nobody would be left" in page
        assert client.get("/staff/accounts").status_code == 200


def test_keys_are_shown_once_and_revoked(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    _, session = office.employs("Ad Min", Role.ADMINISTRATOR)
    with office.client(session) as client:
        token = office.token(client, "/staff/accounts")
        form = {"token": token, "name": "till 7", "scope": ["sign-ups", "attend", "none"], "days": "30"}
        text = secret(client.post("/staff/keys", data=form).text, "key-text")
        (key,) = api_keys(kept)
        assert key.scopes == {Scope.SIGN_UPS, Scope.ATTEND}
        assert key.expires_at == key.made_at + timedelta(days=30)
        assert api_key_of(kept.store, text, kept.now().wall) == (OPERATOR, key)
        page = client.get("/staff/accounts").text
        assert "till 7" in page
        assert text.rpartition("/")[2] not in page
        assert client.post("/staff/keys", data={"token": token, "name": "x"}).status_code == 400
        ended = client.post(f"/staff/keys/{key.id}/end", data={"token": token})
        assert ended.headers["location"] == "/staff/accounts?told=key_ended"
        assert api_key_of(kept.store, text, kept.now().wall) is None


def sign_up(office: Office, state: str, **more: object) -> SignUpRow:
    now = office.counter.now()
    row = {
        "id": new_identifier(),
        "purpose": "sim-signup",
        "state": state,
        "digest": "0" * 64,
        "language": "en",
        "reference": None,
        "return_address": None,
        "attended": True,
        "agent": None,
        "shop": "harbour",
        "made_at": now.wall,
        "expires_at": now.wall,
        "tries_left": 5,
        "deadline": now.retention + timedelta(days=9),
        **more,
    }
    return SignUpRow(**row)  # type: ignore[arg-type]


def test_a_supervisor_sees_what_came_of_sign_ups(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    old = office.counter.now().wall - timedelta(days=40)
    rows = [
        *(sign_up(office, "accepted", agent="till 9", reasons="match.confirmed") for _ in range(20)),
        *(sign_up(office, "accepted", agent="till 3", shop="station") for _ in range(12)),
        *(sign_up(office, "rejected", agent="till 3", reasons="match.refuted") for _ in range(8)),
        sign_up(office, "declined", attended=False, agent="till 9"),
        sign_up(office, "expired", made_at=old, tries_left=2),
    ]
    kept.store.write(OPERATOR, lambda transaction: transaction.add(SIGN_UP, *rows))
    office.refers()
    _, session = office.employs("Su Qin", Role.SUPERVISOR)
    with office.client(session) as client:
        page = " ".join(client.get("/staff/figures").text.split())
        assert "<dt>Sign-ups</dt><dd>41</dd>" in page
        assert "80.0 %<small>32 / 40</small>" in page
        assert page.count("stands out</span>") == 1
        assert re.search(r"till 9 <span[^>]*>stands out</span></th><td class=\"number\">20</td>", page)
        assert re.search(r"<code>match.refuted</code></th><td class=\"number\">8</td>", page)
        assert "<dt>Waiting for a person</dt><dd>1<small>" in page
        longer = client.get("/staff/figures", params={"days": "90"}).text
        assert "<dd>42</dd>" in longer
        assert "0 of 0 tries" in page
        assert "3 of 3 tries" in longer
        assert "<dd>41</dd>" in client.get("/staff/figures", params={"days": "9; DROP"}).text


def test_a_supervisor_sees_error_rates_beside_the_calibration(office: Office) -> None:
    kept = office.counter.kept(office.operator)
    doubted = {"machine_reasons": "match.doubtful", "referred_case": new_identifier()}
    rows = [
        *(sign_up(office, "accepted", reasons="match.confirmed") for _ in range(12)),
        *(sign_up(office, "accepted", **doubted) for _ in range(8)),
        sign_up(office, "rejected", reasons="match.refuted"),
    ]
    kept.store.write(OPERATOR, lambda transaction: transaction.add(SIGN_UP, *rows))
    _, session = office.employs("Su Qin", Role.SUPERVISOR)
    with office.client(session) as client:
        page = " ".join(client.get("/staff/figures").text.split())
    cells = r'<td class="number">{}</td>'
    known = "".join(cells.format(cell) for cell in ("8 / 20", "40 %", "19.1 – 63.9 %", r"[\d.]+ %"))
    worse = '<td><span class="tag strong">Worse than promised</span></td>'
    assert re.search(f"Not matched, of customers who were accepted</th>{worse}{known}", page)
    assert "1 whose faces were not matched were left open" in page
    # A plot of each measure of which anything was counted, and the line where something is promised.
    assert page.count('class="rate"') == 2 * page.count('class="span" x1="6"') == 2 * 5
    assert page.count('<line class="promised" x1="52"') == 4
    assert page.count("Nothing against it</span>") == 2 * 2


def test_figures_of_nothing_are_a_page_as_well(small_office: Office) -> None:
    _, session = small_office.employs("Su Qin", Role.SUPERVISOR)
    with small_office.client(session) as client:
        assert "No sign-up in this period" in client.get("/staff/figures").text


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_privacy_officer_sees_what_is_kept_and_who_looked(office: Office, language: str) -> None:
    case = office.refers()
    _, reviewer = office.employs("An Li", Role.REVIEWER)
    with office.client(reviewer) as client:
        client.get(f"/staff/cases/{case}/pictures/selfie")
    _, session = office.employs("Pri Of", Role.PRIVACY_OFFICER)
    with office.client(session, language) as client:
        page = " ".join(client.get("/staff/privacy").text.split())
    assert "An Li" in page
    assert case[:8] in page
    assert case not in page
    for said in {
        "en": (
            "Pictures and templates, sealed",
            "looked at a case",
            "of 100,000 from which",
            "decisions 3 y",
        ),
        "zh-Hans": ("加密的图片和特征模板", "查看案件", "达到 100,000 人", "决定 3 年"),
    }[language]:
        assert said in page
