"""The operator's office: a running service, people of every role, cases with drawn pictures."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from PIL import Image, ImageDraw
from selenium.webdriver import Chrome
from tests.browser import axe_script, new_browser
from tests.conftest import SQLITE_AND_LATER_POSTGRESQL, database_of
from tests.in_process import client_of
from tests.integration.api.conftest import OPERATOR, OTHER, Told, make_counter, picture, running

from bonafide.capture import read_picture
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import ConsentToken, Manner, PersonToken, purposes
from bonafide.privacy.consent import Age, Giver, give, person_token, token
from bonafide.privacy.kept_line import LineRow
from bonafide.privacy.referred_case import ReferredCase
from bonafide.service.accounts import Account, invite
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.counter import Counter
from bonafide.service.customer_access import CustomerAccess
from bonafide.service.keeping import Keeping
from bonafide.service.known_cases import Answer, KnownCase, KnownCases
from bonafide.service.lines import Lines
from bonafide.service.objections import make_objection
from bonafide.service.retention import new_identifier
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.service.roles import Role
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.service.verification import PersonCase, Verification
from bonafide.service.web_sessions import begin_session
from bonafide.store import Store, Transaction
from bonafide.store.line_tables import LINE
from bonafide.store.schema import REFERRED_CASE
from bonafide.web.cookies import Cookie
from bonafide.wording import Language


def drawn_document() -> bytes:
    """A card of nobody, lying on a table."""
    image = Image.new("RGB", (1200, 800), (96, 84, 72))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((110, 120, 1090, 690), 28, (226, 234, 240))
    draw.rectangle((150, 180, 430, 560), (190, 200, 208))
    draw.ellipse((230, 240, 350, 390), (150, 128, 116))
    draw.ellipse((190, 400, 390, 640), (90, 104, 128))
    draw.rectangle((150, 560, 430, 690), (226, 234, 240))
    for row in range(5):
        draw.rectangle((480, 200 + row * 62, 1000 - 60 * (row % 3), 224 + row * 62), (120, 130, 140))
    for row in range(2):
        draw.rectangle((150, 600 + row * 40, 1050, 618 + row * 40), (70, 76, 84))
    return _jpeg(image)


def drawn_selfie() -> bytes:
    """A head of nobody."""
    image = Image.new("RGB", (900, 1200), (188, 200, 206))
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 820, 840, 1700), (70, 92, 122))
    draw.rectangle((370, 700, 530, 900), (168, 140, 122))
    draw.ellipse((250, 250, 650, 800), (186, 156, 138))
    draw.pieslice((240, 210, 660, 640), 180, 360, (60, 48, 44))
    for x in (370, 530):
        draw.ellipse((x - 22, 500, x + 22, 530), (40, 36, 34))
    draw.arc((390, 600, 510, 700), 20, 160, (120, 70, 66), 8)
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


@dataclass
class Office:
    """A running service of two operators; `operator` is the one whose people act."""

    counter: Counter
    told: Told
    url: str
    operator: str = OPERATOR

    def of(self, operator: str) -> Office:
        """The same for another operator."""
        return replace(self, operator=operator)

    def employs(self, name: str, *roles: Role) -> tuple[Account, str]:
        """Somebody who has entered: their account, and the text of their session."""
        kept = self.counter.kept(self.operator)
        account, _ = invite(kept, name, roles)
        now = kept.now()
        return account, kept.store.write(
            self.operator, lambda transaction: begin_session(transaction, account.id, now)
        )

    def client(self, session: str | None = None, language: str = "en") -> httpx2.Client:
        """What asks as a browser would that has entered, or not."""
        cookies = {Cookie.STAFF.value: session} if session else {}
        headers = {"Accept-Language": language, "Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        return client_of(self.url, cookies=cookies, headers=headers)

    def token(self, client: httpx2.Client, path: str = "/staff/enter") -> str:
        """The token of a form on a page, as its reader's browser would send it back."""
        found = re.search(r'name="token" value="([0-9a-f]{64})"', client.get(path).text)
        assert found
        return found[1]

    def refers(
        self,
        *reasons: Reason,
        document: bytes | None = None,
        selfie: bytes | None = None,
        manner: Manner = Manner.FACE_MATCHING,
    ) -> str:
        """A case that waits for a person."""
        kept = self.counter.kept(self.operator)
        purpose, now = purposes()["sim-signup"], kept.now()

        def agree(transaction: Transaction) -> ConsentToken | PersonToken:
            consent = give(
                transaction,
                purpose,
                version=purpose.version,
                language=Language.ENGLISH,
                giver=Giver.PERSON,
                age=Age.ADULT,
                now=now,
                identifier=new_identifier,
                manner=manner,
            )
            ask = person_token if manner is Manner.PERSON else token
            return ask(transaction, consent.id, purpose, now)

        consent = kept.store.write(self.operator, agree)
        self.told.outcome, self.told.reasons = Outcome.REFER, reasons or (Reason.MATCH_DOUBTFUL,)
        seen = read_picture(picture())
        verifier = self.counter.verifier
        case: PersonCase | Verification
        if isinstance(consent, PersonToken):
            case = replace(verifier.by_person.prepare(seen, seen, consent), reasons=reasons)
        else:
            case = verifier.verify(seen, seen, consent)
        pictures = (
            CasePicture(PictureKind.DOCUMENT, document or drawn_document()),
            CasePicture(PictureKind.SELFIE, selfie or drawn_selfie()),
        )
        return Keeping(kept, self.counter.vault, self.counter.signer).keep(case, consent, pictures).id

    def puts_in(self, who: str = "Su Qin", answer: ReviewReason = ReviewReason.OTHER_PERSON) -> KnownCase:
        """A case with a known answer, drawn."""
        outcome = next(one for one, reasons in REASONS_FOR.items() if answer in reasons)
        pictures = (
            CasePicture(PictureKind.DOCUMENT, drawn_document()),
            CasePicture(PictureKind.SELFIE, drawn_selfie()),
        )
        known = KnownCases(self.counter.kept(self.operator), self.counter.vault)
        return known.add(who, pictures, (Reason.MATCH_DOUBTFUL,), Answer(outcome, answer), consent=None)

    def accepts(self, number: str | None = None, document: str = "L898902C3") -> str:
        """The link of a sign-up that was just accepted, with a line bound to it if its number is given."""
        sign_ups = SignUps(self.counter, self.operator)
        made, link = sign_ups.create(Wanted(attended=True, agent="till 9", shop="harbour"))
        words = purposes()["sim-signup"].version
        sign_ups.agree(link, version=words, language=Language.ENGLISH, giver=Giver.PERSON, age=Age.ADULT)
        self.told.outcome, self.told.reasons, self.told.number = Outcome.ACCEPT, None, document
        sign_ups.submit(link, read_picture(picture(90)), read_picture(picture(160)))
        if number is not None:
            assert Lines(self.counter, self.operator).bind(made.id, number).line
        return link

    def customer(self, link: str) -> str:
        """The text of the session of a customer who comes in by such a link."""
        session = CustomerAccess(self.counter).by_link(link).session
        assert session is not None
        return session

    def customers_client(self, session: str | None = None, language: str = "en") -> httpx2.Client:
        """What asks as a customer's browser would."""
        client = self.client(language=language)
        if session:
            client.cookies.set(Cookie.CUSTOMER.value, session)
        return client

    def objects(self, shop: str = "harbour") -> str:
        """An objection that waits, to a line that stands."""
        kept, case = self.counter.kept(self.operator), self.refers()
        now = kept.now()

        def work(transaction: Transaction) -> str:
            found = transaction.one(ReferredCase, REFERRED_CASE, REFERRED_CASE.c.id == case)
            assert found is not None
            line = LineRow(
                id=new_identifier(),
                subject=found.subject,
                consent=found.consent,
                decision=case,
                purpose=found.purpose,
                sign_up=new_identifier(),
                number_index=secrets.token_hex(32),
                document_index="d" * 64,
                shop=shop,
                bound_at=now.wall,
                ended_at=None,
                ended_because=None,
                deadline=found.deadline,
            )
            transaction.add(LINE, line)
            return make_objection(transaction, line, found.subject, now).id

        return kept.store.write(self.operator, work)


@contextmanager
def open_office(store: Store, folder: Path) -> Iterator[Office]:
    told = Told()
    counter = make_counter(store, folder, told)
    with running(counter) as url:
        yield Office(counter, told, url.replace("127.0.0.1", "localhost"))


@pytest.fixture(params=SQLITE_AND_LATER_POSTGRESQL)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of each kind, but that `make test` leaves PostgreSQL to `make test-long`."""
    yield from database_of(request, tmp_path)


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Iterator[Office]:
    """On each database."""
    with open_office(store, tmp_path) as opened:
        yield opened


@pytest.fixture
def small_office(small_store: Store, tmp_path: Path) -> Iterator[Office]:
    """On SQLite, for what is the same on every database."""
    with open_office(small_store, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with new_browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(browser_of_session: Chrome) -> Iterator[Chrome]:
    """One for all tests, without what an earlier one left."""
    browser_of_session.execute_cdp_cmd("Storage.clearCookies", {})
    browser_of_session.get_log("browser")  # type: ignore[no-untyped-call]
    yield browser_of_session
    browser_of_session.execute_cdp_cmd("Storage.clearCookies", {})
    browser_of_session.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser_of_session.get("about:blank")


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_script()


__all__ = ["OPERATOR", "OTHER", "Office", "drawn_document", "drawn_selfie"]
