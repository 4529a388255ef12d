"""Checking receipts offline: whatever was changed is named."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bonafide.errors import UnreadableReceipt
from bonafide.evidence import (
    Claims,
    Discrepancy,
    DiscrepancyKind,
    Receipt,
    check_receipt,
    parse_receipt,
    serialise_receipt,
    sign_receipt,
)
from bonafide.evidence.claims import ClaimValue
from bonafide.evidence.receipt import claim_digest
from bonafide.vault import FileSigner

CHANGED, REMOVED, ADDED = (
    DiscrepancyKind.CLAIM_CHANGED,
    DiscrepancyKind.CLAIM_REMOVED,
    DiscrepancyKind.CLAIM_ADDED,
)
NAMES = [
    "identifier",
    "issued_at",
    "purpose",
    "outcome",
    "reasons",
    "attended",
    "false_match_rate",
    "detector",
    "recogniser",
    "calibration",
    "policy",
    "software",
    "text_detector",
    "text_recogniser",
    "document",
    "rules",
]


@pytest.fixture(scope="module")
def stranger() -> FileSigner:
    return FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def changed(value: ClaimValue) -> ClaimValue:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case str():
            return value + "0"
        case _:
            return value[:-1]


def found(receipt: Receipt, *signers: FileSigner) -> list[Discrepancy]:
    return list(check_receipt(receipt, tuple(signer.public_key for signer in signers)).discrepancies)


def with_claims(receipt: Receipt, **claims: ClaimValue) -> Receipt:
    return replace(receipt, claims={**receipt.claims, **claims})


def with_claims_and_digests(receipt: Receipt, **claims: ClaimValue) -> Receipt:
    """Changed by somebody who knows the format, but not the key."""
    digests = {name: claim_digest(name, value) for name, value in claims.items()}
    return replace(with_claims(receipt, **claims), digests={**receipt.digests, **digests})


def test_a_receipt_is_valid_as_it_was_signed(
    receipt: Receipt, signer: FileSigner, stranger: FileSigner
) -> None:
    assert found(receipt, signer) == []
    assert found(parse_receipt(serialise_receipt(receipt)), stranger, signer) == []
    assert check_receipt(receipt, (signer.public_key,)).valid


def test_a_digest_is_that_of_the_name_and_value_of_a_claim(receipt: Receipt) -> None:
    for name, canonical in (
        ("outcome", b'["outcome","refer"]'),
        ("attended", b'["attended",false]'),
        ("reasons", b'["reasons",["match.confirmed","presence.not_shown"]]'),
    ):
        assert receipt.digests[name] == hashlib.sha256(canonical).hexdigest()


def test_every_claim_is_tried_below(receipt: Receipt) -> None:
    assert list(receipt.claims) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_claim_is_named(receipt: Receipt, signer: FileSigner, name: str) -> None:
    altered = with_claims(receipt, **{name: changed(receipt.claims[name])})
    assert found(altered, signer) == [Discrepancy(CHANGED, name)]
    assert not check_receipt(altered, (signer.public_key,)).valid


@pytest.mark.parametrize("name", NAMES)
def test_a_removed_claim_is_named(receipt: Receipt, signer: FileSigner, name: str) -> None:
    without = replace(receipt, claims={key: value for key, value in receipt.claims.items() if key != name})
    assert found(without, signer) == [Discrepancy(REMOVED, name)]


def test_an_added_claim_is_named(receipt: Receipt, signer: FileSigner) -> None:
    assert found(with_claims(receipt, manager="agreed"), signer) == [Discrepancy(ADDED, "manager")]


@pytest.mark.parametrize("name", NAMES)
def test_a_claim_changed_together_with_its_digest_breaks_the_signature(
    receipt: Receipt, signer: FileSigner, name: str
) -> None:
    altered = with_claims_and_digests(receipt, **{name: changed(receipt.claims[name])})
    assert found(altered, signer) == [Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)]


def test_a_claim_added_or_removed_together_with_its_digest_breaks_the_signature(
    receipt: Receipt, signer: FileSigner
) -> None:
    wrong = [Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)]
    assert found(with_claims_and_digests(receipt, manager="agreed"), signer) == wrong
    claims = {name: value for name, value in receipt.claims.items() if name != "reasons"}
    digests = {name: digest for name, digest in receipt.digests.items() if name != "reasons"}
    assert found(replace(receipt, claims=claims, digests=digests), signer) == wrong


def test_everything_that_is_wrong_is_named(receipt: Receipt, stranger: FileSigner) -> None:
    altered = with_claims(receipt, outcome="accept", attended=True, manager="agreed")
    assert set(found(altered, stranger)) == {
        Discrepancy(DiscrepancyKind.KEY_UNKNOWN),
        Discrepancy(CHANGED, "outcome"),
        Discrepancy(CHANGED, "attended"),
        Discrepancy(ADDED, "manager"),
    }


def test_two_values_that_look_alike_are_not_the_same(receipt: Receipt, signer: FileSigner) -> None:
    for name, alike in (("attended", "false"), ("reasons", "match.confirmed"), ("outcome", ["refer"])):
        assert found(with_claims(receipt, **{name: alike}), signer) == [Discrepancy(CHANGED, name)]


def test_the_values_of_two_claims_cannot_change_places(receipt: Receipt, signer: FileSigner) -> None:
    claims, digests = dict(receipt.claims), dict(receipt.digests)
    swapped = with_claims(receipt, detector=claims["recogniser"], recogniser=claims["detector"])
    both = {"detector": digests["recogniser"], "recogniser": digests["detector"]}
    assert {wrong.claim for wrong in found(swapped, signer)} == {"detector", "recogniser"}
    assert found(replace(swapped, digests={**digests, **both}), signer) != []


def test_the_key_of_another_is_unknown(receipt: Receipt, stranger: FileSigner) -> None:
    unknown = [Discrepancy(DiscrepancyKind.KEY_UNKNOWN)]
    assert found(receipt, stranger) == unknown
    assert found(receipt) == unknown


def test_a_receipt_signed_by_another_in_the_name_of_ours_has_a_wrong_signature(
    claims: Claims, signer: FileSigner, stranger: FileSigner
) -> None:
    forged = replace(sign_receipt(claims, stranger), key=signer.key_id)
    assert found(forged, signer) == [Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)]


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65)])
def test_a_signature_that_is_none_is_wrong(receipt: Receipt, signer: FileSigner, signature: bytes) -> None:
    altered = replace(receipt, signature=signature)
    assert found(altered, signer) == [Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)]


def test_a_signature_of_something_else_does_not_pass_for_one_of_a_receipt(
    receipt: Receipt, signer: FileSigner
) -> None:
    digests = json.dumps(
        {"digests": dict(receipt.digests), "key": receipt.key}, separators=(",", ":"), sort_keys=True
    )
    altered = replace(receipt, signature=signer.sign(digests.encode()))
    assert found(altered, signer) == [Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True), st.sampled_from(["set", "drop", "double"]), st.integers(0, 255)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_damaged_receipt_is_unreadable_or_not_valid_or_says_the_same(
    receipt: Receipt, signer: FileSigner, changes: list[tuple[float, str, int]]
) -> None:
    content = bytearray(serialise_receipt(receipt))
    for place, kind, value in changes:
        at = int(place * len(content))
        match kind:
            case "set":
                content[at] = value
            case "drop":
                del content[at]
            case _:
                content.insert(at, content[at])
    try:
        damaged = parse_receipt(bytes(content))
    except UnreadableReceipt:
        return
    assert check_receipt(damaged, (signer.public_key,)).valid is (damaged == receipt)


def test_the_signature_can_be_checked_with_means_of_the_standards_alone(
    receipt: Receipt, signer: FileSigner
) -> None:
    """The format's name, a line feed, and RFC 8785 of the digests and the key."""
    document = json.loads(serialise_receipt(receipt))
    signed = json.dumps(
        {"digests": document["digests"], "key": document["key"]}, sort_keys=True, separators=(",", ":")
    )
    message = f"{document['format']}\n{signed}".encode()
    signer.public_key.verify(base64.b64decode(document["signature"]), message)
