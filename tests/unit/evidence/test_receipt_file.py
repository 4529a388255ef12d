"""Receipts as files: written for people, read strictly."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from bonafide.errors import UnreadableReceipt
from bonafide.evidence import Receipt, parse_receipt, serialise_receipt

Document = dict[str, Any]


@pytest.fixture
def document(receipt: Receipt) -> Document:
    """A good file, to be spoilt."""
    loaded: Document = json.loads(serialise_receipt(receipt))
    return loaded


@pytest.fixture
def refused() -> Callable[[bytes], None]:
    def refuse(content: bytes) -> None:
        with pytest.raises(UnreadableReceipt, match="not a receipt of Bonafide") as caught:
            parse_receipt(content)
        assert caught.value.exit_status == 3

    return refuse


def test_what_is_written_is_what_is_read(receipt: Receipt) -> None:
    content = serialise_receipt(receipt)
    assert parse_receipt(content) == receipt
    assert serialise_receipt(parse_receipt(content)) == content


def test_a_file_has_five_members(document: Document) -> None:
    assert set(document) == {"format", "claims", "digests", "key", "signature"}
    assert document["format"] == "bonafide-receipt/1"
    assert set(document["digests"]) == set(document["claims"])
    assert len(base64.b64decode(document["signature"])) == 64


def test_spacing_and_order_of_the_file_do_not_matter(receipt: Receipt, document: Document) -> None:
    turned = json.dumps(dict(reversed(document.items())), separators=(",", ":")).encode()
    assert parse_receipt(turned) == receipt


@pytest.mark.parametrize("member", ["format", "claims", "digests", "key", "signature"])
def test_a_missing_member_is_no_receipt(
    document: Document, refused: Callable[[bytes], None], member: str
) -> None:
    del document[member]
    refused(json.dumps(document).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "bonafide-receipt/2"},
        {"format": None},
        {"note": "one member too many"},
        {"claims": []},
        {"claims": {"outcome": 3}},
        {"claims": {"outcome": 1.5}},
        {"claims": {"outcome": None}},
        {"claims": {"outcome": {}}},
        {"claims": {"reasons": ["match.confirmed", 1]}},
        {"claims": {"reasons": [["nested"]]}},
        {"digests": {"outcome": 3}},
        {"digests": None},
        {"key": 3},
        {"signature": "not base 64!"},
        {"signature": "QQ"},
        {"signature": "签"},
        {"signature": None},
    ],
)
def test_another_kind_of_member_is_no_receipt(
    document: Document, refused: Callable[[bytes], None], changes: Document
) -> None:
    refused(json.dumps(document | changes).encode())


@pytest.mark.parametrize("name", ["outcome", "reasons"])
def test_a_claim_told_twice_is_no_receipt(
    receipt: Receipt, refused: Callable[[bytes], None], name: str
) -> None:
    # Two readers might each believe another of the two.
    content = serialise_receipt(receipt)
    repeated = content.replace(f'"{name}"'.encode(), f'"{name}": "accept",\n  "{name}"'.encode(), 1)
    assert json.loads(repeated)
    refused(repeated)


def test_a_member_told_twice_is_no_receipt(receipt: Receipt, refused: Callable[[bytes], None]) -> None:
    refused(serialise_receipt(receipt).replace(b'"key"', b'"key": "x", "key"', 1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"bonafide-receipt/1"',
        b"{}",
        b"\xff\xd8\xff\xe0 a picture",
        b"[" * 50_000,
        b'{"claims": ' * 5_000,
        b"9" * 6_000,
    ],
)
def test_what_is_no_receipt_at_all_is_refused(refused: Callable[[bytes], None], content: bytes) -> None:
    refused(content)


def test_an_oversized_file_is_refused(receipt: Receipt, refused: Callable[[bytes], None]) -> None:
    content = serialise_receipt(receipt)
    padded = content + b" " * (64 * 1024 - len(content))
    assert parse_receipt(padded) == receipt
    refused(padded + b" ")


def test_text_that_cannot_be_signed_is_refused(document: Document, refused: Callable[[bytes], None]) -> None:
    # Half of a surrogate pair is valid JSON, but no text that could be digested.
    for member, changed in (
        ("claims", {"purpose": "\ud800"}),
        ("claims", {"\ud800": "purpose"}),
        ("claims", {"reasons": ["\udfff"]}),
        ("digests", {"\ud800": "0" * 64}),
        ("digests", {"outcome": "\ud800"}),
    ):
        refused(json.dumps(document | {member: document[member] | changed}).encode())
    refused(json.dumps(document | {"key": "\ud800"}).encode())
