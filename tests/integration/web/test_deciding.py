"""Cases on the pages: who looks is in the log, pictures are served to nobody else and go when decided."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from httpx2 import Response
from PIL import Image
from tests.conftest import on_each_database
from tests.integration.web.conftest import Office, drawn_document

from bonafide.evidence.access import AccessRow
from bonafide.outcome import Reason
from bonafide.privacy import Manner
from bonafide.privacy.kept_line import LineRow
from bonafide.privacy.opinion import Opinion
from bonafide.privacy.staff import COMMAND_LINE
from bonafide.service.roles import Role
from bonafide.store.line_tables import LINE
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import ACCESS, SEALED
from bonafide.store.sealed import SealedRow

SUSPICIOUS = Reason.DOCUMENT_TEXT_EDITED


class Desk:
    """Somebody at their browser."""

    def __init__(self, office: Office, name: str, *roles: Role) -> None:
        self.office = office
        self.client = office.client(office.employs(name, *roles)[1])
        self.token = office.token(self.client, "/staff")

    def queue(self) -> list[str]:
        return re.findall(r'href="/staff/cases/([0-9a-f-]{36})"', self.client.get("/staff/cases").text)

    def sees(self, case: str, kind: str = "selfie") -> Response:
        return self.client.get(f"/staff/cases/{case}/pictures/{kind}")

    def says(self, case: str, reason: str) -> Response:
        form = {"token": self.token, "reason": reason}
        return self.client.post(f"/staff/cases/{case}/opinion", data=form)


Desks = Callable[..., Desk]


@pytest.fixture
def desks() -> Iterator[Desks]:
    """Seats people, and closes their browsers after them."""
    with ExitStack() as stack:

        def seat(office: Office, name: str, *roles: Role) -> Desk:
            desk = Desk(office, name, *roles)
            stack.callback(desk.client.close)
            return desk

        yield seat


def accesses(office: Office) -> list[tuple[str, str]]:
    with office.counter.kept(office.operator).store.read(office.operator) as transaction:
        rows = transaction.all(AccessRow, ACCESS, ACCESS.c.who != COMMAND_LINE, order=[ACCESS.c.position])
    return [(row.who, row.action) for row in rows]


def pictures_left(office: Office) -> int:
    with office.counter.kept(office.operator).store.read(office.operator) as transaction:
        return len(transaction.all(SealedRow, SEALED))


@on_each_database
def test_a_reviewer_looks_and_decides(office: Office, desks: Desks) -> None:
    first, second = office.refers(), office.refers(Reason.PRESENCE_NOT_SHOWN)
    an = desks(office, "An Li", Role.REVIEWER)
    assert sorted(an.queue()) == sorted([first, second])
    page = an.client.get(f"/staff/cases/{first}").text
    assert "the selfie and the portrait on the document show the same person" in page
    assert accesses(office) == []
    # Nobody decides unlooked.
    refused = an.says(first, "review.same_person")
    assert refused.status_code == 400
    assert "Look at the pictures first" in refused.text
    for kind in ("document", "selfie"):
        shown = an.sees(first, kind)
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["cache-control"] == "no-store"
        assert Image.open(io.BytesIO(shown.content)).size[0] > 800
    assert accesses(office) == [("An Li", "review")] * 2
    done = an.says(first, "review.same_person")
    assert (done.status_code, done.headers["location"]) == (303, "/staff/cases?told=decided")
    assert "The pictures are erased" in an.client.get(done.headers["location"]).text
    assert accesses(office)[2:] == [("An Li", "decide")]
    assert an.queue() == [second]
    assert pictures_left(office) == 2
    for gone in (
        an.sees(first),
        an.client.get(f"/staff/cases/{first}"),
        an.says(first, "review.same_person"),
    ):
        assert gone.status_code == 404


def test_a_case_for_a_person_alone_says_so_and_keeps_its_place(office: Office, desks: Desks) -> None:
    first = office.refers()
    asked = office.refers(Reason.PERSON_ASKED, SUSPICIOUS, manner=Manner.PERSON)
    last = office.refers()
    an = desks(office, "An Li", Role.REVIEWER)
    assert an.queue() == [first, asked, last]
    assert an.client.get("/staff/cases").text.count("A person alone compares") == 1
    page = an.client.get(f"/staff/cases/{asked}").text
    assert "no program has looked at the face" in page
    assert "Two people decide this case" in page
    assert "no program has looked at the face" not in an.client.get(f"/staff/cases/{first}").text
    figures = desks(office, "Mo Lin", Role.SUPERVISOR).client.get("/staff/figures").text
    assert "By who compares" in figures
    assert "A person alone" in figures


def test_two_reviewers_agree_and_neither_sees_the_other(office: Office, desks: Desks) -> None:
    case = office.refers(SUSPICIOUS)
    an, bo = desks(office, "An Li", Role.REVIEWER), desks(office, "Bo Wu", Role.REVIEWER)
    an.sees(case)
    before = _without_spans(bo.client.get(f"/staff/cases/{case}").text)
    assert "Two people decide" in before
    assert an.says(case, "review.document_altered").headers["location"] == "/staff/cases?told=kept"
    assert an.queue() == []
    assert an.client.get(f"/staff/cases/{case}").status_code == 404
    assert an.sees(case).status_code == 404
    assert _without_spans(bo.client.get(f"/staff/cases/{case}").text) == before
    bo.sees(case)
    assert bo.says(case, "review.document_not_original").headers["location"] == "/staff/cases?told=decided"
    assert pictures_left(office) == 0
    with office.counter.kept(office.operator).store.read(office.operator) as transaction:
        opinions = transaction.all(Opinion, OPINION, order=[OPINION.c.given_at])
    assert [(one.who, one.outcome, one.reason) for one in opinions] == [
        ("An Li", "reject", "review.document_altered"),
        ("Bo Wu", "reject", "review.document_not_original"),
    ]


def test_a_disagreement_goes_to_a_supervisor_who_sees_both(small_office: Office, desks: Desks) -> None:
    office = small_office
    case = office.refers(SUSPICIOUS)
    an, bo = desks(office, "An Li", Role.REVIEWER), desks(office, "Bo Wu", Role.REVIEWER)
    di = desks(office, "Di Xu", Role.REVIEWER)
    su = desks(office, "Su Qin", Role.SUPERVISOR)
    assert su.queue() == []
    for desk, reason in ((an, "review.same_person"), (bo, "review.document_altered")):
        desk.sees(case)
        desk.says(case, reason)
    assert di.queue() == []
    assert su.queue() == [case]
    page = su.client.get(f"/staff/cases/{case}").text
    assert "The pictures show the same person" in page
    assert page.count("One opinion:") == 2
    assert not re.search("An Li|Bo Wu", page)
    assert pictures_left(office) == 2
    su.sees(case)
    assert su.says(case, "review.document_altered").headers["location"] == "/staff/cases?told=decided"
    assert pictures_left(office) == 0


def test_what_is_not_chosen_from_the_list_is_no_reason(small_office: Office, desks: Desks) -> None:
    an = desks(small_office, "An Li", Role.REVIEWER)
    case = small_office.refers()
    an.sees(case)
    for reason in ("", "review.nothing", "match.doubtful"):
        refused = an.says(case, reason)
        assert refused.status_code == 400
        assert "Choose a reason first" in refused.text
    assert pictures_left(small_office) == 2


def test_pictures_carry_nothing_but_what_is_to_be_seen(small_office: Office, desks: Desks) -> None:
    file = io.BytesIO()
    image = Image.open(io.BytesIO(drawn_document()))
    exif = Image.Exif()
    exif[0x010E] = "where and when"
    exif[0x0112] = 6  # to be turned clockwise
    image.save(file, "JPEG", exif=exif)
    case = small_office.refers(document=file.getvalue() + b"<script>")
    an = desks(small_office, "An Li", Role.REVIEWER)
    shown = an.sees(case, "document")
    assert b"where and when" not in shown.content
    assert b"<script>" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (image.height, image.width)
    assert "sandbox" in shown.headers["content-security-policy"]


@pytest.mark.parametrize(("kind", "size"), [("PNG", (3200, 2400)), ("WEBP", (900, 600))])
def test_large_and_other_pictures_are_shown(
    small_office: Office, desks: Desks, kind: str, size: tuple[int, int]
) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, (120, 130, 140)).save(file, kind)
    case = small_office.refers(selfie=file.getvalue())
    shown = desks(small_office, "An Li", Role.REVIEWER).sees(case)
    assert shown.status_code == 200
    assert max(Image.open(io.BytesIO(shown.content)).size) <= 2400


def test_a_picture_that_is_not_there_is_not_found_and_nobody_is_said_to_have_looked(
    small_office: Office, desks: Desks
) -> None:
    case = small_office.refers()
    an = desks(small_office, "An Li", Role.REVIEWER)
    for kind in ("document-back", "secret", "..%2Fselfie"):
        assert an.sees(case, kind).status_code == 404
    assert accesses(small_office) == []


def test_an_objection_is_upheld_and_the_line_has_ended(office: Office, desks: Desks) -> None:
    first, second = office.objects(), office.objects("old town")
    an = desks(office, "An Li", Role.REVIEWER)
    page = an.client.get("/staff/objections").text
    assert re.findall(r"/staff/objections/([0-9a-f-]{36})", page) == sorted([first, second], key=page.index)
    assert "old town" in page

    def finds(objection: str, outcome: str) -> Response:
        form = {"token": an.token, "outcome": outcome}
        return an.client.post(f"/staff/objections/{objection}", data=form)

    assert finds(first, "").status_code == 400
    assert finds(first, "upheld").headers["location"] == "/staff/objections?told=upheld"
    assert finds(second, "dismissed").headers["location"] == "/staff/objections?told=dismissed"
    # What was decided stays so.
    assert finds(first, "dismissed").status_code == 409
    lines = {row.shop: row.ended_because for row in _lines(office)}
    assert lines == {"harbour": "not-theirs", "old town": None}
    assert accesses(office) == [("An Li", "objection")] * 2
    assert "No objection waits" in an.client.get("/staff/objections").text


def test_a_reviewer_is_told_what_pattern_was_seen(small_office: Office, desks: Desks) -> None:
    case = small_office.refers(Reason.PATTERN_AGENT_RUN)
    page = desks(small_office, "An Li", Role.REVIEWER).client.get(f"/staff/cases/{case}").text
    assert "More acceptances that one agent attended" in page


def _lines(office: Office) -> tuple[LineRow, ...]:
    with office.counter.kept(office.operator).store.read(office.operator) as transaction:
        return transaction.all(LineRow, LINE)


def _without_spans(page: str) -> str:
    return re.sub(r"[0-9a-f]{64}|\d+ (?:min|h|d)\b|Bo Wu", "", page)
