"""Another language, chosen midway: whatever is on the screen follows it, and what is read out as well."""

from __future__ import annotations

import pytest
from tests.integration.web.capturing import Shop, at_first_step, refuses, telephone, waits
from tests.integration.web.test_capture_failures import closes, offline
from tests.integration.web.test_in_browser import find

from bonafide.outcome import Reason
from bonafide.privacy import Manner, purposes
from bonafide.wording import Language, advice, sentence

# What may go wrong on the way; the way itself is not long (`test_capture_in_browser.py`).
pytestmark = pytest.mark.long

shop = telephone
AGREED = Manner.FACE_MATCHING
CHINESE = Language.CHINESE


def switches(shop: Shop) -> None:
    find(shop.browser, "#languages button:not([hidden])").click()


def reads(shop: Shop, selector: str, words: str | None) -> None:
    assert words
    waits(shop.browser, lambda driver: words in find(driver, selector).text)


def test_reasons_and_advice_follow(shop: Shop) -> None:
    shop.live.scripts = [
        refuses("agreed", "selfie.too_dark", "presence.doubtful", again=True),
        refuses("agreed", "document.blurred", "reason.of_tomorrow", again=True),
    ]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    shop.sees("result")
    for language in (Language.ENGLISH, CHINESE):
        for reason in (Reason.SELFIE_TOO_DARK, Reason.PRESENCE_DOUBTFUL):
            reads(shop, "#reasons", sentence(reason, language))
            reads(shop, "#reasons", advice(reason, language))
        if language is Language.ENGLISH:
            switches(shop)
    shop.does("result", "again")
    for language in (CHINESE, Language.ENGLISH):
        reads(shop, "#face-note", advice(Reason.SELFIE_TOO_DARK, language))
        switches(shop)
    shop.does("face", "start")
    shop.sees("result")
    # What this page has no words for keeps those of the service.
    reads(shop, "#reasons", "What reason.of_tomorrow says.")
    shop.does("result", "again")
    for language in (CHINESE, Language.ENGLISH):
        reads(shop, "#document-note", advice(Reason.DOCUMENT_BLURRED, language))
        switches(shop)


def test_the_words_of_the_purpose_follow_without_a_network(shop: Shop) -> None:
    notices = purposes()["sim-signup"].notices
    shop.opens(shop.link())
    shop.does("welcome", "face")
    shop.sees("consent")
    offline(shop, True)
    try:
        switches(shop)
        reads(shop, "#screen-consent", notices[CHINESE].why)
        assert notices[Language.ENGLISH].why not in find(shop.browser, "#screen-consent").text
        assert find(shop.browser, ".skip").get_attribute("textContent") == "跳到正文"
        assert find(shop.browser, "#languages").get_attribute("aria-label") == "语言"
    finally:
        offline(shop, False)
    shop.does("consent", "decline")
    for language in (CHINESE, Language.ENGLISH):
        reads(shop, "#trouble-told", notices[language].alternative)
        switches(shop)


def test_what_went_wrong_and_what_is_read_out_follow(shop: Shop) -> None:
    shop.opens(shop.link(AGREED))
    shop.sees("light")
    shop.camera("camera.permission = 'prompt'; camera.asks = true; camera.size = 0.6")
    shop.chooses_mode()
    shop.does("document", "passport")
    reads(shop, "#trouble-words", "choose “Allow”")
    switches(shop)
    reads(shop, "#trouble-words", "请选择“允许”")
    reads(shop, "#trouble-acts", "再询问一次")
    reads(shop, "#trouble-acts", "改为人工核对")
    shop.camera("camera.answer()")
    reads(shop, "#camera-guide", "请靠近一点")

    def spoken(words: str) -> None:
        waits(shop.browser, lambda driver: find(driver, "#spoken").get_attribute("textContent") == words)

    spoken("请靠近一点")
    switches(shop)
    spoken("Closer")
    assert find(shop.browser, "#camera-guide").text == "Closer"


def test_after_a_lost_network_the_note_follows(shop: Shop) -> None:
    shop.live.scripts = [at_first_step(closes)]
    shop.to_the_face(shop.link(AGREED))
    shop.does("face", "start")
    reads(shop, "#trouble-title", "No connection")
    switches(shop)
    reads(shop, "#trouble-title", "网络连接中断")
    reads(shop, "#face-note", "只需重新拍摄人脸")
