"""Sealed records: opened as what they were sealed, by whoever holds the keys, and by nobody else."""

from __future__ import annotations

import gc
import itertools
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import KeyUnusable, RecordAltered, UsageError, VaultClosed
from bonafide.vault import Binding, KeyBinding, KeyName, KeyUse, Sealed, UnsafeFileHolder, Vault, envelope

OPERATOR = "mobile.example"
BINDING = Binding(OPERATOR, "subject", "sim-signup", "consent", "record", "selfie", "model")
PLAINTEXT = b"what a face looks like"


@pytest.fixture
def holder(tmp_path: Path) -> UnsafeFileHolder:
    return UnsafeFileHolder(tmp_path / "vault")


@pytest.fixture
def vault(holder: UnsafeFileHolder) -> Vault:
    vault = Vault(holder)
    vault.begin_operator(OPERATOR)
    vault.begin_epoch(OPERATOR, 1)
    vault.begin_epoch(OPERATOR, 2)
    return vault


@pytest.fixture(scope="module")
def shared_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """One that no test changes."""
    vault = Vault(UnsafeFileHolder(tmp_path_factory.mktemp("keys") / "vault"))
    vault.begin_operator(OPERATOR)
    vault.begin_epoch(OPERATOR, 1)
    return vault


@given(plaintext=st.binary(max_size=300))
def test_what_was_sealed_opens(shared_vault: Vault, plaintext: bytes) -> None:
    sealed = shared_vault.seal(plaintext, BINDING, 1)
    assert shared_vault.open(sealed, BINDING) == plaintext
    assert len(sealed.ciphertext) == len(plaintext) + 16


def test_any_buffer_is_sealed(vault: Vault) -> None:
    for plaintext in (bytearray(PLAINTEXT), memoryview(PLAINTEXT)):
        assert vault.open(vault.seal(plaintext, BINDING, 1), BINDING) == PLAINTEXT


def test_a_record_is_aes_256_gcm_siv_under_a_key_of_its_own(holder: UnsafeFileHolder, vault: Vault) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    key = holder.unwrap(KeyName(OPERATOR, KeyUse.WRAPPING, 1), sealed.wrapped_key, BINDING.of_key())
    assert len(key) == 32
    opened = AESGCMSIV(bytes(key)).decrypt(sealed.nonce, sealed.ciphertext, BINDING.of_content())
    assert opened == PLAINTEXT


def test_the_algorithm_is_that_of_the_standard() -> None:
    # RFC 8452, C.2, the case with 8 bytes of plaintext and one of associated data.
    key, nonce = bytes([1]) + bytes(31), bytes([3]) + bytes(11)
    result = bytes.fromhex("1de22967237a813291213f267e3b452f02d01ae33e4ec854")
    assert envelope.encrypt(key, nonce, bytes.fromhex("0200000000000000"), b"\1") == result
    assert envelope.decrypt(key, nonce, result, b"\1") == bytes.fromhex("0200000000000000")


def test_keys_and_nonces_are_fresh_for_each_record(vault: Vault) -> None:
    sealed = [vault.seal(PLAINTEXT, BINDING, 1) for _ in range(20)]
    for part in ("wrapped_key", "nonce", "ciphertext"):
        assert len({getattr(one, part) for one in sealed}) == 20


def test_repeated_randomness_tells_only_that_two_records_are_equal(holder: UnsafeFileHolder) -> None:
    vault = Vault(holder, bytes)
    vault.begin_epoch(OPERATOR, 1)
    one, same, other = (vault.seal(text, BINDING, 1) for text in (b"aaaa", b"aaaa", b"aaab"))
    assert one.ciphertext == same.ciphertext
    differing = [a != b for a, b in zip(one.ciphertext, other.ciphertext, strict=True)]
    assert sum(differing[:4]) > 1  # in a stream cipher it would be the one byte that differs


@pytest.mark.parametrize("part", BINDING.__slots__)
def test_a_row_that_is_moved_does_not_open(vault: Vault, part: str) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    values = {name: getattr(BINDING, name) for name in BINDING.__slots__}
    if part == "operator":
        vault.begin_epoch("another.example", 1)
        values[part] = "another.example"
    else:
        values[part] += "2"
    with pytest.raises(RecordAltered):
        vault.open(sealed, Binding(**values))


def test_a_row_under_another_epoch_does_not_open(vault: Vault) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    with pytest.raises(RecordAltered):
        vault.open(Sealed(2, sealed.wrapped_key, sealed.nonce, sealed.ciphertext), BINDING)


def test_parts_of_two_records_do_not_make_a_third(vault: Vault) -> None:
    one, other = vault.seal(b"one", BINDING, 1), vault.seal(b"two", BINDING, 1)
    whole = (
        (one.wrapped_key, other.wrapped_key),
        (one.nonce, other.nonce),
        (one.ciphertext, other.ciphertext),
    )
    opened = []
    for parts in itertools.product(*whole):
        try:
            opened.append(vault.open(Sealed(1, *parts), BINDING))
        except RecordAltered:
            continue
    assert opened == [b"one", b"two"]


@given(
    part=st.sampled_from(["wrapped_key", "nonce", "ciphertext"]),
    at=st.integers(0, 10_000),
    change=st.one_of(st.integers(1, 255), st.sampled_from(["cut", "longer", "nothing"])),
)
def test_whatever_is_changed_does_not_open(
    shared_vault: Vault, part: str, at: int, change: int | str
) -> None:
    sealed = shared_vault.seal(PLAINTEXT, BINDING, 1)
    parts = {name: getattr(sealed, name) for name in Sealed.__slots__}
    content = bytearray(parts[part])
    if isinstance(change, int):
        content[at % len(content)] ^= change
    else:
        content = {
            "cut": content[: at % len(content)],
            "longer": content + bytes(1 + at % 40),
            "nothing": bytearray(),
        }[change]
    parts[part] = bytes(content)
    with pytest.raises(RecordAltered):
        shared_vault.open(Sealed(**parts), BINDING)


def test_the_content_is_zeros_after_the_block(vault: Vault) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    with vault.opened(sealed, BINDING) as plaintext:
        assert plaintext == PLAINTEXT
    assert plaintext == bytes(len(PLAINTEXT))
    with pytest.raises(ZeroDivisionError), vault.opened(sealed, BINDING) as plaintext:
        _ = 1 / 0
    assert plaintext == bytes(len(PLAINTEXT))


class Watched:
    """A holder that remembers the buffers of data keys which pass through it."""

    def __init__(self, holder: UnsafeFileHolder) -> None:
        self._holder = holder
        self.keys: list[bytearray] = []
        self.seen: list[bytes] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._holder, name)

    def wrap(self, name: KeyName, key: bytearray, binding: bytes) -> bytes:
        self._remember(key)
        return self._holder.wrap(name, key, binding)

    def unwrap(self, name: KeyName, wrapped: bytes, binding: bytes) -> bytearray:
        return self._remember(self._holder.unwrap(name, wrapped, binding))

    def _remember(self, key: bytearray) -> bytearray:
        self.keys.append(key)
        self.seen.append(bytes(key))
        return key


def test_data_keys_are_wiped_whatever_happens(holder: UnsafeFileHolder) -> None:
    watched = Watched(holder)
    watching = Vault(watched)  # type: ignore[arg-type] # the rest it hands on
    for epoch in (1, 2):
        watching.begin_epoch(OPERATOR, epoch)
    sealed = watching.seal(PLAINTEXT, BINDING, 1)
    watching.open(sealed, BINDING)
    watching.rewrap(sealed.wrapped_key, BINDING, 1, 2)
    moved = Binding(OPERATOR, "somebody else", "sim-signup", "consent", "record", "selfie", "model")
    with pytest.raises(RecordAltered):
        watching.open(sealed, moved)
    with pytest.raises(VaultClosed):
        watching.seal(PLAINTEXT, BINDING, 9)
    with pytest.raises(VaultClosed):
        watching.rewrap(sealed.wrapped_key, BINDING, 1, 9)
    assert len(watched.keys) == 8
    assert all(any(key) for key in watched.seen)
    assert not any(any(key) for key in watched.keys)


def test_a_content_that_does_not_open_is_left_nowhere(vault: Vault) -> None:
    gc.collect()
    sealed = vault.seal(bytes([7]) * 64, BINDING, 1)
    changed = Sealed(1, sealed.wrapped_key, sealed.nonce, sealed.ciphertext[:-1] + b"\0")
    with pytest.raises(RecordAltered) as refused:
        vault.open(changed, BINDING)
    frame = refused.traceback[-1].frame
    assert not any(frame.f_locals.get("plaintext", b""))


def test_a_record_is_wrapped_anew_by_operator_and_identifier_only(vault: Vault) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    anew = vault.rewrap(sealed.wrapped_key, KeyBinding(OPERATOR, "record"), 1, 2)
    vault.destroy_epoch(OPERATOR, 1)
    assert vault.open(Sealed(2, anew, sealed.nonce, sealed.ciphertext), BINDING) == PLAINTEXT
    with pytest.raises(VaultClosed):
        vault.open(sealed, BINDING)


@pytest.mark.parametrize("binding", [KeyBinding(OPERATOR, "record2"), KeyBinding("a.example", "record")])
def test_another_record_s_key_is_not_wrapped_anew(vault: Vault, binding: KeyBinding) -> None:
    for epoch in (1, 2):
        vault.begin_epoch("a.example", epoch)
    with pytest.raises(RecordAltered):
        vault.rewrap(vault.seal(PLAINTEXT, BINDING, 1).wrapped_key, binding, 1, 2)


def test_an_epoch_that_is_destroyed_stays_so(vault: Vault) -> None:
    assert vault.holds_epoch(OPERATOR, 1)
    for _ in range(2):
        vault.destroy_epoch(OPERATOR, 1)
        assert not vault.holds_epoch(OPERATOR, 1)
    with pytest.raises(KeyUnusable):
        vault.begin_epoch(OPERATOR, 1)
    with pytest.raises(VaultClosed):
        vault.seal(PLAINTEXT, BINDING, 1)
    assert vault.holds_epoch(OPERATOR, 2)


@pytest.mark.parametrize(
    ("issuer", "number"),
    [("CHN", "E12-34<5 6<<"), ("chn", "e123456"), ("CHN<", "Ｅ１２３４５６"), ("C H N", "E 123 456")],
)
def test_a_number_has_one_index_however_it_is_written(vault: Vault, issuer: str, number: str) -> None:
    index = vault.document_index(OPERATOR, issuer, number)
    assert index == vault.document_index(OPERATOR, "CHN", "E123456")
    assert len(index) == 64
    assert set(index) <= set("0123456789abcdef")


def test_another_number_issuer_or_operator_has_another_index(vault: Vault) -> None:
    vault.begin_operator("a.example")
    asked = [
        (OPERATOR, "CHN", "E123456"),
        ("a.example", "CHN", "E123456"),
        (OPERATOR, "UTO", "E123456"),
        (OPERATOR, "CHN", "E123457"),
        (OPERATOR, "CHNE", "123456"),
        (OPERATOR, "CHN", "E1234560"),
    ]
    assert len({vault.document_index(*one) for one in asked}) == len(asked)


@pytest.mark.parametrize(("issuer", "number"), [("", "E1"), ("CHN", ""), ("CHN", "<< -"), ("<", "E1")])
def test_what_was_not_read_has_no_index(vault: Vault, issuer: str, number: str) -> None:
    with pytest.raises(UsageError):
        vault.document_index(OPERATOR, issuer, number)


def test_what_is_no_document_has_an_index_of_its_own_use(vault: Vault) -> None:
    vault.begin_operator("a.example")
    index = vault.index(OPERATOR, "line", "+8613800000000")
    assert index == vault.index(OPERATOR, "line", "+8613800000000")
    assert len(index) == 64
    assert set(index) <= set("0123456789abcdef")
    others = {
        vault.index(OPERATOR, "device", "+8613800000000"),
        vault.index(OPERATOR, "line", "+8613800000001"),
        vault.index(OPERATOR, "line", "8613800000000"),
        vault.index(OPERATOR, "line+", "8613800000000"),
        vault.index("a.example", "line", "+8613800000000"),
        vault.document_index(OPERATOR, "line", "+8613800000000"),
        vault.index(OPERATOR, "LINE", "8613800000000"),
        vault.document_index(OPERATOR, "LINE", "8613800000000"),
    }
    assert len(others | {index}) == 8  # the two of documents are one, for only letters and digits count
    for use, text in (("", "x"), ("line", "")):
        with pytest.raises(UsageError):
            vault.index(OPERATOR, use, text)


def test_the_index_of_a_document_is_what_it_was(tmp_path: Path) -> None:
    # What is on record must be found again by every later version.
    vault = Vault(UnsafeFileHolder(tmp_path / "vault", lambda size: b"k" * size))
    vault.begin_operator("a.example")
    assert (
        vault.document_index("a.example", "UTO", "L898902C3")
        == "7a774c6f11cb7888809f4b20207c687b47d0a7058cbbb4b26b927c04c7049269"
    )
    assert (
        vault.index("a.example", "line", "+8613800000000")
        == "f179c00b89dbfe8e8a18b95d1c9a834ad19ffa01e85be9a685da183c1c6ad6d4"
    )


def test_an_operator_that_has_begun_is_left_as_it_is(holder: UnsafeFileHolder, vault: Vault) -> None:
    index = vault.document_index(OPERATOR, "CHN", "E1")
    vault.begin_operator(OPERATOR)
    assert vault.document_index(OPERATOR, "CHN", "E1") == index
    holder.destroy(KeyName(OPERATOR, KeyUse.INDEX))
    with pytest.raises(KeyUnusable):
        vault.begin_operator(OPERATOR)
    with pytest.raises(VaultClosed):
        vault.document_index(OPERATOR, "CHN", "E1")


def test_an_operator_that_another_process_begins_at_this_moment_has_begun(
    holder: UnsafeFileHolder, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])  # as if the other had been a moment later than the question
    monkeypatch.setattr(holder, "holds", lambda _name: next(answers))
    vault.begin_operator(OPERATOR)


def test_nothing_is_shown_of_what_is_sealed(vault: Vault) -> None:
    sealed = vault.seal(PLAINTEXT, BINDING, 1)
    assert repr(sealed) == "Sealed(epoch=1)"
    assert repr(vault).startswith("<")


def test_a_vault_says_whether_it_is_safe(vault: Vault) -> None:
    assert vault.unsafe
