"""What goes wrong while somebody signs up, and the way on from there."""

from __future__ import annotations

import asyncio
import io
import re
import time
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from tests.integration.web.capturing import (
    Attempt,
    Shop,
    at_first_step,
    problem,
    refuses,
    stays,
    telephone,
    waits,
)
from tests.integration.web.conftest import drawn_document
from tests.integration.web.test_in_browser import find

from bonafide.capture import read_picture
from bonafide.outcome import Reason
from bonafide.privacy import Manner
from bonafide.service.sign_ups import SignUps
from bonafide.wording import Language, advice

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING


def title(shop: Shop) -> str:
    return find(shop.browser, "section:not([hidden]) > h1").text


def troubled(shop: Shop, words: str) -> None:
    """What went wrong is told, with its heading in focus and something to do about it."""
    waits(shop.browser, lambda driver: driver.find_element(By.ID, "trouble-title").text == words)
    focused = shop.browser.switch_to.active_element
    assert focused.get_attribute("id") == "trouble-title"
    assert len(find(shop.browser, "#trouble-words").text) > 30


async def closes(attempt: Attempt) -> None:
    await attempt.closes(1011)


def accepted(shop: Shop) -> None:
    shop.sees("result")
    assert title(shop) == "Done: it is you"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The camera is not allowed"),
        ("NotFoundError", "No camera found"),
        ("NotReadableError", "The camera is in use"),
    ],
)
def test_a_document_can_be_a_file_where_there_is_no_camera(
    shop: Shop, tmp_path: Path, error: str, words: str
) -> None:
    picture = tmp_path / "document.jpg"
    picture.write_bytes(drawn_document())
    wrong = tmp_path / "document.pdf"
    wrong.write_bytes(b"%PDF-1.7")
    shop.opens(shop.link(AGREED))
    shop.camera(f"camera.error = {error!r}")
    shop.chooses_mode()
    shop.does("document", "passport")
    troubled(shop, words)
    shop.does("trouble", "file")
    shop.sees("file")
    find(shop.browser, "#file").send_keys(str(wrong))
    waits(shop.browser, lambda driver: driver.find_element(By.ID, "file-wrong").is_displayed())
    find(shop.browser, "#file").send_keys(str(picture))
    shop.does("check", "use")
    # The face is never a file.
    shop.does("face", "start")
    troubled(shop, words)
    assert not shop.browser.find_elements(By.CSS_SELECTOR, "#screen-trouble [data-do=file]")
    assert shop.browser.find_elements(By.CSS_SELECTOR, "#screen-trouble [data-do=person]")
    assert shop.browser.find_elements(By.CSS_SELECTOR, "#screen-trouble [data-do=phone]")
    assert shop.live.attempts == []
    # It is allowed after all.
    shop.camera("camera.error = null")
    shop.does("trouble", "again")
    shop.does("face", "start")
    accepted(shop)


def test_whoever_is_asked_for_the_camera_may_choose_a_file_instead(shop: Shop, tmp_path: Path) -> None:
    picture = tmp_path / "document.jpg"
    picture.write_bytes(drawn_document())
    shop.opens(shop.link(AGREED))
    shop.camera("camera.asks = true")
    shop.chooses_mode()
    shop.does("document", "passport")
    shop.sees("camera")
    assert not find(shop.browser, "#screen-camera [data-do=shoot]").is_displayed()
    shop.does("camera", "file")
    shop.sees("file")
    # Wherever the button is touched, it opens.
    assert find(shop.browser, "#file").size["width"] > 250
    find(shop.browser, "#file").send_keys(str(picture))
    shop.sees("check")
    # It was allowed after all, too late: nobody films what nobody asked for any more.
    shop.camera("camera.answer()")
    waits(shop.browser, lambda _: shop.camera("return camera.track && camera.track.readyState") == "ended")
    assert shop.browser.execute_script("return document.getElementById('camera-video').srcObject") is None
    shop.does("check", "use")
    shop.sees("face")


def test_a_browser_without_any_camera_is_told_so(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.browser.execute_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    shop.chooses_mode()
    shop.does("document", "passport")
    troubled(shop, "No camera found")
    shop.does("trouble", "phone")
    waits(shop.browser, lambda driver: find(driver, "#phone-code").size["width"] > 100)
    # Whoever stays has loaded nothing anew.
    shop.does("phone", "here")
    shop.sees("document")
    assert not find(shop.browser, "#document-note").is_displayed()


def test_a_camera_that_is_lost_midway_is_asked_for_again(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.camera("camera.light = 0.1")
    shop.chooses_mode()
    shop.does("document", "card")
    waits(shop.browser, lambda driver: find(driver, "#camera-guide").text == "More light, please")
    shop.camera("camera.track.vanish()")
    troubled(shop, "The camera was lost")
    shop.camera("camera.light = 1; camera.shape = 1.586")
    shop.does("trouble", "again")
    shop.does("check", "use")
    # The front is kept; of the back, there is none.
    waits(shop.browser, lambda driver: find(driver, "#camera-title").text == "Back of your card")
    shop.does("camera", "skip")
    shop.live.scripts = [at_first_step(stays)]
    shop.does("face", "start")
    shop.sees("live")
    waits(shop.browser, lambda _: shop.live.attempts[0].shown)
    shop.camera("camera.track.vanish()")
    troubled(shop, "The camera was lost")
    waits(shop.browser, lambda _: shop.live.attempts[0].ended)
    shop.does("trouble", "again")
    shop.does("face", "start")
    accepted(shop)
    assert [[sent.kind for sent in attempt.sent].count(2) for attempt in shop.live.attempts] == [1, 1]


def test_a_camera_that_is_unplugged_or_switched_is_noticed(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.camera("camera.size = 0.5; camera.shape = 1.586")
    shop.chooses_mode()
    shop.does("document", "card")
    waits(shop.browser, lambda driver: find(driver, "#camera-guide").text == "Closer")
    # Another one of two.
    shop.does("camera", "swap")
    waits(shop.browser, lambda _: len(shop.camera("return camera.opened")) == 2)
    assert shop.camera("return camera.opened")[1]["deviceId"] == {"exact": "front"}
    waits(shop.browser, lambda driver: find(driver, "#camera-guide").text == "Closer")
    shop.camera("camera.cameras = ['third']; navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    troubled(shop, "The camera was lost")


def test_a_page_that_is_loaded_again_goes_on(shop: Shop) -> None:
    shop.to_the_face(shop.link(AGREED), mode="movement")
    shop.browser.refresh()
    # Neither the link nor what was agreed to and chosen is asked for again; the document is, and says why.
    shop.sees("document")
    assert "taken" not in title(shop)
    assert "loaded anew" in find(shop.browser, "#document-note").text
    shop.photographs()
    shop.does("face", "start")
    accepted(shop)
    assert shop.live.attempts[0].begun["mode"] == "movement"


def test_a_page_that_is_loaded_again_in_the_face_step_ends_that_attempt(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(stays)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    waits(shop.browser, lambda _: shop.live.attempts and shop.live.attempts[0].shown)
    shop.browser.refresh()
    shop.photographs()
    waits(shop.browser, lambda _: shop.live.attempts[0].ended)
    shop.does("face", "start")
    accepted(shop)


def test_a_link_that_is_open_elsewhere_says_so_and_can_be_tried_again(shop: Shop) -> None:
    shop.live.scripts = [problem("in_progress")]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    troubled(shop, "Open somewhere else")
    shop.does("trouble", "again")
    shop.does("face", "start")
    accepted(shop)


def test_a_link_that_is_over_unknown_or_none_says_where_to_get_another(shop: Shop) -> None:
    link = shop.link()
    shop.browser.get(f"{shop.office.url}/capture")
    troubled(shop, "The link is missing")
    for wrong in (re.sub(r"[^/]{43}$", "A" * 43, link), "bfl/nowhere.example/x/y", "nonsense"):
        shop.opens(wrong)
        troubled(shop, "This link is used or has run out")
    # Of one that is used before its time, this tab knows that something came of it.
    shop.opens(link)
    shop.does("welcome", "phone")
    shop.office.told.number = None
    with shop.office.client() as other:
        other.headers["Authorization"] = f"Bearer {link}"
        shown = other.get("/v1/capture").json()
        words = {"version": shown["version"], "language": shown["language"], "age": "18-or-over"}
        assert other.post("/v1/capture/consent", json=words).status_code == 200
        waits(shop.browser, lambda driver: "The other device has begun" in find(driver, "#phone-state").text)
        pictures = {name: ("p.jpg", drawn_document(), "image/jpeg") for name in ("document", "selfie")}
        assert other.post("/v1/capture/pictures", files=pictures).json()["state"] == "accepted"
    troubled(shop, "This is done")


def offline(shop: Shop, wanted: bool) -> None:
    shop.browser.execute_cdp_cmd("Network.enable", {})
    throughput = 0 if wanted else -1
    shop.browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {
            "offline": wanted,
            "latency": 0,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        },
    )


def test_a_network_that_goes_and_comes_back_costs_only_the_face_step(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(closes)]
    shop.to_the_face(shop.link(AGREED))
    offline(shop, True)
    try:
        # The socket opens over what is left of it, or not at all: either way nothing is lost.
        shop.does("face", "start")
        troubled(shop, "No connection")
        time.sleep(1)
        assert title(shop) == "No connection"
    finally:
        offline(shop, False)
    shop.sees("face")
    assert "begins anew" in find(shop.browser, "#face-note").text
    shop.live.scripts = [at_first_step(closes)]
    shop.does("face", "start")
    shop.sees("live")
    # Closed midway, and there again at once.
    waits(shop.browser, lambda driver: driver.find_element(By.ID, "screen-face").is_displayed())
    assert "begins anew" in find(shop.browser, "#face-note").text
    shop.does("face", "start")
    accepted(shop)
    # The document was photographed once.
    assert shop.camera("return camera.opened.filter(each => each.facingMode === 'environment').length") == 1
    assert [sent.kind for sent in shop.live.attempts[-1].sent].count(2) == 1


def test_an_answer_that_is_lost_on_its_way_is_said_to_be(shop: Shop) -> None:
    async def decides(attempt: Attempt) -> None:
        await attempt.tells("checking")
        pictures = read_picture(drawn_document()), read_picture(drawn_document())
        sign_ups = SignUps(shop.office.counter, shop.office.operator)
        await asyncio.to_thread(sign_ups.submit, attempt.begun["link"], *pictures)
        await attempt.closes(1011)

    shop.office.told.number = None
    shop.live.scripts = [at_first_step(decides)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    troubled(shop, "It was handed in")
    shop.browser.refresh()
    troubled(shop, "It was handed in")


def test_a_picture_that_cannot_be_opened_is_taken_again(shop: Shop) -> None:
    shop.live.scripts = [problem("picture_unreadable")]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    troubled(shop, "A picture could not be opened")
    shop.does("trouble", "again")
    shop.sees("document")
    assert not find(shop.browser, "#document-note").is_displayed()


def test_a_service_that_falls_silent_is_not_waited_for(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(stays)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    shop.sees("live")
    waits(shop.browser, lambda driver: driver.find_element(By.ID, "screen-face").is_displayed())
    assert "begins anew" in find(shop.browser, "#face-note").text
    waits(shop.browser, lambda _: shop.live.attempts[0].ended)


def test_after_a_minute_without_a_network_it_is_tried_when_asked_to(shop: Shop) -> None:
    shop.opens(shop.link())
    shop.sees("welcome")
    offline(shop, True)
    try:
        shop.does("welcome", "face")
        shop.agrees()
        troubled(shop, "No connection")
        shop.browser.execute_script("const now = performance.now(); performance.now = () => now + 61000")
        troubled(shop, "Still no connection")
    finally:
        offline(shop, False)
    shop.does("trouble", "again")
    shop.sees("light")


def test_a_busy_service_is_tried_again(shop: Shop) -> None:
    shop.live.scripts = [problem("busy", 1013), problem("busy", 1013)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    troubled(shop, "Many people at once")
    shop.does("trouble", "again")
    troubled(shop, "Many people at once")
    accepted(shop)  # by itself
    assert len(shop.live.attempts) == 3


def test_a_tab_that_is_left_begins_the_face_step_anew(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(stays)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    waits(shop.browser, lambda _: shop.live.attempts and shop.live.attempts[0].shown)
    shop.browser.execute_script(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'));"
        "delete document.hidden"
    )
    shop.sees("face")
    assert "was left" in find(shop.browser, "#face-note").text
    waits(shop.browser, lambda _: shop.live.attempts[0].ended)
    assert shop.camera("return camera.track.readyState") == "ended"
    shop.does("face", "start")
    accepted(shop)


def test_the_face_step_can_be_stopped_and_its_mode_changed(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(stays)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    shop.sees("live")
    # What lies behind what covers the screen takes no focus.
    assert not find(shop.browser, "#languages button:not([hidden])").is_displayed()
    shop.does("live", "stop")
    shop.sees("face")
    assert "Stopped" in find(shop.browser, "#face-note").text
    shop.does("face", "mode")
    shop.chooses_mode("movement")
    shop.does("face", "start")
    accepted(shop)
    assert [attempt.begun["mode"] for attempt in shop.live.attempts] == ["light", "movement"]


def test_after_two_tries_in_vain_a_person_comes_first(shop: Shop) -> None:
    shop.live.scripts = [
        refuses("agreed", "selfie.too_dark", again=True),
        refuses("agreed", "document.blurred", again=True),
    ]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    shop.sees("result")
    assert title(shop) == "Not yet"
    too_dark = advice(Reason.SELFIE_TOO_DARK, Language.ENGLISH) or ""
    blurred = advice(Reason.DOCUMENT_BLURRED, Language.ENGLISH) or ""
    assert too_dark in find(shop.browser, "#reasons").text
    buttons = "#screen-result [data-do]"
    names = [each.get_attribute("data-do") for each in shop.browser.find_elements(By.CSS_SELECTOR, buttons)]
    assert names == ["again", "person"]
    # The face alone is filmed again, where nothing was wrong with the document.
    shop.does("result", "again")
    shop.sees("face")
    assert too_dark in find(shop.browser, "#face-note").text
    shop.does("face", "start")
    shop.sees("result")
    names = [each.get_attribute("data-do") for each in shop.browser.find_elements(By.CSS_SELECTOR, buttons)]
    assert names == ["person", "again"]
    shop.does("result", "again")
    shop.sees("document")
    assert blurred in find(shop.browser, "#document-note").text


def test_where_no_try_is_left_a_person_is(shop: Shop) -> None:
    shop.live.scripts = [refuses("agreed", "selfie.no_face")]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    shop.sees("result")
    assert title(shop) == "Not yet"
    assert not find(shop.browser, "#screen-result [data-do=again]").is_displayed()
    shop.does("result", "person")
    shop.sees("consent")


def test_too_many_attempts_offer_a_person(shop: Shop) -> None:
    shop.live.scripts = [problem("too_many_attempts")]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    troubled(shop, "Too many tries")
    shop.does("trouble", "person")
    shop.sees("consent")
    assert "compared by a person" in title(shop)


def test_whoever_declines_has_the_other_way(shop: Shop) -> None:
    shop.opens(shop.link())
    shop.does("welcome", "face")
    shop.does("consent", "decline")
    troubled(shop, "You did not agree")
    shop.browser.refresh()
    shop.sees("welcome")
    assert not find(shop.browser, "#way-face").is_displayed()
    shop.does("welcome", "person")
    shop.agrees()
    shop.sees("document")


def test_a_language_chosen_midway_loses_nothing(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.chooses_mode()
    shop.does("document", "passport")
    shop.sees("check")
    pixels = "return document.getElementById('shot').toDataURL()"
    before = shop.browser.execute_script(pixels)
    find(shop.browser, "#languages button:not([hidden])").click()
    waits(shop.browser, lambda _: title(shop) == "内容都清楚吗？")
    assert find(shop.browser, "html").get_attribute("lang") == "zh-Hans"
    assert shop.browser.execute_script(pixels) == before
    shop.does("check", "use")
    shop.does("face", "start")
    shop.sees("result")
    assert shop.live.attempts[0].begun["language"] == "zh-Hans"
    shop.opens(shop.link())
    shop.sees("welcome")
    assert title(shop) == "本人核验"
    shop.does("welcome", "face")
    find(shop.browser, "#languages button:not([hidden])").click()
    waits(shop.browser, lambda _: title(shop) == "Signing up for a mobile line")
    shop.agrees()
    shop.sees("light")


def test_reduced_motion_chooses_movements_only(shop: Shop) -> None:
    shop.browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    assert find(shop.browser, "input[name=mode]:checked").get_attribute("value") == "movement"
    shop.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_picture_of_any_size_is_handed_in_small_enough(shop: Shop, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    file = io.BytesIO()
    Image.effect_noise((5000, 3500), 60).save(file, "PNG")
    large.write_bytes(file.getvalue())
    assert len(file.getvalue()) > 8_000_000
    shop.opens(shop.link(AGREED))
    shop.camera("camera.error = 'NotFoundError'")
    shop.chooses_mode()
    shop.does("document", "passport")
    shop.does("trouble", "file")
    find(shop.browser, "#file").send_keys(str(large))
    shop.does("check", "use")
    shop.camera("camera.error = null")
    shop.does("face", "start")
    accepted(shop)
    assert shop.live.attempts[0].sent[0].size == (3000, 2100)
