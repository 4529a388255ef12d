"""A headless Chromium for tests, on this machine alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.wait import WebDriverWait

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1360,900",
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_NEEDS = "needs Chromium and its driver: `apt-get install chromium chromium-driver`"


@contextmanager
def new_browser(folder: Path, *more: str) -> Iterator[Chrome]:
    """A browser with a profile of its own in a folder, and an authenticator that is always unlocked; `more`
    are further flags.
    """
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip(_NEEDS)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, *more, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, Service(driver))
    try:
        browser.add_virtual_authenticator(
            VirtualAuthenticatorOptions(
                protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
                transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
                has_resident_key=True,
                has_user_verification=True,
                is_user_verified=True,
            )
        )
        yield browser
    finally:
        browser.quit()


def goes_to(browser: Chrome, address: str) -> None:
    """Open an address and wait until its document is there: on a busy machine the driver at times comes back
    while the document before is still shown.
    """
    browser.execute_script("window.left = true")
    browser.get(address)
    WebDriverWait(browser, 20, ignored_exceptions=[WebDriverException]).until(
        lambda driver: driver.execute_script("return !window.left && document.readyState === 'complete'")
    )


def axe_script() -> str:
    """axe-core, which looks for what keeps people from using a page."""
    try:
        found = metadata.files("axe-playwright-python") or ()
    except metadata.PackageNotFoundError:
        pytest.skip("needs axe-core: `pip install axe-playwright-python`")
    script = next(file for file in found if file.name == "axe.min.js")
    return script.read_text("utf-8")


def violations(browser: Chrome, axe: str) -> list[str]:
    """What axe finds at the page as it is: rule, and where."""
    browser.execute_script(axe)
    found: dict[str, Any] = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: arguments[0]})"
        ".then(done, error => done({violations: [{id: String(error), nodes: []}]}));",
        _RULES,
    )
    return [
        f"{rule['id']}: {'; '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found["violations"]
    ]


def dark(browser: Chrome, wanted: bool) -> None:
    """Let pages be asked for in a dark scheme or a light one."""
    scheme = "dark" if wanted else "light"
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
