"""Whatever is no link of the operator's opens nothing, and is not repeated."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonafide.errors import NotPermitted
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.sign_up_links import read_link

OPERATOR = "mobile.example"
ID = "12345678-1234-1234-1234-123456789abc"
LINK = Bearer.made_of(BearerKind.LINK, OPERATOR, ID, bytes(range(32)))


def refused(text: str, operator: str = OPERATOR) -> None:
    with pytest.raises(NotPermitted, match="There is no such link") as told:
        read_link(text, operator)
    assert len(text) < 8 or text not in str(told.value)


def test_a_link_is_what_was_handed_over() -> None:
    assert read_link(LINK.text, OPERATOR) == LINK


@given(text=st.text(max_size=300))
@example(text=LINK.text.upper())
@example(text=LINK.text + "\n")
@example(text="bfl/../" + ID + "/" + LINK.secret)
def test_whatever_else_is_none(text: str) -> None:
    refused(text)


@given(at=st.integers(0, len(LINK.text) - 1), other=st.characters())
def test_a_changed_link_is_none_or_another(at: int, other: str) -> None:
    text = LINK.text[:at] + other + LINK.text[at + 1 :]
    try:
        found = read_link(text, OPERATOR)
    except NotPermitted:
        return
    assert (found == LINK) == (text == LINK.text)
    assert (found.digest == LINK.digest) == (text == LINK.text)
    assert found.operator == OPERATOR


@pytest.mark.parametrize("kind", [BearerKind.KEY, BearerKind.SESSION])
def test_a_secret_of_another_kind_or_operator_is_none(kind: BearerKind) -> None:
    refused(Bearer.made_of(kind, OPERATOR, ID, bytes(32)).text)
    refused(LINK.text, "other.example")
