"""Secrets are read strictly, name their operator, and leave no more than a digest."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind

ID = "0b5a4d1e-9a53-4c8e-8a41-3d0f2f7b6c11"
MADE = Bearer.made_of(BearerKind.LINK, "mobile.example", ID, bytes(range(SECRET_BYTES)))


def test_what_was_made_is_read() -> None:
    assert Bearer.parse(BearerKind.LINK, MADE.text) == MADE
    assert MADE.text.startswith("bfl/mobile.example/")
    assert MADE.secret not in repr(MADE)
    assert MADE.digest == hashlib.sha256(MADE.text.encode()).hexdigest()


def test_a_secret_of_one_kind_is_none_of_another() -> None:
    assert Bearer.parse(BearerKind.KEY, MADE.text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        MADE.text[:-1],
        MADE.text + "A",
        MADE.text + "\n",
        MADE.text.replace("mobile", "Mobile"),
        MADE.text.replace("mobile.", "mobile/"),
        MADE.text.replace("bfl", "bf٣"),
        MADE.text.upper(),
        "bfl/" + "a" * 300 + f"/{ID}/{MADE.secret}",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert Bearer.parse(BearerKind.LINK, text) is None


@given(st.text())
def test_nothing_breaks_it(text: str) -> None:
    assert Bearer.parse(BearerKind.LINK, text) is None


@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_only_its_own_digest_matches(random: bytes) -> None:
    other = Bearer.made_of(BearerKind.LINK, "mobile.example", ID, random)
    assert other.matches(other.digest)
    assert other.matches(MADE.digest) == (other == MADE)
