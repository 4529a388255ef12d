"""Customers' pages on a telephone: from the link of a sign-up to the end, and usable by everybody."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from tests.browser import dark, goes_to, violations
from tests.integration.web.conftest import OPERATOR, Office
from tests.integration.web.test_customers_pages import NUMBER, OTHERS, asked, line_of
from tests.integration.web.test_in_browser import find, is_at, no_complaints, too_small, waits

from bonafide.evidence import parse_receipt
from bonafide.evidence.log import integrate
from bonafide.privacy.kept_line import LineRow
from bonafide.service.lines import Lines
from bonafide.service.objections import Objections
from bonafide.store.line_tables import LINE
from bonafide.web.cookies import Cookie
from bonafide.web.words import said
from bonafide.wording import Language


@pytest.fixture
def phone(browser: Chrome) -> Iterator[Chrome]:
    """As wide as a telephone, with an authenticator that holds nothing yet."""
    browser.remove_all_credentials()
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def shows(browser: Chrome, words: str) -> None:
    waits(browser, lambda driver: words in driver.find_element(By.ID, "content").text)


def presses(browser: Chrome, selector: str) -> None:
    def pressed(driver: Chrome) -> bool:
        part = find(driver, selector)
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
        part.click()
        return True

    waits(browser, pressed)


def by_passkey(browser: Chrome, office: Office) -> None:
    goes_to(browser, f"{office.url}/mine/enter")
    waits(browser, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    presses(browser, "#passkey button")


@pytest.mark.parametrize(("path", "field"), [("/mine/enter", "given"), ("/staff/invitation", "invitation")])
def test_the_place_that_is_skipped_to_is_no_link(
    small_office: Office, phone: Chrome, path: str, field: str
) -> None:
    goes_to(phone, f"{small_office.url}{path}#content")
    part = find(phone, f"#{field}")
    assert part.is_displayed()
    assert part.get_attribute("value") == ""
    assert phone.current_url.endswith("#content")


def test_a_customer_goes_all_the_way(small_office: Office, phone: Chrome) -> None:
    office = small_office
    link = office.accepts(NUMBER)
    phone.get(f"{office.url}/mine/enter#{link}")
    waits(phone, lambda driver: driver.find_element(By.ID, "ready").is_displayed())
    assert "#" not in phone.current_url
    assert not find(phone, "#given-part").is_displayed()
    presses(phone, "form[action='/mine/enter'] button")
    is_at(phone, "/mine")
    shows(phone, "Number ending in 0001")
    presses(phone, "#content a[href='/mine/passkeys']")
    is_at(phone, "/mine/passkeys")
    waits(phone, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    presses(phone, "#passkey button")
    is_at(phone, "/mine/passkeys?told=made")
    # The device has one: it makes no second.
    waits(phone, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    presses(phone, "#passkey button")
    waits(phone, lambda driver: "No passkey was made" in driver.find_element(By.ID, "told").text)
    presses(phone, "form[action='/mine/leave'] button")
    is_at(phone, "/mine/enter?told=left")
    by_passkey(phone, office)
    is_at(phone, "/mine")
    shows(phone, "Number ending in 0001")
    presses(phone, ".ask summary")
    presses(phone, ".ask button")
    is_at(phone, "/mine?told=objected")
    shows(phone, "A person decides by")
    presses(phone, "nav a[href='/mine/consents']")
    is_at(phone, "/mine/consents")
    presses(phone, ".ask summary")
    presses(phone, ".ask button")
    shows(phone, "A line is still in your name")
    Lines(office.counter, OPERATOR).end(line_of(office).id)
    phone.get(f"{office.url}/mine/data")
    presses(phone, "#content a[href='/mine/erase']")
    shows(phone, "This stays")
    presses(phone, "input[name=sure]")
    presses(phone, "form[action='/mine/erase'] button")
    shows(phone, "you are out")
    address = find(phone, "a[download]").get_attribute("href") or ""
    claims = json.loads(base64.b64decode(address.partition(",")[2]))["claims"]
    assert "customer-passkey: 1" in claims["erased"]
    assert parse_receipt(base64.b64decode(address.partition(",")[2]))
    assert phone.get_cookie(Cookie.CUSTOMER.value) is None
    by_passkey(phone, office)
    waits(phone, lambda driver: "opens nothing here" in driver.find_element(By.ID, "told").text)
    told = [entry["message"] for entry in phone.get_log("browser")]  # type: ignore[no-untyped-call]
    # The answer that is refused is the only complaint.
    assert [
        message for message in told if "/mine/enter/passkey" not in message and "[DOM]" not in message
    ] == []


def test_a_code_is_all_that_is_typed(small_office: Office, phone: Chrome) -> None:
    small_office.accepts(NUMBER)
    code = asked(small_office)
    phone.get(f"{small_office.url}/mine/enter#{code.request}")
    waits(phone, lambda driver: driver.switch_to.active_element.get_attribute("id") == "code")
    assert not find(phone, "#given-part").is_displayed()
    find(phone, "#code").send_keys(code.code)
    presses(phone, "form[action='/mine/enter'] button")
    is_at(phone, "/mine")
    shows(phone, "Number ending in 0001")
    no_complaints(phone)


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", Language)
def test_nothing_keeps_a_customer_from_using_a_page(  # noqa: PLR0915 - a walk
    small_office: Office, phone: Chrome, axe: str, language: Language, scheme: str
) -> None:
    office = small_office
    dark(phone, scheme == "dark")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        waits(phone, lambda driver: driver.execute_script("return document.readyState") == "complete")
        assert find(phone, "html").get_attribute("lang") == language
        for summary in phone.find_elements(By.CSS_SELECTOR, "details:not([open]) > summary"):
            phone.execute_script("arguments[0].parentElement.open = true", summary)
        wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not phone.execute_script(wide), f"{name} scrolls sideways"
        found[name] = [*violations(phone, axe), *too_small(phone)]

    def goes(path: str) -> None:
        phone.get(office.url + path)
        look(path)

    phone.get(f"{office.url}/mine/enter")
    phone.add_cookie({"name": Cookie.LANGUAGE.value, "value": language.value, "sameSite": "Strict"})
    goes("/mine/enter?told=over")
    phone.get(f"{office.url}/mine/enter#bfl/x")
    presses(phone, "form[action='/mine/enter'] button")
    shows(phone, said("coming.wrong", language))
    look("a link that opens nothing")
    link = office.accepts(NUMBER)
    office.accepts(OTHERS)
    phone.add_cookie({"name": Cookie.CUSTOMER.value, "value": office.customer(link), "sameSite": "Strict"})
    integrate(office.counter.store, OPERATOR, office.counter.signer, office.counter.now().wall)
    goes("/mine")
    goes("/mine/decisions")
    goes("/mine/consents")
    goes("/mine/data")
    goes("/mine/erase")
    phone.get(f"{office.url}/mine/passkeys")
    waits(phone, lambda driver: driver.find_element(By.CSS_SELECTOR, "#passkey button").is_displayed())
    presses(phone, "#passkey button")
    is_at(phone, "/mine/passkeys?told=made")
    look("a passkey")
    with office.counter.store.read(OPERATOR) as transaction:
        rows = {row.number_index: row.id for row in transaction.all(LineRow, LINE)}
    lines = Lines(office.counter, OPERATOR)
    objects_to = rows[lines.number_index(OTHERS)]
    phone.get(f"{office.url}/mine")
    presses(phone, f"details:has(form[action='/mine/lines/{objects_to}/object']) > summary")
    presses(phone, f"form[action='/mine/lines/{objects_to}/object'] button")
    is_at(phone, "/mine?told=objected")
    lines.end(rows[lines.number_index(NUMBER)])
    goes("/mine?told=ended")
    assert len(Objections(office.counter, OPERATOR).waiting()) == 1
    goes("/mine/erase?once=more")
    phone.get(f"{office.url}/mine/consents")
    presses(phone, ".ask summary")
    presses(phone, ".ask button")
    shows(phone, said("withdrawn.title", language))
    look("withdrawn")
    phone.get(f"{office.url}/mine/erase")
    presses(phone, "input[name=sure]")
    presses(phone, "form[action='/mine/erase'] button")
    shows(phone, said("erased.done", language))
    look("erased")
    goes("/mine/enter?operator=nowhere.example")
    assert len(found) == 13
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
