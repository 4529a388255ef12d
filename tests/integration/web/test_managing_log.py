"""Whatever an administrator changes is in the log under their name, with the change or not at all."""

from __future__ import annotations

from tests.conftest import on_each_database
from tests.integration.web.conftest import OPERATOR, Office

from bonafide.evidence.access import AccessRow
from bonafide.privacy.staff import COMMAND_LINE
from bonafide.service.accounts import invite
from bonafide.service.api_keys import Scope, make_api_key
from bonafide.service.roles import Permission, Role
from bonafide.store.schema import ACCESS
from bonafide.web.app import PAGES
from bonafide.web.visit import Method

ME = "Ad Min"
# What each page that changes something is sent, and what the log then says.
ACTS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "/staff/accounts": ({"name": "New One", "role": "agent"}, ("invite",)),
    "/staff/accounts/{account}/roles": ({"role": "supervisor"}, ("give-roles",)),
    "/staff/accounts/{account}/invitation": ({}, ("invite",)),
    "/staff/accounts/{account}/end": ({}, ("end-account",)),
    "/staff/keys": ({"name": "till 7", "scope": "verify"}, ("make-key",)),
    "/staff/keys/{key}/end": ({}, ("revoke-key",)),
}


def logged(office: Office) -> list[tuple[str, str, str | None]]:
    with office.counter.store.read(OPERATOR) as transaction:
        rows = transaction.all(AccessRow, ACCESS, order=[ACCESS.c.position])
    return [(row.who, row.action, row.record) for row in rows]


@on_each_database
def test_every_page_that_changes_accounts_or_keys_is_in_the_log(office: Office) -> None:
    pages = [
        page
        for page in PAGES
        if page.needs == frozenset({Permission.ACCOUNTS}) and page.method is Method.POST
    ]
    assert {page.path for page in pages} == set(ACTS)
    kept = office.counter.kept(OPERATOR)
    me, session = office.employs(ME, Role.ADMINISTRATOR)
    account, _ = invite(kept, "An Li", {Role.REVIEWER})
    key, _ = make_api_key(kept, "till 4", [Scope.VERIFY])
    assert logged(office) == [
        (COMMAND_LINE, "invite", me.id),
        (COMMAND_LINE, "invite", account.id),
        (COMMAND_LINE, "make-key", key.id),
    ]
    with office.client(session) as client:
        token = office.token(client, "/staff/accounts")
        for page in pages:
            form, actions = ACTS[page.path]
            before = len(logged(office))
            path = page.path.format(account=account.id, key=key.id)
            answer = client.post(path, data={"token": token, **form})
            assert answer.status_code in (200, 303), page.path
            made = logged(office)[before:]
            assert [(who, action) for who, action, _ in made] == [(ME, action) for action in actions]
            assert made[0][2] in (account.id, key.id) or "{" not in page.path
        # What was refused changed nothing, and is not in it.
        all_of_it = logged(office)
        for path in (f"/staff/accounts/{me.id}/end", f"/staff/accounts/{account.id}/roles"):
            assert client.post(path, data={"token": token, "role": "agent"}).status_code in (404, 409)
        assert client.post(f"/staff/keys/{key.id}/end", data={"token": token}).status_code == 303
        assert logged(office) == all_of_it


def test_the_privacy_officer_reads_it(office: Office) -> None:
    kept = office.counter.kept(OPERATOR)
    _, session = office.employs("Pi An", Role.PRIVACY_OFFICER)
    make_api_key(kept, "till 4", [Scope.VERIFY], who=ME)
    with office.client(session) as client:
        page = client.get("/staff/privacy").text
    assert ME in page
    assert "made a key for a machine" in page
    assert COMMAND_LINE in page
    assert "till 4" not in page
