"""The pages in a browser: passkeys, keys of the keyboard, and nothing that keeps anybody from using them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from tests.browser import dark, goes_to, violations
from tests.integration.web.conftest import Office
from tests.integration.web.test_managing import sign_up

from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner
from bonafide.privacy.known_case import MeasurementRow
from bonafide.service.accounts import accounts, invite
from bonafide.service.api_keys import Scope, make_api_key
from bonafide.service.retention import new_identifier
from bonafide.service.review_reason import ReviewReason
from bonafide.service.roles import Role
from bonafide.store.known_tables import MEASUREMENT
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.web.cookies import Cookie
from bonafide.wording import Language

PASSPHRASE = "eleven blue bicycles"  # noqa: S105


def find(browser: Chrome, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def waits(browser: Chrome, condition: Callable[[Chrome], object]) -> None:
    # What is looked at may be the page before, or none yet.
    WebDriverWait(browser, 20, ignored_exceptions=[WebDriverException]).until(condition)


def is_at(browser: Chrome, path: str) -> None:
    waits(browser, lambda driver: re.sub(r"^https?://[^/]+", "", driver.current_url).split("#")[0] == path)


def enters_as(browser: Chrome, office: Office, session: str, language: Language = Language.ENGLISH) -> None:
    goes_to(browser, f"{office.url}/staff/enter")
    for cookie, value in ((Cookie.STAFF, session), (Cookie.LANGUAGE, language.value)):
        browser.add_cookie({"name": cookie.value, "value": value, "sameSite": "Strict"})


def no_complaints(browser: Chrome) -> None:
    """Nothing was blocked, no script failed."""
    told = [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    assert [message for message in told if "[DOM]" not in message] == []


def test_a_passkey_is_made_of_an_invitation_and_enters(small_office: Office, browser: Chrome) -> None:
    office = small_office
    kept = office.counter.kept(office.operator)
    _, text = invite(kept, "An Li", {Role.REVIEWER})
    goes_to(browser, f"{office.url}/staff/invitation#{text}")
    assert find(browser, "#invitation").get_attribute("value") == text
    assert "#" not in browser.current_url
    find(browser, "#by-passkey").click()
    is_at(browser, "/staff")
    waits(browser, lambda driver: "An Li" in driver.find_element(By.TAG_NAME, "h1").text)
    (account,) = accounts(kept)
    assert account.entered
    find(browser, "form[action='/staff/leave'] button").click()
    is_at(browser, "/staff/enter")
    waits(browser, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    find(browser, "#passkey button").click()
    is_at(browser, "/staff")
    no_complaints(browser)
    # The invitation has been used.
    browser.delete_all_cookies()
    goes_to(browser, f"{office.url}/staff/invitation#{text}")
    find(browser, "#by-passkey").click()
    waits(browser, lambda driver: "does not work" in driver.find_element(By.ID, "told").text)


def test_a_passkey_that_nobody_registered_does_not_enter(small_office: Office, browser: Chrome) -> None:
    office = small_office
    kept = office.counter.kept(office.operator)
    _, text = invite(kept, "An Li", {Role.REVIEWER})
    goes_to(browser, f"{office.url}/staff/invitation#{text}")
    find(browser, "#by-passkey").click()
    is_at(browser, "/staff")
    browser.delete_all_cookies()
    # Whoever is invited again and makes codes has no passkey any more.
    _, again = invite(kept, "An Li", {Role.REVIEWER})
    makes_codes(browser, office, again)
    browser.delete_all_cookies()
    goes_to(browser, f"{office.url}/staff/enter")
    waits(browser, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    find(browser, "#passkey button").click()
    waits(browser, lambda driver: "did not fit" in driver.find_element(By.ID, "told").text)
    assert browser.get_cookie(Cookie.STAFF.value) is None


def makes_codes(browser: Chrome, office: Office, text: str) -> pyotp.TOTP:
    goes_to(browser, f"{office.url}/staff/invitation#{text}")
    find(browser, "button[value=codes]").click()
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, "svg.qr"))
    codes = pyotp.TOTP(find(browser, "code.secret").text.replace(" ", ""))
    assert find(browser, "svg.qr").size["width"] > 150
    for name in ("passphrase", "again"):
        find(browser, f"input[name={name}]").send_keys(PASSPHRASE)
    find(browser, "input[name=code]").send_keys(codes.now(), Keys.ENTER)
    is_at(browser, "/staff")
    return codes


def test_codes_are_made_and_a_used_one_does_not_enter(small_office: Office, browser: Chrome) -> None:
    office = small_office
    _, text = invite(office.counter.kept(office.operator), "An Li", {Role.REVIEWER})
    codes = makes_codes(browser, office, text)
    used = codes.now()
    browser.delete_all_cookies()
    goes_to(browser, f"{office.url}/staff/enter")
    for name, value in (("name", "An Li"), ("passphrase", PASSPHRASE), ("code", used)):
        find(browser, f"input[name={name}]").send_keys(value)
    find(browser, "form[action='/staff/enter/code'] button").click()
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, "main > .message.bad:not([hidden])"))


def test_a_case_is_decided_by_the_keyboard_alone(small_office: Office, browser: Chrome) -> None:
    office = small_office
    for _ in range(3):
        office.refers()
    _, session = office.employs("An Li", Role.REVIEWER)
    enters_as(browser, office, session)
    goes_to(browser, f"{office.url}/staff/cases")
    shown = [each.get_attribute("href") or "" for each in browser.find_elements(By.CSS_SELECTOR, "#queue a")]
    cases = [address.rpartition("/")[2] for address in shown]

    def press(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    press("j", "j", "j", "j", "k", Keys.ENTER)
    is_at(browser, f"/staff/cases/{cases[1]}")
    waits(
        browser,
        lambda driver: driver.execute_script(
            "return [...document.images].every(image => image.complete && image.naturalWidth > 0)"
        ),
    )
    press("+", "+")
    assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, "output")] == ["225 %"] * 2
    press("0")
    assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, "output")] == ["100 %"] * 2
    find(browser, "[data-zoom=in]").click()
    assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, "output")] == ["150 %", "100 %"]
    press("3")
    assert find(browser, "input[value='review.other_person']").is_selected()
    press("1")
    assert find(browser, "input[value='review.same_person']").is_selected()
    press(Keys.ENTER)
    is_at(browser, "/staff/cases?told=decided")
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, "[role=status]"))
    assert find(browser, "[role=status]").text.startswith("Decided")
    left = browser.find_elements(By.CSS_SELECTOR, "#queue a")
    assert [each.get_attribute("href") for each in left] == [
        f"{office.url}/staff/cases/{case}" for case in (cases[0], cases[2])
    ]
    no_complaints(browser)


def measured(office: Office, who: str, *answers: Outcome) -> None:
    """Somebody answered cases that were to be rejected."""
    now = office.counter.now()
    rows = [
        MeasurementRow(
            id=new_identifier(),
            known_case=new_identifier(),
            shown=new_identifier(),
            who=who,
            outcome=outcome.value,
            reason=ReviewReason.PICTURES_UNUSABLE.value,
            right_outcome=Outcome.REJECT.value,
            right_reason=ReviewReason.OTHER_PERSON.value,
            looked_at=now.wall - timedelta(seconds=41),
            given_at=now.wall,
            deadline=now.retention + timedelta(days=365),
        )
        for outcome in answers
    ]
    kept = office.counter.kept(office.operator)
    kept.store.write(office.operator, lambda transaction: transaction.add(MEASUREMENT, *rows))


@pytest.fixture
def furnished(small_office: Office) -> Office:
    """An office with something on every page."""
    office = small_office
    kept = office.counter.kept(office.operator)
    office.employs("Bo Wu", Role.REVIEWER)
    office.objects()
    office.puts_in()
    measured(office, "An Li", Outcome.ACCEPT, Outcome.REJECT, Outcome.REJECT)
    make_api_key(kept, "till 7", [Scope.SIGN_UPS], life=timedelta(days=30))
    make_api_key(kept, "billing", [Scope.LINES])
    rows = [
        sign_up(office, state, agent="till 9", made_at=office.counter.now().wall - timedelta(days=day))
        for day in range(9)
        for state in ("accepted", "accepted", "rejected", "waiting", "declined", "expired", "agreed", "open")
    ]
    rows += [sign_up(office, "rejected", reasons="match.refuted document.expired")]
    kept.store.write(office.operator, lambda transaction: transaction.add(SIGN_UP, *rows))
    return office


@pytest.mark.long
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_a_page(
    furnished: Office, browser: Chrome, axe: str, language: Language, scheme: str
) -> None:
    office = furnished
    dark(browser, scheme == "dark")
    signs = (Reason.PERSON_ASKED, Reason.DOCUMENT_SCREEN)
    cases = [office.refers(), office.refers(*signs, manner=Manner.PERSON)]
    _, text = invite(office.counter.kept(office.operator), "Wu Fan", {Role.REVIEWER})
    _, session = office.employs("Su Qin", *Role)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        # With all of its style.
        waits(browser, lambda driver: driver.execute_script("return document.readyState") == "complete")
        assert find(browser, "html").get_attribute("lang") == language
        wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not browser.execute_script(wide), f"{name} scrolls sideways"
        found[name] = [*violations(browser, axe), *too_small(browser)]

    enters_as(browser, office, "none", language)
    for path in ("/staff/enter", "/staff/invitation", "/staff/enter?operator=nowhere.example"):
        goes_to(browser, office.url + path)
        look(path)
    goes_to(browser, f"{office.url}/staff/invitation#{text}")
    find(browser, "button[value=codes]").click()
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, "svg.qr"))
    look("codes")
    find(browser, "input[name=code]").send_keys("1")
    for name in ("passphrase", "again"):
        find(browser, f"input[name={name}]").send_keys(PASSPHRASE)
    find(browser, "main button.primary").click()
    waits(browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, ".message.bad"))
    look("codes that are wrong")
    enters_as(browser, office, session, language)
    paths = [
        "/staff",
        "/staff/cases?told=kept",
        "/staff/cases?told=wrong&right=review.other_person",
        *(f"/staff/cases/{case}" for case in cases),
        "/staff/objections?told=upheld",
        "/staff/figures",
        "/staff/known-cases?told=removed",
        "/staff/privacy",
        "/staff/accounts?told=roles",
    ]
    for path in paths:
        goes_to(browser, office.url + path)
        for summary in browser.find_elements(By.CSS_SELECTOR, "summary"):
            summary.click()
        look(path)
    # On a phone.
    for path in paths:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True},
        )
        goes_to(browser, office.url + path)
        look(f"{path} on a phone")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    goes_to(browser, f"{office.url}/staff/accounts")
    find(browser, "form[action='/staff/accounts'] input[name=name]").send_keys("New One")
    find(browser, "form[action='/staff/accounts'] input[value=agent]").click()
    find(browser, "form[action='/staff/accounts'] > button").click()
    waits(browser, lambda driver: driver.find_elements(By.ID, "invitation-text"))
    look("an invitation")
    assert len(found) == 26
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def too_small(browser: Chrome) -> list[str]:
    """What is to be pressed and smaller than 44 by 44 pixels (WCAG 2.2, 2.5.5), but links in a sentence."""
    small: list[str] = browser.execute_script(
        """
        return [...document.querySelectorAll("a, button, input, select, textarea, summary")]
          .filter(part => part.checkVisibility() && !part.closest("p, .choice, .skip"))
          .map(part => [part.outerHTML.slice(0, 80), part.getBoundingClientRect()])
          .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
          .map(([markup, box]) => `${Math.round(box.width)} by ${Math.round(box.height)}: ${markup}`);
        """
    )
    return small
