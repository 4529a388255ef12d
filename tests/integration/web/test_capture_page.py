"""The page of capture as it is sent: its policy, its size, its code for another device, and who learns the
link.
"""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
import zxingcpp
from tests.integration.web.capturing import Shop, telephone
from tests.integration.web.conftest import OTHER, Office

from bonafide.service.roles import Role
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.web.cookies import Cookie
from bonafide.wording import Language

shop = telephone
# What the issue allows for everything that the page loads, before models.
MOST_BYTES = 150_000


def new_link(office: Office) -> str:
    return SignUps(office.counter, office.operator).create(Wanted(attended=False))[1]


def read_code(rows: list[str]) -> str:
    """What a telephone's camera reads."""
    picture = np.array([[0 if dot == "1" else 255 for dot in row] for row in rows], np.uint8)
    (found,) = zxingcpp.read_barcodes(picture.repeat(4, axis=0).repeat(4, axis=1))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


@pytest.mark.parametrize("language", Language)
def test_the_page_and_all_that_it_loads_is_small(small_office: Office, language: Language) -> None:
    with small_office.client(language=language) as client:
        page = client.get("/capture")
        assert page.status_code == 200
        files = re.findall(r'(?:src|href)="(/capture/static/[^"]+)"', page.text)
        assert len(files) > 10
        sizes = [len(page.content), *(len(client.get(file).content) for file in files)]
    assert sum(sizes) < MOST_BYTES


def test_its_policy_allows_its_own_socket_and_camera_and_no_others(small_office: Office) -> None:
    with small_office.client() as client:
        page = client.get("/capture")
        rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
        assert rules["connect-src"] == f"'self' {small_office.url.replace('http', 'ws')}"
        assert rules["img-src"] == "'self' blob:"
        assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert page.headers["permissions-policy"].startswith("camera=(self),")
        assert page.headers["cache-control"] == "no-store"
        # Nobody else's page has a camera.
        assert client.get("/mine/enter").headers["permissions-policy"].startswith("camera=(),")
        # A name that is none is not repeated.
        for host in ("localhost;script-src *", "localhost' *"):
            answer = client.get("/capture", headers={"Host": host})
            assert "script-src *" not in answer.headers["content-security-policy"]


def test_nobody_enters_here(small_office: Office) -> None:
    _, session = small_office.employs("An Li", Role.AGENT)
    with small_office.client(session) as client:
        client.cookies.set(Cookie.CUSTOMER.value, small_office.customer(small_office.accepts()))
        page = client.get("/capture")
        assert "An Li" not in page.text
        assert "/capture/leave" not in page.text
        assert Cookie.CUSTOMER.value not in page.headers.get("set-cookie", "")


def test_the_code_is_the_address_with_the_link_in_its_fragment(small_office: Office) -> None:
    link = new_link(small_office)
    with small_office.client() as client:
        token = small_office.token(client, "/capture")
        answer = client.post("/capture/qr", data={"token": token, "link": link})
        assert answer.status_code == 200
        assert read_code(answer.json()["rows"]) == f"{small_office.url}/capture#{link}"
        other = new_link(small_office.of(OTHER))
        rows = client.post("/capture/qr", data={"token": token, "link": other}).json()["rows"]
        assert read_code(rows).endswith(f"#{other}")


def test_no_code_is_drawn_of_anything_else(small_office: Office) -> None:
    with small_office.client() as client:
        token = small_office.token(client, "/capture")
        for wrong in ("", "https://evil.example", "bfk/counter.example/x/y", new_link(small_office) + "x"):
            answer = client.post("/capture/qr", data={"token": token, "link": wrong})
            assert answer.status_code == 400
            assert set(answer.json()) == {"message"}


def test_the_link_stands_in_no_address(shop: Shop) -> None:
    link = shop.link()
    secret = link.rpartition("/")[2]
    shop.opens(link)
    shop.does("welcome", "phone")
    shop.sees("phone")
    asked = shop.browser.execute_script("return performance.getEntries().map(each => each.name)")
    assert len(asked) > 10
    # The page itself keeps its address as it was typed; it was sent without the fragment.
    assert [name for name in asked if secret in name.partition("#")[0]] == []
    assert secret not in shop.browser.current_url
    assert secret not in shop.browser.execute_script("return document.documentElement.outerHTML")
    assert shop.browser.execute_script("return history.length") >= 1
    assert secret not in str(shop.browser.execute_script("return JSON.stringify(localStorage)"))


def test_guidance_is_read_out_no_faster_than_one_can_listen(shop: Shop) -> None:
    shop.opens(shop.link())
    shop.sees("welcome")
    spoken = shop.browser.execute_async_script(
        """
        const done = arguments[0];
        const part = document.getElementById("spoken");
        const heard = [];
        new MutationObserver(() => heard.push([part.textContent, performance.now()])).observe(part, {
          childList: true,
        });
        let count = 0;
        const timer = setInterval(() => {
          Screens.speak(["closer", "further"][count % 2] + Math.floor(count / 20));
          count += 1;
          if (count === 40) {
            clearInterval(timer);
            setTimeout(() => done(heard), 2000);
          }
        }, 50);
        """
    )
    # Forty were said in two seconds.
    assert spoken[0][0] == "closer0"
    assert spoken[-1][0] == "further1"
    assert 2 <= len(spoken) <= 3
    assert all(later - sooner > 1700 for (_, sooner), (_, later) in itertools.pairwise(spoken))


def test_where_scripts_do_not_run_it_says_what_else_to_do(small_office: Office) -> None:
    with small_office.client() as client:
        page = client.get("/capture").text
    (said,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert "Ask an employee" in said
