"""Cases with a known answer on the pages: put in by a supervisor, met by a reviewer as any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import pytest
from tests.conftest import on_each_database
from tests.integration.web.conftest import Office, drawn_document, drawn_selfie

from bonafide.privacy.duration import Duration
from bonafide.privacy.known_case import MeasurementRow
from bonafide.service.known_cases import KnownCases
from bonafide.service.known_plan import KnownPlan
from bonafide.service.roles import Role
from bonafide.store.known_tables import MEASUREMENT
from bonafide.store.schema import SEALED
from bonafide.store.sealed import SealedRow

PAGE = "/staff/known-cases"
Enter = Callable[..., tuple[httpx2.Client, str]]


@pytest.fixture
def enters() -> Iterator[Enter]:
    with ExitStack() as stack:

        def enter(office: Office, name: str, *roles: Role) -> tuple[httpx2.Client, str]:
            client = stack.enter_context(office.client(office.employs(name, *roles)[1]))
            return client, office.token(client, "/staff")

        yield enter


def form(token: str, **said: str) -> dict[str, str]:
    usual = {"cause": "match.doubtful", "reason": "review.other_person", "agreed": "yes"}
    return {"token": token, **usual, **said}


FILES = {"document": ("who it is.jpg", drawn_document()), "selfie": ("me.jpg", drawn_selfie())}


@on_each_database
def test_a_reviewer_meets_what_a_supervisor_put_in(
    office: Office, enters: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = KnownPlan(2, Duration(days=90), Duration(years=1), 0)
    monkeypatch.setattr("bonafide.service.known_mixing.known_plan", lambda: plan)
    su, token = enters(office, "Su Qin", Role.SUPERVISOR)
    assert "Reviewers are not measured" in su.get(PAGE).text
    empty = {"document-back": ("", b"")}
    made = su.post(PAGE, data=form(token), files={**FILES, **empty})
    assert made.status_code == 200
    (known,) = KnownCases(office.counter.kept(office.operator), office.counter.vault).all()
    assert known.consent in made.text
    assert known.made_by == "Su Qin"

    an, token = enters(office, "An Li", Role.REVIEWER)
    assert "Some cases have a known answer" in an.get("/staff/cases").text
    real, said = office.refers(), {"token": token, "reason": "review.same_person"}
    an.get(f"/staff/cases/{real}/pictures/selfie")
    an.post(f"/staff/cases/{real}/opinion", data=said)
    other = office.refers()
    queued = re.findall(r'href="/staff/cases/([0-9a-f-]{36})"', an.get("/staff/cases").text)
    (mixed,) = set(queued) - {other}

    def page(case: str) -> str:
        text = an.get(f"/staff/cases/{case}").text
        return re.sub(rf"{case}|{case[:8]}|\d+ (?:min|h|d)\b", "", text)

    # Nothing tells it from another, before or when its pictures are looked at.
    assert page(mixed) == page(other)
    unlooked = an.post(f"/staff/cases/{mixed}/opinion", data=said)
    assert (unlooked.status_code, "Look at the pictures first" in unlooked.text) == (400, True)
    shown, others = (an.get(f"/staff/cases/{case}/pictures/selfie") for case in (mixed, other))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.content == others.content
    assert shown.headers.keys() == others.headers.keys()
    assert an.get(f"/staff/cases/{mixed}/pictures/document-back").status_code == 404
    done = an.post(f"/staff/cases/{mixed}/opinion", data=said)
    assert done.headers["location"] == "/staff/cases?told=wrong&right=review.other_person"
    told = an.get(done.headers["location"]).text
    assert "known answer, and yours was another" in told
    assert "The pictures show two people" in told
    assert "of 1 to reject you accepted 1" in told
    assert an.get(f"/staff/cases/{mixed}").status_code == 404

    figures = su.get(PAGE).text
    assert "An Li" in figures
    assert re.search(r"1 / 1<br><small>100 % \(\d–100 %\)", figures)
    with office.counter.store.read(office.operator) as transaction:
        assert len(transaction.all(MeasurementRow, MEASUREMENT)) == 1


def test_without_pictures_answer_or_agreement_none_is_put_in(small_office: Office, enters: Enter) -> None:
    office = small_office
    su, token = enters(office, "Su Qin", Role.SUPERVISOR)
    unreadable = {**FILES, "selfie": ("me.jpg", b"no picture")}
    half = {"document": FILES["document"]}
    for said, files, why in (
        ({}, half, "Give a document and a selfie"),
        ({"reason": "review.nothing"}, FILES, "the right answer"),
        ({"cause": "match.confirmed"}, FILES, "the right answer"),
        ({"agreed": ""}, FILES, "Without the agreement"),
        ({"consent": "8d9c5b1e-0000-4000-8000-000000000000"}, FILES, "Without the agreement"),
        ({}, unreadable, "cannot be read"),
    ):
        refused = su.post(PAGE, data=form(token, **said), files=files)
        assert refused.status_code in {400, 409}
        assert why in refused.text
    assert su.post(PAGE, data=form("0" * 64), files=FILES).status_code == 403
    for body in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert su.post(PAGE, content=body, headers=headers).status_code == 400
    with office.counter.store.read(office.operator) as transaction:
        assert transaction.all(SealedRow, SEALED) == ()


def test_what_is_taken_out_is_gone(small_office: Office, enters: Enter) -> None:
    known = small_office.puts_in()
    su, token = enters(small_office, "Su Qin", Role.SUPERVISOR)
    for status in (303, 404):
        gone = su.post(f"{PAGE}/{known.id}/remove", data={"token": token})
        assert gone.status_code == status
    assert "Its pictures are erased" in su.get(f"{PAGE}?told=removed").text
    with small_office.counter.store.read(small_office.operator) as transaction:
        assert transaction.all(SealedRow, SEALED) == ()
