"""On the page itself and with the models that ship: a simulated customer who does what they are asked is
accepted, and a film in the place of a camera is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait
from tests.browser import new_browser
from tests.integration.api.conftest import OPERATOR, Told, make_counter
from tests.integration.web.capture_simulated import Filmed, film_of, simulated_person
from tests.integration.web.capturing import Live, Shop, before_pages, serving
from tests.integration.web.conftest import Office
from tests.integration.web.test_in_browser import find

from bonafide.api.app import make_app
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner
from bonafide.service.counter import Counter
from bonafide.service.sign_up import MOST_TRIES, SignUp, SignUpState
from bonafide.service.sign_ups import SignUps
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.store import Store

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (resources.files("bonafide.liveness") / "calibrations" / "presence.json").is_file(),
        reason="needs the calibration of presence",
    ),
]
# Nobody vouches for whoever is before the camera.
ALONE = {"attended": False, "agent": None}
MOST_TRIES_HERE = 3
CAMERA = Path(__file__).with_name("simulated_camera.js")


@pytest.fixture(scope="module")
def documents(sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Front and back of a card that may be accepted, with another picture of the same face."""
    from documents import documents_in

    made = documents_in(tmp_path_factory.mktemp("documents"), sample_pictures / "obama.jpg", date(2026, 1, 1))
    return made.front, made.back


@pytest.fixture
def counter(small_store: Store, tmp_path: Path, models_home: Path) -> Counter:
    """With the models that ship."""
    made = make_counter(small_store, tmp_path, Told())
    settings = Settings(models_home, operator=OPERATOR)
    return replace(made, settings=settings, verifier=Verifier.open(settings))


@contextmanager
def filmed(counter: Counter, browser: Chrome, portrait: Path, seed: int) -> Iterator[Shop]:
    with simulated_person(portrait, seed) as person:
        app = make_app(counter)
        with serving(Filmed(app, person)) as url, before_pages(browser, CAMERA.read_text("utf-8")):
            yield Shop(Office(counter, Told(), url), Live(app), browser)
            browser.get("about:blank")


def hands_in(shop: Shop, documents: tuple[Path, Path]) -> None:
    """Both sides, from files."""
    shop.does("document", "card")
    for path in documents:
        shop.does("trouble", "file")
        shop.sees("file")
        find(shop.browser, "#file").send_keys(str(path))
        shop.does("check", "use")


def test_a_film_in_the_place_of_a_camera_is_not(
    counter: Counter, tmp_path: Path, sample_pictures: Path, documents: tuple[Path, Path]
) -> None:
    film = tmp_path / "film.y4m"
    film_of(sample_pictures / "obama2.jpg", film, seconds=4)
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    app = make_app(counter)
    with serving(app) as url, new_browser(tmp_path / "profile", *flags) as browser:
        shop = Shop(Office(counter, Told(), url), Live(app), browser)
        link = shop.link(Manner.FACE_MATCHING, **ALONE)
        shop.opens(link)
        shop.chooses_mode("light")
        shop.does("document", "card")
        for path in documents:
            shop.does("camera", "file")
            shop.sees("file")
            find(browser, "#file").send_keys(str(path))
            shop.does("check", "use")
        shop.does("face", "start")
        # A camera like any other, to the page; it looks straight ahead whatever is asked.
        shop.finds("#screen-live:not([data-kind=wait], [data-kind=frontal])")
        ends(browser)
        assert find(browser, "#result-title").text in {"Not yet", "This could not be confirmed"}
        (made,) = SignUps(counter, OPERATOR).page().sign_ups
        assert made.state in {SignUpState.AGREED, SignUpState.REJECTED}
        assert made.outcome is not Outcome.ACCEPT
        assert made.tries_left < MOST_TRIES


def ends(browser: Chrome) -> None:
    """Something came of it."""
    WebDriverWait(browser, 75, 0.1).until(
        lambda driver: driver.execute_script("return !document.getElementById('screen-result').hidden")
    )


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_a_simulated_customer_is_accepted(
    counter: Counter,
    browser: Chrome,
    sample_pictures: Path,
    documents: tuple[Path, Path],
    size: tuple[int, int],
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600},
    )
    with filmed(counter, browser, sample_pictures / "obama2.jpg", seed=3) as shop:
        made = tries(shop, documents, "light")
        assert find(browser, "#result-title").text == "Done: it is you"
        assert made.outcome is Outcome.ACCEPT
        assert Reason.PRESENCE_ATTENDED not in made.reasons
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_simulated_customer_is_accepted_by_movements_only(
    counter: Counter, browser: Chrome, sample_pictures: Path, documents: tuple[Path, Path]
) -> None:
    with filmed(counter, browser, sample_pictures / "obama2.jpg", seed=3) as shop:
        made = tries(shop, documents, "movement")
        assert find(browser, "#result-title").text == "Done: it is you"
        assert made.outcome is Outcome.ACCEPT
        assert Reason.PRESENCE_ATTENDED not in made.reasons


def tries(shop: Shop, documents: tuple[Path, Path], mode: str) -> SignUp:
    """Sign up, and try again where that is asked, as people are: how the sign-up stands then."""
    shop.opens(shop.link(Manner.FACE_MATCHING, **ALONE))
    shop.chooses_mode(mode)
    hands_in(shop, documents)
    for left in reversed(range(MOST_TRIES_HERE)):
        shop.does("face", "start")
        ends(shop.browser)
        if find(shop.browser, "#result-title").text != "Not yet" or left == 0:
            break
        shop.does("result", "again")
    (made,) = SignUps(shop.office.counter, OPERATOR).page().sign_ups
    return made
