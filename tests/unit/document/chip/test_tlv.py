"""The reader of tags, lengths and values: what it accepts, and that nothing else gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.document.chip.workshop import integer, octets, oid, sequence, tlv

from bonafide.document.chip.tlv import OCTET_STRING, SEQUENCE, Element, Malformed, parse, parse_padded


@pytest.mark.parametrize(
    ("data", "tag", "content"),
    [
        ("3000", 0x30, ""),
        ("5f1f02aabb", 0x5F1F, "aabb"),
        ("7f6100", 0x7F61, ""),
        ("5f8101 01 aa", 0x5F8101, "aa"),
        ("04 81 01 aa", 0x04, "aa"),
        ("04 84 00000001 aa", 0x04, "aa"),
        ("30 80 0401aa 0000", 0x30, "0401aa"),
        ("30 80 3080 0401aa 0000 3000 0000", 0x30, "3080 0401aa 0000 3000"),
    ],
)
def test_what_is_read(data: str, tag: int, content: str) -> None:
    element = parse(bytes.fromhex(data), tag)
    assert (element.tag, element.content) == (tag, bytes.fromhex(content))
    assert element.encoded == bytes.fromhex(data)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "30",
        "3001",
        "300000",
        "3081",
        "308200",
        "30820001",
        "3085000000000000",
        "30ff",
        "5f",
        "5f81",
        "5f818101 00",
        "0480aa0000",  # only what holds others may leave its length open
        "3080",
        "30800401aa",
        "308004800000",
        "3080" * 9 + "0000" * 9,
        "3080" * 100_000,
    ],
)
def test_what_is_refused(data: str) -> None:
    with pytest.raises(Malformed):
        parse(bytes.fromhex(data), 0x30)


def test_only_zeros_may_follow_where_padding_is_allowed() -> None:
    assert parse_padded(b"\x30\0" + bytes(9), SEQUENCE).content == b""
    with pytest.raises(Malformed):
        parse_padded(b"\x30\0\0\1", SEQUENCE)


def test_elements_are_bounded_in_number() -> None:
    many = sequence(b"\5\0" * 11)
    assert len(parse(many, SEQUENCE).children(11)) == 11
    with pytest.raises(Malformed):
        parse(many, SEQUENCE).children(10)


@given(st.integers(-(2**600), 2**600))
def test_numbers(value: int) -> None:
    assert parse(integer(value), 0x02).integer() == value


@given(
    st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(st.just(2), st.integers(0, 10**6)),
    st.lists(st.integers(0, 2**32), max_size=6),
)
def test_identifiers(first: tuple[int, int], rest: list[int]) -> None:
    text = ".".join(map(str, (*first, *rest)))
    assert parse(oid(text), 0x06).oid() == text


@pytest.mark.parametrize("content", [b"", b"\x80", b"\x2a\x86", b"\x2a" * 41])
def test_identifiers_that_are_none(content: bytes) -> None:
    with pytest.raises(Malformed):
        parse(tlv(0x06, content), 0x06).oid()


def test_octets_in_pieces() -> None:
    pieces = parse(bytes.fromhex("2480 0401aa 0402bbcc 0000"), 0x24)
    assert pieces.octets() == b"\xaa\xbb\xcc"
    assert parse(octets(b"a"), OCTET_STRING).octets() == b"a"
    with pytest.raises(Malformed):
        parse(tlv(0x24, integer(1)), 0x24).octets()


@pytest.mark.parametrize("data", [b"\x03\x00", b"\x03\x02\x01\x80", b"\x04\x01\x00"])
def test_strings_of_bits_end_with_a_byte(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data, data[0]).bits()


def test_readers_insist() -> None:
    element = parse(sequence(integer(1), oid("1.2.3")), SEQUENCE)
    reader = element.reader()
    with pytest.raises(Malformed):
        reader.end()
    assert reader.optional(0x06) is None
    assert reader.take(0x02).integer() == 1
    with pytest.raises(Malformed):
        reader.take(0x02)
    assert reader.any().oid() == "1.2.3"
    reader.end()
    for broken in (reader.any, lambda: element.only(0x02), lambda: element.first(0x05), element.integer):
        with pytest.raises(Malformed):
            broken()
    with pytest.raises(Malformed):
        Element(0x04, b"", b"").children()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        element = parse_padded(data, data[0] if data else 0)
        assert data.startswith(element.encoded)
        assert element.content in element.encoded
        element.children()
    except Malformed:
        pass
