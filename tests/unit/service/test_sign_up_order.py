"""What a sign-up is ordered with: whatever is wrong is refused by the name of its field, and not repeated."""

from __future__ import annotations

import dataclasses
import string
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonafide.errors import UsageError
from bonafide.service.sign_up_order import Wanted, check_wanted
from bonafide.wording.language import Language

GOOD = Wanted(
    purpose="sim-signup",
    language=Language.CHINESE,
    reference="order:2026-11_7.b",
    return_address="https://shop.example:8443/done?order=7&x=%20",
    attended=True,
    agent="agent 7",
    shop="南门店",
)


def refusal(**changed: object) -> str:
    """Why an order is refused that is otherwise good."""
    with pytest.raises(UsageError) as refused:
        check_wanted(dataclasses.replace(GOOD, **changed))  # type: ignore[arg-type]
    (name,) = changed.keys() - {"attended"} or changed.keys()
    assert refused.value.problem.startswith(f"The sign-up's {name} ")
    text = str(changed[name])
    assert len(text) < 20 or text not in str(refused.value)
    return refused.value.problem


def test_what_is_good_is_taken() -> None:
    check_wanted(GOOD)
    check_wanted(Wanted())


@pytest.mark.parametrize("purpose", ["", "testing", "loyalty", "face-pay", "patient-checkin", "SIM-SIGNUP"])
def test_nobody_signs_up_for_another_purpose(purpose: str) -> None:
    assert "none that people sign up for" in refusal(purpose=purpose)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "xx", None])
def test_a_language_is_one_that_we_speak(language: object) -> None:
    if language in ("en", "zh-Hans"):
        language = f"{language} "
    refusal(language=language)


@pytest.mark.parametrize(
    "reference", ["", " ", "a b", "x" * 65, "order/7", "é", "订单7", "７", "a\n", "\x00", "order#7"]
)
def test_a_reference_is_a_short_plain_name(reference: str) -> None:
    assert "is not of 1 to 64" in refusal(reference=reference)


@pytest.mark.parametrize(
    "reference",
    [
        "13800000000",
        "8613800000000",
        "008613800000000",
        "086-138-0000-0000",
        "86.138.0000.0000",
        "110101199003078515",
        "11010119900307002x",
        "11010119900307002X",
    ],
)
def test_a_reference_is_no_number_of_a_line_or_document(reference: str) -> None:
    assert "number of a line or a document" in refusal(reference=reference)


@pytest.mark.parametrize(
    "reference", ["1", "12345678901", "order-13800000000", "110101199003078516", "20261129.000001"]
)
def test_other_numbers_are_references(reference: str) -> None:
    check_wanted(dataclasses.replace(GOOD, reference=reference))


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example",
        "HTTPS://shop.example/",
        "https://shop.example/%E5%AE%8C?a=b;c&d=/?",
        "http://localhost/done",
        "http://localhost:8000/done",
        "http://127.0.0.1:8000/",
        "http://[::1]:8000/",
        "https://xn--fiqs8s.example/",
        "https://[2001:db8::1]/",
    ],
)
def test_an_address_is_encrypted_or_on_this_machine(address: str) -> None:
    check_wanted(dataclasses.replace(GOOD, return_address=address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.example/done",
        "//shop.example/done",
        "https:/shop.example",
        "https:shop.example",
        "https://",
        "https:///done",
        "http://shop.example/done",
        "http://localhost.shop.example/",
        "http://localhost@shop.example/",
        "https://user@shop.example/",
        "https://user:password@shop.example/",
        "https://shop.example\\@other.example/",
        "https://shop.example/#done",
        "https://shop.example/ done",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example:port/",
        "https://shop.example:99999/",
        "https://shop.example:/",
        "https://.example/",
        "https://例子.example/",
        "https://shop.example/" + "x" * 2048,
        "javascript:alert(1)//https://shop.example",
        "data:text/html,https://shop.example",
        "ftp://localhost/",
        "file:///etc/passwd",
        "http://127.0.0.1.shop.example/",
        "http://[::1/",
        "http://[::2]/",
        "http://0x7f.1/",
        "https://[::1].shop.example/",
        "https://shop%2eexample/",
        "https://'shop.example/",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    refusal(return_address=address)


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "two\nlines", " padded", "bell\x07"])
@pytest.mark.parametrize("field", ["agent", "shop"])
def test_staff_and_shops_go_by_a_short_name(field: str, name: str) -> None:
    assert "one line" in refusal(**{field: name})


def test_who_attends_has_a_name() -> None:
    assert "missing" in refusal(agent=None)
    check_wanted(dataclasses.replace(GOOD, agent=None, attended=False))
    with pytest.raises(UsageError, match="attended"):
        check_wanted(dataclasses.replace(GOOD, attended="yes"))  # type: ignore[arg-type]


ANYTHING = st.text(max_size=80) | st.text("https:/localhost.example@#?[]\\ \t%0:", max_size=60)


@given(text=ANYTHING)
@example(text="https://a@b")
def test_an_address_that_is_taken_leads_where_it_says(text: str) -> None:
    for address in (text, f"https://{text}", f"http://{text}"):
        try:
            check_wanted(dataclasses.replace(GOOD, return_address=address))
        except UsageError:
            continue
        parts = urlsplit(address)
        assert parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
        assert parts.hostname
        assert (parts.username, parts.password, parts.fragment) == (None, None, "")
        assert address.isascii()
        assert address.isprintable()
        assert not set(address) & set(' \\"<>^`{}|#')


@given(text=st.text(max_size=80))
def test_a_reference_that_is_taken_is_plain(text: str) -> None:
    try:
        check_wanted(dataclasses.replace(GOOD, reference=text))
    except UsageError:
        return
    assert 0 < len(text) <= 64
    assert set(text) <= set(string.ascii_letters + string.digits + "._:-")


@given(agent=st.none() | st.text(max_size=70), shop=st.none() | st.text(max_size=70))
def test_names_that_are_taken_are_one_line(agent: str | None, shop: str | None) -> None:
    try:
        check_wanted(dataclasses.replace(GOOD, agent=agent, shop=shop))
    except UsageError:
        return
    for name in (agent, shop):
        assert name is None or (name.isprintable() and name == name.strip() and 0 < len(name) <= 64)
    assert agent
