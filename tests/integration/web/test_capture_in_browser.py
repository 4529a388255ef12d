"""Signing up on a telephone, all the way: by the face check, and by a person instead."""

from __future__ import annotations

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tests.integration.web.capturing import Shop, telephone, waits
from tests.integration.web.conftest import OPERATOR
from tests.integration.web.test_in_browser import find, no_complaints

from bonafide.privacy import Manner
from bonafide.service.sign_up import SignUp, SignUpState
from bonafide.service.sign_ups import SignUps

shop = telephone


def made_by(shop: Shop) -> SignUp:
    """How the only sign-up stands."""
    (sign_up,) = SignUps(shop.office.counter, OPERATOR).page().sign_ups
    return sign_up


def test_somebody_goes_all_the_way_by_the_face_check(shop: Shop) -> None:
    link = shop.link(return_address="https://shop.example/done")
    shop.opens(link)
    shop.sees("welcome")
    assert "#" not in shop.browser.current_url
    shop.does("welcome", "face")
    shop.sees("consent")
    assert OPERATOR in find(shop.browser, "#consent-operator").text
    assert not shop.browser.find_elements(By.CSS_SELECTOR, "#screen-consent input:checked")
    # Nothing goes on without an age and a tick of one's own.
    shop.does("consent", "agree")
    shop.reads("how old")
    assert made_by(shop).state is SignUpState.OPEN
    shop.agrees()
    shop.sees("light")
    assert made_by(shop).state is SignUpState.AGREED
    shop.does("light", "next")
    shop.reads("Please choose one")
    shop.chooses_mode()
    shop.browser.execute_script("testCamera.shape = 1.586")
    shop.photographs("card")
    shop.does("face", "start")
    shop.sees("live")
    waits(shop.browser, lambda driver: driver.find_elements(By.CSS_SELECTOR, "#screen-live.lit"))
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "Done: it is you"
    (attempt,) = shop.live.attempts
    assert attempt.begun["link"] == link
    assert (attempt.begun["mode"], attempt.begun["language"]) == ("light", "en")
    kinds = [sent.kind for sent in attempt.sent]
    assert kinds[:2] == [2, 3]
    assert set(kinds[2:]) == {1}
    frames = [sent for sent in attempt.sent if sent.kind == 1]
    assert {frame.size for frame in frames} == {(640, 480), (320, 240)}
    times = [frame.at for frame in frames]
    assert times == sorted(set(times))
    # No frame is older than the step that it answers, as the page has shown it.
    shown = dict(attempt.shown)
    assert sorted(shown) == list(range(7))
    assert all(frame.at >= shown[frame.step] for frame in frames)
    assert find(shop.browser, "#result-back").get_attribute("href") == "https://shop.example/done"
    assert (find(shop.browser, "#receipt").get_attribute("href") or "").startswith("blob:")
    assert find(shop.browser, "#receipt").get_attribute("download") == "receipt.json"
    assert find(shop.browser, "#mine").get_attribute("href") == f"{shop.office.url}/mine/enter#{link}"
    no_complaints(shop.browser)


def test_keys_of_the_keyboard_are_enough(shop: Shop) -> None:
    shop.opens(shop.link())
    shop.sees("welcome")
    browser = shop.browser

    def presses(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    # From the heading, which has the focus: the face check, agreeing, and the mode.
    presses(Keys.TAB, Keys.ENTER)
    shop.sees("consent")
    presses(Keys.TAB, Keys.SPACE)
    assert find(browser, "input[name=age]:checked").get_attribute("value") == "18-or-over"
    presses(Keys.TAB, Keys.SPACE, Keys.TAB, Keys.ENTER)
    shop.sees("light")
    presses(Keys.TAB, Keys.SPACE, Keys.TAB, Keys.ENTER)
    shop.sees("document")
    assert browser.switch_to.active_element.tag_name == "h1"


def test_somebody_is_compared_by_a_person(shop: Shop) -> None:
    link = shop.link()
    shop.opens(link)
    shop.does("welcome", "person")
    shop.reads("compared by a person")
    shop.agrees()
    shop.photographs("passport")
    shop.does("photo", "shoot")
    shop.does("check", "use")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "A person takes a look"
    assert made_by(shop).state is SignUpState.WAITING
    assert made_by(shop).manner is Manner.PERSON
    assert shop.live.attempts == []
    no_complaints(shop.browser)
    # What came of it is told again where the page is loaded again, though the link opens nothing any more.
    shop.browser.refresh()
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "A person takes a look"
