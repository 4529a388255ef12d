"""Names of keys, as text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.vault import Binding, KeyBinding, KeyName, KeyUse

NAMES = st.builds(KeyName, st.text(), st.sampled_from(KeyUse), st.integers(0, 10**17))


@given(NAMES)
def test_a_name_comes_back_from_its_text(name: KeyName) -> None:
    assert KeyName.parse(str(name)) == name


@given(NAMES, NAMES)
def test_two_names_have_two_texts(one: KeyName, other: KeyName) -> None:
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bonafide",
        "bonafide/a",
        "bonafide/a/wrapping",
        "bonafide/a/wrapping/",
        "bonafide/a/wrapping/01",
        "bonafide/a/wrapping/-1",
        "bonafide/a/wrapping/١",
        "bonafide/a/signing/1",
        "others/a/wrapping/1",
    ],
)
def test_the_text_of_something_else_is_no_name(text: str) -> None:
    assert KeyName.parse(text) is None


def test_keys_are_in_the_order_of_their_epochs() -> None:
    names = [KeyName("a", KeyUse.WRAPPING, epoch) for epoch in (10, 9, 1)]
    assert [name.epoch for name in sorted(names)] == [1, 9, 10]


def test_a_record_and_the_wrapping_of_its_key_agree_on_what_binds_it() -> None:
    binding = Binding("operator", "subject", "purpose", "consent", "record", "kind", "model")
    assert binding.of_key() == KeyBinding("operator", "record").of_key()
    assert binding.of_key() != binding.of_content()


TEXTS = st.text(st.characters(codec="utf-8"))


@given(st.builds(Binding, *[TEXTS] * 7), st.builds(Binding, *[TEXTS] * 7))
def test_parts_do_not_run_into_one_another(one: Binding, other: Binding) -> None:
    assert (one.of_content() == other.of_content()) == (one == other)
    same = (one.operator, one.record) == (other.operator, other.record)
    assert (one.of_key() == other.of_key()) == same
