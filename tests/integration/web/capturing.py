"""What browser tests of capture stand on: a live session that does what a test tells it beside the real
service, a camera that is drawn on a canvas, and the way through the page.
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from tests.integration.api.conftest import Told, make_counter
from tests.integration.web.conftest import Office
from tests.integration.web.test_in_browser import find

from bonafide.api.app import Limits, make_app
from bonafide.api.worker import configured
from bonafide.privacy import Manner, purposes
from bonafide.privacy.consent import Age, Giver
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.store import Store
from bonafide.wording import Language

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def waits(browser: Chrome, condition: Callable[[Chrome], object]) -> None:
    """Look often: a walk has many steps."""
    WebDriverWait(browser, 20, 0.04, ignored_exceptions=[WebDriverException]).until(condition)


class GoneError(Exception):
    """The page has closed its socket."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture that a page has sent: kind, step, the moment by its own clock, and size."""

    kind: int
    step: int
    at: float
    size: tuple[int, int]


@dataclass
class Attempt:
    """One socket, from the server's side (bonafide.live.1)."""

    receive: Receive
    send: Send
    begun: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    shown: list[tuple[int, float]] = field(default_factory=list)
    started: bool = False
    ended: bool = False

    async def takes(self) -> str:
        """The next message, kept by what it is."""
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            self.ended = True
            raise GoneError
        if (binary := message.get("bytes")) is not None:
            version, kind, step, _, at = struct.unpack(">BBBBd", binary[:12])
            assert version == 1
            with Image.open(io.BytesIO(binary[12:])) as picture:
                assert picture.format == "JPEG"
                self.sent.append(Sent(kind, step, at, picture.size))
            return "picture"
        said = json.loads(message["text"])
        if said["type"] == "begin":
            self.begun = said
        elif said["type"] == "shown":
            self.shown.append((said["step"], said["at"]))
        elif said["type"] == "start":
            self.started = True
        return str(said["type"])

    async def tells(self, kind: str, /, **said: Any) -> None:  # noqa: ANN401
        await self.send({"type": "websocket.send", "text": json.dumps({"type": kind, **said})})

    async def closes(self, code: int = 1000) -> None:
        await self.send({"type": "websocket.close", "code": code})

    async def begins(self) -> None:
        """Up to where the page waits for the first step."""
        while not self.begun:
            await self.takes()
        await self.tells("ready", mode=self.begun["mode"], seconds_left=1500)
        while not self.started:
            await self.takes()

    async def asks(self, step: int, kind: str, *codes: str, rgb: list[int] | None = None) -> None:
        """A step, and an answer to each of its first frames."""
        wanted = {"width": 240, "rate": 12} if kind == "colour" else {"width": 480, "rate": 8}
        await self.tells("step", step=step, kind=kind, rgb=rgb, longest_ms=8000, **wanted)
        while not self.shown or self.shown[-1][0] != step:
            await self.takes()
        for code in codes or ("good",):
            before = len(self.sent)
            while len(self.sent) == before or self.sent[-1].step != step:
                await self.takes()
            await self.tells("guidance", code=code, at=self.sent[-1].at)

    async def ends(
        self, state: str, *, again: bool = False, codes: tuple[str, ...] = (), receipt: str | None = None
    ) -> None:
        told = {
            "state": state,
            "outcome": None,
            "reasons": [
                {"code": code, "sentence": f"What {code} says.", "advice": f"What to do about {code}."}
                for code in codes
            ],
            "tries_left": 4,
            "again": again,
            "receipt": receipt,
        }
        await self.tells("told", **told)
        await self.closes()


Script = Callable[[Attempt], Awaitable[None]]


async def passes(attempt: Attempt) -> None:
    """Everything as it should be, with every kind of step."""
    await attempt.begins()
    await attempt.asks(0, "frontal", "no-face", "closer", "good")
    for step, kind in enumerate(("turn-left", "nod", "closer"), 1):
        await attempt.asks(step, kind, "turn-more", "good")
    if attempt.begun["mode"] == "light":
        for step, rgb in enumerate(([255, 110, 110], [110, 255, 255], [110, 110, 255]), 4):
            await attempt.asks(step, "colour", rgb=rgb)
    await attempt.tells("checking")
    await asyncio.sleep(0.2)
    await attempt.ends("accepted", receipt='{"claims": {}}')


def problem(code: str, close: int = 4000) -> Script:
    """The service says no at once."""

    async def says(attempt: Attempt) -> None:
        while not attempt.begun:
            await attempt.takes()
        await attempt.tells("problem", code=code, title="Title", detail="What the service says.", advice="")
        await attempt.closes(close)

    return says


def at_first_step(then: Callable[[Attempt], Awaitable[None]]) -> Script:
    """Whatever a test wants once the face is being filmed."""

    async def goes(attempt: Attempt) -> None:
        await attempt.begins()
        await attempt.asks(0, "frontal")
        await then(attempt)

    return goes


async def stays(attempt: Attempt) -> None:
    """Nothing more is said until the page goes."""
    while True:
        await attempt.takes()


class Live:
    """The service with another live session: each socket does what is next in `scripts`, or passes."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401
        self._app = app
        self.scripts: list[Script] = []
        self.attempts: list[Attempt] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        assert scope["path"] == "/v1/capture/live"
        assert await receive() == {"type": "websocket.connect"}
        await send({"type": "websocket.accept", "subprotocol": "bonafide.live.1"})
        attempt = Attempt(receive, send)
        self.attempts.append(attempt)
        script = self.scripts.pop(0) if self.scripts else passes
        try:
            await script(attempt)
            while True:
                await attempt.takes()
        except GoneError:
            pass


@dataclass
class Shop:
    """An office whose live sessions are told what to do, and a browser at its page."""

    office: Office
    live: Live
    browser: Chrome

    def link(self, manner: Manner | None = None, **wanted: Any) -> str:  # noqa: ANN401
        """The link of a new sign-up, attended unless it is wanted otherwise; agreed to, if in some manner."""
        sign_ups = SignUps(self.office.counter, self.office.operator)
        attended = {"attended": True, "agent": "till 9", "shop": "harbour"}
        _, link = sign_ups.create(Wanted(**{**attended, **wanted}))
        if manner is not None:
            sign_ups.agree(
                link,
                version=purposes()["sim-signup"].version,
                language=Language.ENGLISH,
                giver=Giver.PERSON,
                age=Age.ADULT,
                manner=manner,
            )
        return link

    def opens(self, link: str) -> None:
        self.browser.get(f"{self.office.url}/capture#{link}")

    def sees(self, screen: str) -> None:
        """A screen is there, with its heading in focus."""
        waits(self.browser, lambda driver: driver.find_element(By.ID, f"screen-{screen}").is_displayed())

    def finds(self, selector: str) -> None:
        waits(self.browser, lambda driver: find(driver, selector))

    def reads(self, words: str) -> None:
        waits(self.browser, lambda driver: words in driver.find_element(By.ID, "content").text)

    def does(self, screen: str, what: str) -> None:
        """Press a button of a screen."""
        self.sees(screen)

        def pressed(driver: Chrome) -> bool:
            button = find(driver, f"#screen-{screen} [data-do={what}]")
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True

        waits(self.browser, pressed)

    def picks(self, selector: str) -> None:
        part = find(self.browser, selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
        part.click()

    def agrees(self) -> None:
        self.sees("consent")
        self.picks("input[value='18-or-over']")
        self.picks("#agree")
        self.does("consent", "agree")

    def chooses_mode(self, mode: str = "light") -> None:
        self.sees("light")
        self.picks(f"input[value={mode}]")
        self.does("light", "next")

    def photographs(self, kind: str = "passport") -> None:
        """The document; the camera takes it by itself."""
        self.does("document", kind)
        for side in ("front", "back_side") if kind == "card" else ("passport_page",):
            self.finds(f"#screen-check:not([hidden]) #check-side[data-t='capture_side.{side}']")
            self.does("check", "use")

    def to_the_face(self, link: str, *, mode: str = "light") -> None:
        """Up to where the face step starts, agreed to beforehand."""
        self.opens(link)
        self.chooses_mode(mode)
        self.photographs()
        self.sees("face")

    def camera(self, script: str) -> Any:  # noqa: ANN401
        return self.browser.execute_script(f"return (camera => {{ {script} }})(window.testCamera)")


@contextmanager
def open_shop(store: Store, folder: Path, browser: Chrome) -> Iterator[Shop]:
    told = Told()
    counter = make_counter(store, folder, told)
    live = Live(make_app(counter, limits=Limits(threads=4, waiting=16)))
    with serving(live) as url:
        yield Shop(Office(counter, told, url), live, browser)


@contextmanager
def serving(app: Any) -> Iterator[str]:  # noqa: ANN401
    """A server in this process; its address by name, as passkeys have it."""
    server = uvicorn.Server(configured(app))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://localhost:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def drawn_camera(browser: Chrome, setting: str = "") -> Iterator[None]:
    """Let every page that is loaded have a camera that is drawn on a canvas; `setting` is JavaScript that
    changes `camera` before it is used.
    """
    script = Path(__file__).with_name("drawn_camera.js").read_text("utf-8").replace("/* setting */", setting)
    with before_pages(browser, script):
        yield


@contextmanager
def before_pages(browser: Chrome, script: str) -> Iterator[None]:
    """Run a script in every page before its own."""
    made = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


class Led:
    """A live session that goes on when it is told to, so that each of its steps can be looked at."""

    def __init__(self) -> None:
        self._go = threading.Semaphore(0)

    def go_on(self) -> None:
        self._go.release()

    def is_at(self, shop: Shop, step: int) -> None:
        """The page has shown that step."""
        waits(shop.browser, lambda _: shop.live.attempts[-1].shown[step:])

    async def _waits(self, attempt: Attempt) -> None:
        while not self._go.acquire(blocking=False):
            await attempt.takes()

    async def __call__(self, attempt: Attempt) -> None:
        await attempt.begins()
        kinds = ("frontal", "turn-left", "turn-right", "nod", "closer")
        for step, kind in enumerate(kinds):
            await attempt.asks(step, kind, "turn-more")
            await self._waits(attempt)
        await attempt.asks(5, "colour", "good", rgb=[110, 110, 255])
        await self._waits(attempt)
        await attempt.tells("checking")
        while not self._go.acquire(blocking=False):
            await asyncio.sleep(0.05)
        await attempt.ends("agreed", again=True, codes=("selfie.too_dark",))


def refuses(state: str, *codes: str, again: bool = False) -> Script:
    """Nothing is asked; this is what comes of it."""

    async def says(attempt: Attempt) -> None:
        await attempt.begins()
        await attempt.ends(state, again=again, codes=codes)

    return says


def walk(shop: Shop, look: Callable[[str], None]) -> None:  # noqa: PLR0915 - a walk
    """Every screen, one after the other."""
    browser, link, led = shop.browser, shop.link(), Led()
    shop.browser.get(f"{shop.office.url}/capture")
    shop.sees("trouble")
    look("no link")
    shop.opens(link)
    shop.sees("welcome")
    look("welcome")
    shop.does("welcome", "phone")
    waits(browser, lambda driver: find(driver, "#phone-code").size["width"] > 100)
    look("phone")
    shop.does("phone", "here")
    shop.does("welcome", "face")
    shop.sees("consent")
    shop.picks("input[value='under-14']")
    shop.does("consent", "agree")
    look("consent of a child")
    shop.does("consent", "decline")
    shop.sees("trouble")
    look("declined")
    shop.opens(link := shop.link())
    shop.does("welcome", "face")
    shop.agrees()
    shop.sees("light")
    look("light")
    shop.chooses_mode()
    shop.sees("document")
    look("document")
    shop.camera("camera.size = 0.6; camera.permission = 'prompt'; camera.asks = true")
    shop.does("document", "passport")
    shop.sees("trouble")
    look("camera asked")
    shop.camera("camera.error = 'NotAllowedError'; camera.answer()")
    shop.finds("[data-t='capture_trouble.camera_dismissed']")
    look("camera dismissed")
    shop.camera("camera.error = null; camera.asks = false")
    shop.does("trouble", "again")
    waits(browser, lambda driver: find(driver, "#camera-guide[data-t='capture_card.closer']"))
    look("camera")
    shop.does("camera", "file")
    shop.sees("file")
    look("file")
    shop.camera("camera.size = 1")
    shop.does("file", "camera")
    shop.sees("check")
    look("check")
    shop.does("check", "use")
    shop.sees("face")
    look("face")
    shop.live.scripts = [led, refuses("agreed", "document.unreadable", "match.doubtful", again=True)]
    shop.does("face", "start")
    for step, kind in enumerate(("frontal", "turn-left", "turn-right", "nod", "closer", "colour")):
        shop.finds(f"#screen-live[data-kind={kind}]")
        led.is_at(shop, step)
        waits(browser, lambda driver: find(driver, "#live-guide").text)
        look(f"live {kind}")
        led.go_on()
    shop.sees("busy")
    look("checking")
    led.go_on()
    shop.sees("result")
    look("again")
    shop.does("result", "again")
    shop.does("face", "start")
    shop.sees("result")
    look("again, twice")
    shop.does("result", "person")
    shop.agrees()
    shop.photographs()
    shop.sees("photo")
    look("photo")
    for name, outcome in (
        ("accepted", passes),
        ("rejected", refuses("rejected", "match.refuted")),
        ("waiting", refuses("waiting")),
    ):
        shop.live.scripts = [outcome]
        shop.to_the_face(shop.link(Manner.FACE_MATCHING), mode="movement")
        look(f"face before {name}")
        shop.does("face", "start")
        shop.sees("result")
        look(name)


@pytest.fixture(name="shop")
def telephone(small_store: Store, tmp_path: Path, browser: Chrome) -> Iterator[Shop]:
    """With a telephone, whose camera is drawn. A file of tests names this its `shop`."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True},
    )
    with open_shop(small_store, tmp_path, browser) as opened, drawn_camera(browser):
        yield opened
        browser.get("about:blank")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
