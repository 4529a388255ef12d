"""A network that is slow or hangs: what is said meanwhile, what is offered, and nothing that only waits."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from tests.integration.web.capturing import Attempt, Script, Shop, problem, telephone, waits
from tests.integration.web.conftest import OPERATOR, drawn_document
from tests.integration.web.test_capture_camera import hurries
from tests.integration.web.test_capture_listening import heard, listens
from tests.integration.web.test_in_browser import find

from bonafide.capture import read_picture
from bonafide.privacy import Manner
from bonafide.service.claim import Claims
from bonafide.service.sign_up_links import read_link
from bonafide.service.sign_ups import SignUps

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING
# What is asked for by POST, as a network that hangs leaves it: without an answer until nobody wants one.
HANGS = """
    window.real = window.fetch;
    const [hangs] = arguments;
    window.fetch = (address, asked) => String(address) !== hangs ? window.real(address, asked)
      : new Promise((_, reject) => asked.signal && asked.signal.addEventListener("abort", reject));
"""
# A wait of so many milliseconds takes fewer.
SOONER = """
    const real = window.setTimeout, [long, short] = arguments;
    window.setTimeout = (work, span) => real(work, span === long ? short : span);
"""


def held_up(seconds: float, then: Script | None = None) -> Script:
    """The document is on its way for so long; then the service has waited long enough, unless it is here."""

    async def waits_for_it(attempt: Attempt) -> None:
        while not attempt.begun:
            await attempt.takes()
        await attempt.tells("ready", mode=attempt.begun["mode"], seconds_left=100)
        await asyncio.sleep(seconds)
        if then is not None:
            await then(attempt)
            return
        await attempt.tells("problem", code="request_too_slow", title="Title", detail="Too slow.", advice="")
        await attempt.closes(4000)

    return waits_for_it


async def goes_on(attempt: Attempt) -> None:
    while not attempt.started:
        await attempt.takes()
    await attempt.asks(0, "frontal")
    await attempt.tells("checking")
    await attempt.ends("accepted", receipt="{}")


def large_file(folder: Path) -> Path:
    path, file = folder / "large.png", io.BytesIO()
    Image.effect_noise((2400, 1700), 60).save(file, "PNG")
    path.write_bytes(file.getvalue())
    return path


def test_a_document_that_does_not_get_through_is_sent_smaller_and_then_another_way_is_offered(
    shop: Shop, tmp_path: Path
) -> None:
    shop.opens(shop.link(AGREED))
    shop.camera("camera.error = 'NotFoundError'")
    shop.chooses_mode()
    shop.does("document", "passport")
    shop.does("trouble", "file")
    find(shop.browser, "#file").send_keys(str(large_file(tmp_path)))
    shop.does("check", "use")
    shop.camera("camera.error = null")
    shop.live.scripts = [held_up(2.5), held_up(2.5)]
    shop.does("face", "start")
    shop.sees("live")
    waits(shop.browser, lambda driver: find(driver, "#live-title").text == "Sending your document…")
    shop.sees("face")
    assert "did not get through in time" in find(shop.browser, "#face-note").text
    shop.does("face", "start")
    waits(shop.browser, lambda driver: find(driver, "#trouble-title").text == "The connection is slow")
    buttons = shop.browser.find_elements(By.CSS_SELECTOR, "#trouble-acts button")
    assert [button.get_attribute("data-do") for button in buttons] == ["again", "person", "phone"]
    shop.does("trouble", "again")
    shop.does("face", "start")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "Done: it is you"
    assert shop.live.attempts[-1].sent[0].size == (1600, 1133)


def test_what_leaves_is_a_sign_of_life(shop: Shop) -> None:
    shop.live.scripts = [held_up(3, goes_on)]
    shop.to_the_face(shop.link(AGREED), mode="movement")
    # Of half a minute's silence 1.2 seconds, while the document leaves for three.
    shop.browser.execute_script(SOONER, 30000, 1200)
    shop.browser.execute_script(
        "const began = performance.now();"
        "Object.defineProperty(WebSocket.prototype, 'bufferedAmount',"
        "  {get: () => Math.max(0, 4000000 - 1000 * (performance.now() - began))})"
    )
    shop.does("face", "start")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "Done: it is you"
    assert len(shop.live.attempts) == 1


def test_an_answer_that_is_lost_before_it_was_decided_is_not_said_to_have_been_shown(shop: Shop) -> None:
    async def goes(attempt: Attempt) -> None:
        await attempt.begins()
        await attempt.asks(0, "frontal")
        await attempt.tells("checking")
        await attempt.closes(1011)

    async def decided(attempt: Attempt) -> None:
        while not attempt.begun:
            await attempt.takes()
        pictures = read_picture(drawn_document()), read_picture(drawn_document())
        sign_ups = SignUps(shop.office.counter, OPERATOR)
        await asyncio.to_thread(sign_ups.submit, attempt.begun["link"], *pictures)
        await problem("link_over")(attempt)

    shop.office.told.number = None
    shop.live.scripts = [goes, decided]
    shop.to_the_face(shop.link(AGREED), mode="movement")
    hurries(shop)
    shop.does("face", "start")
    # Not decided yet when it was asked; decided when the next attempt is to begin.
    waits(shop.browser, lambda driver: "begins anew" in find(driver, "#face-note").text)
    shop.does("face", "start")
    waits(shop.browser, lambda driver: find(driver, "#trouble-title").text == "It was handed in")


def test_another_device_is_no_dead_end_while_the_network_hangs(shop: Shop) -> None:
    shop.opens(shop.link())
    shop.sees("welcome")
    shop.browser.execute_script(HANGS, "/capture/qr")
    shop.does("welcome", "phone")
    shop.does("phone", "here")
    shop.sees("welcome")
    shop.browser.execute_script(SOONER, 8000, 300)
    shop.does("welcome", "phone")
    shop.reads("try again")
    shop.browser.execute_script("window.fetch = window.real")
    shop.does("phone", "again")
    waits(shop.browser, lambda driver: find(driver, "#phone-code").size["width"] > 100)
    assert not find(shop.browser, "#screen-phone [data-do=again]").is_displayed()
    assert find(shop.browser, "#phone-state").text == "Waiting for the other device."


def test_that_the_other_device_has_begun_is_told_once(shop: Shop) -> None:
    link = shop.link(AGREED)
    shop.opens(link)
    shop.sees("light")
    hurries(shop)
    shop.camera("camera.error = 'NotFoundError'")
    shop.chooses_mode()
    shop.does("document", "passport")
    shop.does("trouble", "phone")
    waits(shop.browser, lambda driver: find(driver, "#phone-code").size["width"] > 100)
    listens(shop, "phone-state")
    time.sleep(1)
    assert heard(shop) == []
    # It was agreed to before: what shows is that somebody tries.
    Claims(shop.office.counter, OPERATOR).take(read_link(link, OPERATOR), None)
    shop.reads("The other device has begun")
    time.sleep(1)
    assert len(heard(shop)) == 1


def test_a_person_s_way_without_a_network_takes_no_focus_again_and_again(shop: Shop) -> None:
    shop.opens(shop.link(Manner.PERSON))
    shop.photographs()
    shop.does("photo", "shoot")
    shop.sees("check")
    hurries(shop)
    shop.browser.execute_script(
        "window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError('gone'));"
        "window.focused = []; document.addEventListener('focusin', (event) => focused.push(event.target.id));"
    )
    shop.does("check", "use")
    shop.sees("trouble")
    time.sleep(1.2)
    focused = shop.browser.execute_script("return focused.filter((id) => id.endsWith('-title'))")
    assert focused == ["busy-title", "trouble-title"]
    shop.browser.execute_script("window.fetch = window.real")
    shop.sees("result")
    assert find(shop.browser, "#result-title").text == "A person takes a look"


@contextmanager
def without(shop: Shop, script: str) -> Iterator[None]:
    """That script does not arrive."""
    commands = shop.browser.execute_cdp_cmd
    commands("Network.enable", {})
    commands("Network.setCacheDisabled", {"cacheDisabled": True})
    commands("Network.setBlockedURLs", {"urls": [f"*{script}*"]})
    try:
        yield
    finally:
        commands("Network.setBlockedURLs", {"urls": []})
        commands("Network.setCacheDisabled", {"cacheDisabled": False})


@pytest.mark.parametrize("script", ["capture-card.js", "capture.js"])
def test_a_script_that_does_not_arrive_is_told_and_loaded_again(shop: Shop, script: str) -> None:
    with without(shop, script):
        shop.opens(shop.link(AGREED))
        late = find(shop.browser, "#screen-loading .late")
        assert not late.is_displayed()
        timing = "return document.getAnimations().map((each) => each.effect.getTiming().delay)"
        assert shop.browser.execute_script(timing) == [15000]
        shop.browser.execute_script("for (const each of document.getAnimations()) each.finish()")
        assert late.is_displayed()
        assert "ask an employee" in late.text
        late.find_element(By.TAG_NAME, "button").click()
        waits(shop.browser, lambda driver: "again=" in driver.current_url)
        # The link goes with it, and once more.
        assert "#bfl/" in shop.browser.current_url
        shop.browser.execute_script("for (const each of document.getAnimations()) each.finish()")
    before = shop.browser.current_url
    find(shop.browser, "#screen-loading .late button").click()
    shop.sees("light")
    assert shop.browser.current_url.partition("=")[2] not in ("", before.partition("=")[2].partition("#")[0])
    shop.browser.get_log("browser")  # type: ignore[no-untyped-call]
