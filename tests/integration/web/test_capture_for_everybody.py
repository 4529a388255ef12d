"""Nothing keeps anybody from signing up: every screen, in both languages, light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from tests.browser import dark, violations
from tests.integration.web.capturing import Shop, telephone, walk
from tests.integration.web.test_in_browser import no_complaints, too_small

from bonafide.web.cookies import Cookie
from bonafide.wording import Language

shop = telephone


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", Language)
def test_nothing_keeps_anybody_from_signing_up(shop: Shop, axe: str, language: Language, scheme: str) -> None:
    browser = shop.browser
    found: dict[str, list[str]] = {}
    # As narrow as is promised (WCAG 2.2, 1.4.10), and a desk's.
    width, height = (320, 568) if scheme == "light" else (1280, 800)
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    dark(browser, scheme == "dark")
    browser.get(f"{shop.office.url}/capture")
    browser.add_cookie({"name": Cookie.LANGUAGE.value, "value": language.value, "sameSite": "Strict"})

    def look(name: str) -> None:
        wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not browser.execute_script(wide), f"{name} scrolls sideways"
        assert browser.execute_script("return document.documentElement.lang") == language
        headings = browser.find_elements(By.CSS_SELECTOR, "section:not([hidden]) h1")
        assert len([each for each in headings if each.is_displayed()]) == 1, name
        found[name] = [*violations(browser, axe), *too_small(browser)]

    walk(shop, look)
    assert len(found) == 29
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    no_complaints(browser)
