"""Keys for one use each, derived and nowhere kept."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import rfc8785

from bonafide.errors import RecordAltered, VaultClosed
from bonafide.vault import KeyHolder, KeyName, KeyUse, UnsafeFileHolder, Vault

OPERATOR, OTHER = "mobile.example", "other.example"
CONTEXTS = [
    (OPERATOR, "webhook", "a", "1"),
    (OPERATOR, "webhook", "a", "2"),
    (OPERATOR, "webhook", "a1"),
    (OPERATOR, "webhook", "a", "1", ""),
    (OPERATOR, "idempotency", "a", "1"),
    (OTHER, "webhook", "a", "1"),
]


@pytest.fixture
def holder(tmp_path: Path) -> UnsafeFileHolder:
    return UnsafeFileHolder(tmp_path / "vault")


@pytest.fixture
def vault(holder: KeyHolder) -> Vault:
    vault = Vault(holder)
    vault.begin_operator(OPERATOR)
    vault.begin_operator(OTHER)
    return vault


def test_a_derived_key_is_hmac_of_its_context(holder: KeyHolder, vault: Vault) -> None:
    message = rfc8785.dumps(["bonafide-derived/1", OPERATOR, "webhook", "a", "1"])
    assert vault.derived_key(*CONTEXTS[0]) == holder.mac(KeyName(OPERATOR, KeyUse.INDEX), message)
    assert len(vault.derived_key(*CONTEXTS[0])) == 32


def test_each_use_and_context_has_a_key_of_its_own_that_stays(holder: KeyHolder, vault: Vault) -> None:
    assert len({bytes(vault.derived_key(*context)) for context in CONTEXTS}) == len(CONTEXTS)
    again = Vault(holder)
    assert all(again.derived_key(*context) == vault.derived_key(*context) for context in CONTEXTS)


def test_no_index_of_a_document_is_a_derived_key(vault: Vault) -> None:
    # Whatever a document says, letters and digits are all that is left of it.
    index = vault.document_index(OPERATOR, "bonafide-derived/1", OPERATOR)
    assert index != vault.derived_key(OPERATOR, "BONAFIDEDERIVED1", "MOBILEEXAMPLE").hex()
    message = rfc8785.dumps(["bonafide-document/1", OPERATOR, "UTO", "1"])
    assert message != rfc8785.dumps(["bonafide-derived/1", OPERATOR, "UTO", "1"])


def test_what_was_sealed_opens_in_its_own_context_only(vault: Vault) -> None:
    for context, other in itertools.product(CONTEXTS, CONTEXTS):
        nonce, ciphertext = vault.seal_derived(b"shown once", *context)
        if context == other:
            assert vault.open_derived(nonce, ciphertext, *other) == b"shown once"
        else:
            with pytest.raises(RecordAltered):
                vault.open_derived(nonce, ciphertext, *other)


def test_what_was_changed_does_not_open(vault: Vault) -> None:
    nonce, ciphertext = vault.seal_derived(b"shown once", *CONTEXTS[0])
    for at in range(len(ciphertext)):
        changed = bytearray(ciphertext)
        changed[at] ^= 1
        with pytest.raises(RecordAltered):
            vault.open_derived(nonce, bytes(changed), *CONTEXTS[0])
    with pytest.raises(RecordAltered):
        vault.open_derived(bytes(12), ciphertext, *CONTEXTS[0])


def test_equal_contents_are_not_told_apart_from_unequal(vault: Vault) -> None:
    assert vault.seal_derived(b"same", *CONTEXTS[0]) != vault.seal_derived(b"same", *CONTEXTS[0])


def test_without_the_operator_s_key_there_is_none(holder: KeyHolder, vault: Vault) -> None:
    sealed = vault.seal_derived(b"shown once", *CONTEXTS[0])
    holder.destroy(KeyName(OPERATOR, KeyUse.INDEX))
    with pytest.raises(VaultClosed):
        vault.derived_key(*CONTEXTS[0])
    with pytest.raises(VaultClosed):
        vault.open_derived(*sealed, *CONTEXTS[0])
