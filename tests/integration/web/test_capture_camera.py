"""A browser that asks whether the page may use the camera, and a customer who does not answer, closes the
question, or goes another way meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from tests.browser import new_browser
from tests.integration.web.capturing import Attempt, Shop, open_shop, telephone, waits
from tests.integration.web.test_in_browser import find

from bonafide.privacy import Manner
from bonafide.store import Store

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING
ASKS = "camera.permission = 'prompt'; camera.asks = true"


def troubled(shop: Shop, code: str, *acts: str) -> None:
    """Told with the heading in focus, read out whole, and with so many ways on."""
    shop.finds(f"#screen-trouble:not([hidden]) #trouble-title[data-t='capture_trouble.{code}']")
    assert shop.browser.switch_to.active_element.get_attribute("id") == "trouble-title"
    spoken = find(shop.browser, "#spoken")
    assert spoken.get_attribute("aria-live") == "polite"
    assert spoken.get_attribute("textContent") == find(shop.browser, "#trouble-words").text
    buttons = shop.browser.find_elements(By.CSS_SELECTOR, "#trouble-acts button")
    assert tuple(button.get_attribute("data-do") for button in buttons) == acts


def closed(shop: Shop) -> None:
    """The question is closed without an answer: the browser refuses, and may be asked again."""
    shop.camera("camera.error = 'NotAllowedError'; camera.answer()")
    shop.finds("#trouble-title[data-t='capture_trouble.camera_dismissed']")
    shop.camera("camera.error = null")


def asked(shop: Shop) -> int:
    return int(shop.camera("return camera.opened.length"))


def has_asked(shop: Shop, count: int, _: object) -> bool:
    return asked(shop) == count


def hurries(shop: Shop) -> None:
    """What the page waits for takes a tenth of its time."""
    shop.browser.execute_script("const { pause } = Screens; Screens.pause = (span) => pause(span / 10)")


def test_a_question_about_the_document_that_stays_unanswered_says_what_to_do(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.camera(ASKS)
    shop.chooses_mode()
    shop.does("document", "passport")
    troubled(shop, "camera_asked", "again", "file", "person", "phone")
    # Asked again, and answered after all: once for both.
    shop.does("trouble", "again")
    waits(shop.browser, lambda _: asked(shop) == 2)
    troubled(shop, "camera_asked", "again", "file", "person", "phone")
    closed(shop)
    troubled(shop, "camera_dismissed", "again", "file", "person", "phone")
    shop.does("trouble", "again")
    troubled(shop, "camera_asked", "again", "file", "person", "phone")
    shop.camera("camera.answer()")
    shop.does("check", "use")
    shop.sees("face")
    assert find(shop.browser, "#spoken").get_attribute("textContent") == ""


def test_a_question_about_the_face_opens_no_session_before_it_is_answered(shop: Shop) -> None:
    shop.to_the_face(shop.link(AGREED))
    shop.camera(ASKS)
    hurries(shop)
    shop.does("face", "start")
    troubled(shop, "camera_asked", "again", "person", "phone")
    closed(shop)
    troubled(shop, "camera_dismissed", "again", "person", "phone")
    assert shop.live.attempts == []
    shop.does("trouble", "again")
    troubled(shop, "camera_asked", "again", "person", "phone")
    assert shop.live.attempts == []
    shop.camera("camera.answer()")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "Done: it is you"
    assert len(shop.live.attempts) == 1


def test_whoever_would_rather_not_allow_it_goes_to_a_person(shop: Shop) -> None:
    shop.to_the_face(shop.link(AGREED))
    shop.camera(ASKS)
    hurries(shop)
    shop.does("face", "start")
    shop.does("trouble", "person")
    shop.sees("consent")
    # Allowed too late: nobody is filmed.
    shop.camera("camera.answer()")
    waits(shop.browser, lambda _: shop.camera("return camera.track.readyState") == "ended")
    shop.agrees()
    # The photo that a person compares is asked for in the same way, or is a file.
    troubled(shop, "camera_asked", "again", "file", "phone")
    shop.does("trouble", "file")
    shop.sees("file")
    assert shop.live.attempts == []


def test_a_camera_that_is_allowed_and_does_not_come_is_not_waited_for(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.camera("camera.asks = true")
    hurries(shop)
    shop.chooses_mode()
    shop.does("document", "passport")
    troubled(shop, "camera_slow", "again", "file", "person", "phone")
    # It comes after all, and is taken.
    shop.camera("camera.answer()")
    shop.sees("check")


@pytest.mark.parametrize("safari", [False, True])
def test_one_that_is_blocked_is_another_matter(shop: Shop, safari: bool) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.camera("camera.permission = 'denied'; camera.error = 'NotAllowedError'")
    if safari:
        shop.browser.execute_script("Object.defineProperty(navigator, 'permissions', {value: undefined})")
    shop.chooses_mode()
    shop.does("document", "passport")
    troubled(shop, "camera_refused", "again", "file", "person", "phone")


def test_chromium_itself_says_that_its_question_was_closed(small_store: Store, tmp_path: Path) -> None:
    """What the drawn camera stands for, without it."""
    with (
        new_browser(tmp_path / "profile", "--use-fake-device-for-media-stream") as browser,
        open_shop(small_store, tmp_path, browser) as shop,
    ):
        permission = {"permission": {"name": "camera"}, "origin": shop.office.url}
        browser.execute_cdp_cmd("Browser.setPermission", {**permission, "setting": "prompt"})
        shop.opens(shop.link(AGREED))
        shop.chooses_mode()
        shop.does("document", "passport")
        troubled(shop, "camera_dismissed", "again", "file", "person", "phone")
        browser.execute_cdp_cmd("Browser.setPermission", {**permission, "setting": "denied"})
        shop.does("trouble", "again")
        troubled(shop, "camera_refused", "again", "file", "person", "phone")
        browser.execute_cdp_cmd("Browser.setPermission", {**permission, "setting": "granted"})
        shop.does("trouble", "again")
        waits(browser, lambda driver: find(driver, "#screen-camera [data-do=shoot]").is_displayed())
        browser.get("about:blank")


def test_every_camera_is_come_to_and_those_that_look_away_first(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.camera("camera.cameras = ['wide', 'self', 'tele', 'plain']; camera.size = 0.5")
    shop.camera(
        "camera.labels = {wide: 'Back Ultra Wide Camera', self: 'Front Camera', tele: '后置长焦相机'}"
    )
    shop.chooses_mode()
    shop.does("document", "passport")
    for count in range(1, 6):
        waits(shop.browser, partial(has_asked, shop, count))
        shop.does("camera", "swap")
    waits(shop.browser, partial(has_asked, shop, 6))
    opened = shop.camera("return camera.opened.map(each => each.deviceId && each.deviceId.exact)")
    assert opened == [None, "tele", "plain", "self", "wide", "tele"]


def test_what_happens_to_a_device_while_it_is_decided_loses_nothing(shop: Shop) -> None:
    decided = threading.Event()

    async def decides(attempt: Attempt) -> None:
        await attempt.begins()
        await attempt.asks(0, "frontal")
        await attempt.tells("checking")
        while not decided.is_set():
            await asyncio.sleep(0.05)
        await attempt.ends("accepted", receipt="{}")

    shop.live.scripts = [decides]
    shop.to_the_face(shop.link(AGREED), mode="movement")
    shop.does("face", "start")
    shop.finds("#busy-title[data-t='capture_busy.checking']")
    shop.camera("camera.cameras = []; navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    shop.camera("camera.track.dispatchEvent(new Event('ended'))")
    time.sleep(0.3)
    assert find(shop.browser, "#screen-busy").is_displayed()
    decided.set()
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "Done: it is you"


def test_a_screen_is_kept_awake_again_once_it_is_seen_again(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.browser.execute_script(
        "window.asked = 0; Object.defineProperty(navigator, 'wakeLock', {value: {request: async () => {"
        "  window.asked += 1; return {release: async () => {}}}}})"
    )
    shop.camera("camera.size = 0.5")
    shop.chooses_mode()
    shop.does("document", "passport")
    waits(shop.browser, lambda driver: driver.execute_script("return window.asked") == 1)
    shop.browser.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    waits(shop.browser, lambda driver: driver.execute_script("return window.asked") == 2)
    shop.does("camera", "file")
    shop.sees("file")
    shop.browser.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    assert shop.browser.execute_script("return window.asked") == 2
