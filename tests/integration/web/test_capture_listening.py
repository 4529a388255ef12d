"""Signing up for whoever listens to the page and goes through it by keys: what is read out, and the focus."""

from __future__ import annotations

import asyncio

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from tests.integration.web.capturing import Attempt, Shop, telephone, waits
from tests.integration.web.test_in_browser import no_complaints

from bonafide.privacy import Manner

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING
# Everything that a live region says from now on.
LISTENS = """
    const part = document.getElementById(arguments[0]);
    window.heard = [];
    new MutationObserver(() => heard.push(part.textContent)).observe(part, {childList: true});
"""


def listens(shop: Shop, part: str) -> None:
    shop.browser.execute_script(LISTENS, part)


def heard(shop: Shop) -> list[str]:
    return [each for each in shop.browser.execute_script("return window.heard") if each]


def test_whoever_skips_to_the_content_goes_on_there(shop: Shop) -> None:
    link = shop.link(AGREED)
    shop.opens(link)
    shop.sees("light")
    browser = shop.browser
    browser.execute_script("window.here = true; document.querySelector('.skip').focus()")
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    waits(browser, lambda driver: driver.switch_to.active_element.get_attribute("id") == "content")
    assert browser.current_url.endswith("/capture#content")
    # Nothing was loaded anew, and the link is the one that it was.
    assert browser.execute_script("return window.here")
    assert browser.execute_script("return Link.text()") == link
    shop.chooses_mode()
    shop.sees("document")
    # Loaded with that place in its address, it goes on as well; another link is another sign-up.
    browser.refresh()
    shop.sees("document")
    assert browser.execute_script("return Link.text()") == link
    shop.opens(other := shop.link())
    shop.sees("welcome")
    assert browser.execute_script("return Link.text()") == other
    assert "#" not in browser.current_url
    no_complaints(browser)


def test_each_movement_is_read_out_whatever_is_guided_meanwhile(shop: Shop) -> None:
    async def hurries(attempt: Attempt) -> None:
        await attempt.begins()
        await attempt.asks(0, "frontal", "look-straight", *["hold-still"] * 3)
        await attempt.asks(1, "turn-left", *["turn-more"] * 18)
        await attempt.asks(2, "nod", *["nod-more"] * 3)
        await attempt.asks(3, "closer", *["further", "closer"] * 2)
        await asyncio.sleep(0.1)
        await attempt.tells("checking")
        await attempt.ends("agreed", again=True)

    shop.live.scripts = [hurries]
    shop.to_the_face(shop.link(AGREED), mode="movement")
    listens(shop, "spoken")
    shop.does("face", "start")
    shop.sees("result")
    said = heard(shop)
    movements = ("Look straight ahead", "Turn your head to your left", "Nod slowly", "Come closer")
    assert [each for each in said if each in movements] == list(movements)
    # Where there is time for it, guidance follows; never that of a movement that is over.
    assert "A little further" in said[said.index(movements[1]) : said.index(movements[2])]
    assert said[said.index(movements[2]) :][1] != "A little further"
