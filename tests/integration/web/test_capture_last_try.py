"""The last try, too many of them, and a no after photographs: what is offered then goes, and is true."""

from __future__ import annotations

import asyncio

import pytest
from selenium.webdriver.common.by import By
from tests.integration.web.capturing import Attempt, Script, Shop, problem, refuses, telephone, waits
from tests.integration.web.conftest import OPERATOR
from tests.integration.web.test_in_browser import find

from bonafide.privacy import Manner
from bonafide.service.claim import Claims
from bonafide.service.sign_up import MOST_TRIES, SignUpState
from bonafide.service.sign_up_links import read_link
from bonafide.service.sign_ups import SignUps

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING


def uses_up(shop: Shop, link: str, tries: int) -> None:
    """Tries that nothing could be decided by."""
    claims = Claims(shop.office.counter, OPERATOR)
    for _ in range(tries):
        claims.let_go(claims.take(read_link(link, OPERATOR), None), ())


def without_a_face(shop: Shop) -> Script:
    """An attempt that takes a try, and ends as the service's does before whose camera nobody is."""

    async def ends(attempt: Attempt) -> None:
        await attempt.begins()
        await asyncio.to_thread(uses_up, shop, attempt.begun["link"], 1)
        await attempt.tells("checking")
        reasons = [{"code": "selfie.no_face", "sentence": "No face.", "advice": "Look here."}]
        told = {"state": "agreed", "outcome": None, "reasons": reasons, "tries_left": 0, "again": False}
        await attempt.tells("told", **told, receipt=None)
        await attempt.closes()

    return ends


def acts(shop: Shop) -> list[str | None]:
    buttons = shop.browser.find_elements(By.CSS_SELECTOR, "#trouble-acts button")
    return [button.get_attribute("data-do") for button in buttons]


def test_a_last_try_without_a_face_goes_to_a_person(shop: Shop) -> None:
    link = shop.link(AGREED)
    uses_up(shop, link, MOST_TRIES - 1)
    shop.live.scripts = [without_a_face(shop)]
    shop.to_the_face(link, mode="movement")
    shop.does("face", "start")
    shop.sees("result")
    assert "Tries left: 0" in find(shop.browser, "#screen-result").text
    shop.does("result", "person")
    shop.agrees()
    shop.does("photo", "shoot")
    shop.does("check", "use")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "A person takes a look"
    (made,) = SignUps(shop.office.counter, OPERATOR).page().sign_ups
    assert (made.state, made.manner, made.tries_left) == (SignUpState.WAITING, Manner.PERSON, 0)


def test_whoever_comes_back_without_a_try_left_is_told_so(shop: Shop) -> None:
    link = shop.link(AGREED)
    uses_up(shop, link, MOST_TRIES)
    shop.opens(link)
    shop.sees("trouble")
    assert find(shop.browser, "#trouble-title").text == "No try is left for the face check"
    assert acts(shop) == ["person", "again"]
    shop.does("trouble", "again")
    shop.does("trouble", "person")
    shop.agrees()
    shop.sees("document")


def test_where_nobody_else_can_be_asked_a_new_link_is_needed(shop: Shop) -> None:
    shop.live.scripts = [without_a_face(shop)]
    link = shop.link(AGREED)
    uses_up(shop, link, MOST_TRIES - 1)
    shop.to_the_face(link, mode="movement")
    # As for a purpose in which no person compares by the same link.
    shop.browser.execute_script(
        "const { show } = Result; Result.show = (told, facts, tried) => "
        "show(told, Object.assign({}, facts, {by_person: null}), tried)"
    )
    shop.does("face", "start")
    shop.sees("result")
    assert "Ask whoever gave you the link for a new one" in find(shop.browser, "#result-tries").text
    buttons = shop.browser.find_elements(By.CSS_SELECTOR, "#screen-result [data-do]")
    assert not [button for button in buttons if button.is_displayed()]


@pytest.mark.parametrize("declining", ["before", "after a try"])
def test_whoever_says_no_after_photographs_is_told_what_became_of_them(shop: Shop, declining: str) -> None:
    shop.live.scripts = [refuses("agreed", "selfie.too_dark", again=True)]
    shop.to_the_face(shop.link(AGREED), mode="movement")
    if declining == "after a try":
        shop.does("face", "start")
        shop.does("result", "person")
    else:
        shop.does("face", "person")
    shop.does("consent", "decline")
    shop.sees("trouble")
    assert find(shop.browser, "#trouble-title").text == "You did not agree"
    assert "nothing was photographed" not in find(shop.browser, "#trouble-words").text
    assert "No picture that was taken is kept" in find(shop.browser, "#trouble-words").text
    # In the page's memory neither: for a person, the document is photographed anew.
    shop.browser.refresh()
    shop.sees("welcome")
    assert "No picture that was taken is kept" in find(shop.browser, "#welcome-note").text
    shop.does("welcome", "person")
    shop.agrees()
    shop.sees("document")


def test_no_picture_outlives_a_no_in_the_page(shop: Shop) -> None:
    shop.to_the_face(shop.link(AGREED), mode="movement")
    shop.does("face", "person")
    shop.does("consent", "decline")
    shop.does("trouble", "person")
    shop.agrees()
    shop.sees("document")


@pytest.mark.parametrize("manner", [AGREED, Manner.PERSON])
def test_a_lock_is_told_with_what_can_be_done(shop: Shop, manner: Manner) -> None:
    if manner is AGREED:
        shop.live.scripts = [problem("too_many_attempts")]
        shop.to_the_face(shop.link(manner), mode="movement")
        shop.does("face", "start")
    else:
        shop.opens(shop.link(manner))
        shop.photographs()
        shop.browser.execute_script("Link.hand = async () => { throw new Problem('too_many_attempts'); }")
        shop.does("photo", "shoot")
        shop.does("check", "use")
    waits(shop.browser, lambda driver: find(driver, "#trouble-title").text == "Too many tries")
    words = find(shop.browser, "#trouble-words").text
    # In an hour this link is over: to try again is no advice.
    assert "new" in words
    assert "ry again" not in words
    assert ("An employee" in words) == (manner is AGREED)
    assert acts(shop) == (["person"] if manner is AGREED else [])
