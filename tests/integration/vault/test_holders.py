"""What every holder of keys promises, of the folder and of a real PKCS #11 token."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.vault.conftest import KeyStore

from bonafide.errors import KeyUnusable, RecordAltered, VaultClosed
from bonafide.vault import Binding, KeyHolder, KeyName, KeyUse, Sealed, Vault

KEY = bytes(range(100, 132))


def epoch(name: KeyName, number: int) -> KeyName:
    return dataclasses.replace(name, epoch=number)


def index_of(operator: str) -> KeyName:
    return KeyName(operator, KeyUse.INDEX)


def test_a_key_comes_back_from_its_wrapping(holder: KeyHolder, name: KeyName) -> None:
    for key in (KEY, bytearray(KEY)):
        wrapped = holder.wrap(name, key, b"binding")
        assert len(wrapped) == 60
        unwrapped = holder.unwrap(name, wrapped, b"binding")
        assert isinstance(unwrapped, bytearray)
        assert unwrapped == KEY


def test_no_two_wrappings_are_alike(holder: KeyHolder, name: KeyName) -> None:
    wrappings = {holder.wrap(name, KEY, b"binding") for _ in range(50)}
    assert len(wrappings) == len({wrapping[:12] for wrapping in wrappings}) == 50


@pytest.mark.parametrize("binding", [b"", b"bindinh", b"binding\0"])
def test_with_another_binding_it_does_not_open(holder: KeyHolder, name: KeyName, binding: bytes) -> None:
    wrapped = holder.wrap(name, KEY, b"binding")
    with pytest.raises(RecordAltered):
        holder.unwrap(name, wrapped, binding)
    assert holder.unwrap(name, wrapped, b"binding") == KEY


def test_under_another_operator_s_or_epoch_s_key_it_does_not_open(holder: KeyHolder, name: KeyName) -> None:
    wrapped = holder.wrap(name, KEY, b"binding")
    for other in (epoch(name, 2), dataclasses.replace(name, operator=f"a.{name.operator}")):
        holder.make(other)
        with pytest.raises(RecordAltered):
            holder.unwrap(other, wrapped, b"binding")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    at=st.integers(0, 59),
    change=st.one_of(st.integers(1, 255), st.sampled_from(["cut", "longer", "nothing"])),
)
def test_whatever_is_changed_in_a_wrapping_it_does_not_open(
    holder: KeyHolder, name: KeyName, at: int, change: int | str
) -> None:
    if not holder.holds(name):
        holder.make(name)
    wrapped = bytearray(holder.wrap(name, KEY, b"binding"))
    if isinstance(change, int):
        wrapped[at] ^= change
    else:
        wrapped = {"cut": wrapped[:at], "longer": wrapped + bytes(1 + at), "nothing": bytearray()}[change]
    with pytest.raises(RecordAltered):
        holder.unwrap(name, bytes(wrapped), b"binding")


def test_a_name_is_used_once(holder: KeyHolder, name: KeyName) -> None:
    wrapped = holder.wrap(name, KEY, b"binding")
    with pytest.raises(KeyUnusable, match="not used twice"):
        holder.make(name)
    assert holder.unwrap(name, wrapped, b"binding") == KEY


def test_a_destroyed_key_is_gone_at_once_and_for_good(key_store: KeyStore, name: KeyName) -> None:
    holder, other = key_store.open(), key_store.open()
    wrapped = holder.wrap(name, KEY, b"binding")
    assert other.unwrap(name, wrapped, b"binding") == KEY
    for _ in range(2):  # what is not there is no error
        holder.destroy(name)
    for each in (holder, other, key_store.open()):
        assert not each.holds(name)
        assert each.names(name.operator) == ()
        for use in (
            lambda: each.unwrap(name, wrapped, b"binding"),  # noqa: B023 - called at once
            lambda: each.unwrap(name, b"", b"binding"),  # noqa: B023
            lambda: each.wrap(name, KEY, b"binding"),  # noqa: B023
            lambda: each.mac(name, b""),  # noqa: B023
        ):
            with pytest.raises(VaultClosed, match="destroyed"):
                use()
        with pytest.raises(KeyUnusable, match="not used twice"):
            each.make(name)


def in_another_process(key_store: KeyStore, line: str) -> str:
    program = f"{key_store.program}\n{line}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def test_what_another_process_makes_and_destroys_is_seen_at_once(
    key_store: KeyStore, holder: KeyHolder, name: KeyName
) -> None:
    wrapped = holder.wrap(name, KEY, b"binding")
    second = epoch(name, 2)
    in_another_process(
        key_store,
        f"holder.make(KeyName({name.operator!r}, KeyUse.WRAPPING, 2))\n"
        f"holder.destroy(KeyName({name.operator!r}, KeyUse.WRAPPING, 1))",
    )
    with pytest.raises(VaultClosed):
        holder.unwrap(name, wrapped, b"binding")
    assert holder.names(name.operator) == (second,)
    assert holder.unwrap(second, holder.wrap(second, KEY, b""), b"") == KEY


def test_destroying_what_never_was_leaves_no_grave(holder: KeyHolder, operator: str) -> None:
    name = KeyName(operator, KeyUse.WRAPPING, 7)
    holder.destroy(name)
    holder.make(name)
    assert holder.holds(name)


def test_the_keys_of_an_operator_are_its_own_and_in_order(holder: KeyHolder, operator: str) -> None:
    names = [KeyName(operator, KeyUse.WRAPPING, number) for number in (10, 9, 1)]
    for name in (*names, index_of(operator), index_of(f"{operator}.cn"), index_of(f"a.{operator}")):
        holder.make(name)
    assert holder.names(operator) == (index_of(operator), *reversed(names))
    holder.destroy(names[1])
    assert holder.names(operator) == (index_of(operator), names[2], names[0])
    assert holder.names("nobody.example") == ()


def test_an_index_is_of_its_key_and_its_message(key_store: KeyStore, operator: str) -> None:
    holder, other = key_store.open(), f"a.{operator}"
    for each in (operator, other):
        holder.make(index_of(each))
    codes = {
        (each, message): holder.mac(index_of(each), message)
        for each in (operator, other)
        for message in (b"", b"1")
    }
    assert len(set(codes.values())) == 4
    assert {len(code) for code in codes.values()} == {32}
    again = key_store.open()
    assert all(again.mac(index_of(each), message) == code for (each, message), code in codes.items())


def test_threads_share_a_holder(holder: KeyHolder, name: KeyName) -> None:
    holder.make(index_of(name.operator))
    code = holder.mac(index_of(name.operator), b"message")

    def work(number: int) -> bool:
        key, binding = bytes([number]) * 32, b"%d" % number
        for _ in range(25):
            wrapped = holder.wrap(name, key, binding)
            with pytest.raises(RecordAltered):
                holder.unwrap(name, wrapped, b"another")
            if holder.unwrap(name, wrapped, binding) != key:
                return False
        return holder.mac(index_of(name.operator), b"message") == code and holder.holds(name)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))


def test_processes_that_race_make_one_key(key_store: KeyStore, holder: KeyHolder, operator: str) -> None:
    program = (
        f"{key_store.program}\n"
        "import sys; from bonafide.errors import KeyUnusable\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"try: holder.make(KeyName({operator!r}, KeyUse.WRAPPING, 1)); print('made')\n"
        "except KeyUnusable: print('was there')\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert sorted(racer.communicate()[0] for racer in racers) == ["made\n"] + ["was there\n"] * 3
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    assert holder.unwrap(name, holder.wrap(name, KEY, b""), b"") == KEY


def test_when_the_store_is_lost_all_is_closed_within_a_second_and_comes_back_with_it(
    key_store: KeyStore, holder: KeyHolder, name: KeyName
) -> None:
    index, second = index_of(name.operator), epoch(name, 2)
    holder.make(index)
    vault = Vault(holder)
    binding = Binding(name.operator, "subject", "purpose", "consent", "record", "kind")
    sealed, wrapped = vault.seal(b"content", binding, 1), holder.wrap(name, KEY, b"binding")
    code = holder.mac(index, b"message")
    uses: list[Callable[[], object]] = [
        lambda: holder.wrap(name, KEY, b"binding"),
        lambda: holder.unwrap(name, wrapped, b"binding"),
        lambda: holder.unwrap(name, b"", b"binding"),
        lambda: holder.mac(index, b"message"),
        lambda: holder.holds(name),
        lambda: holder.names(name.operator),
        lambda: holder.make(second),
        lambda: holder.destroy(name),
        lambda: vault.open(sealed, binding),
        lambda: vault.seal(b"content", binding, 1),
        lambda: vault.rewrap(sealed.wrapped_key, binding, 1, 1),
        lambda: vault.document_index(name.operator, "CHN", "E1"),
    ]
    for _ in range(2):
        with key_store.lost():
            for use in uses:
                started = time.monotonic()
                with pytest.raises(VaultClosed) as closed:
                    use()
                assert time.monotonic() - started < 1
                assert str(key_store.folder) not in str(closed.value)
        assert vault.open(sealed, binding) == b"content"
        assert holder.unwrap(name, wrapped, b"binding") == KEY
        assert holder.mac(index, b"message") == code
        assert holder.names(name.operator) == (index, name)
    holder.make(second)
    anew = vault.rewrap(sealed.wrapped_key, binding, 1, 2)
    assert vault.open(Sealed(2, anew, sealed.nonce, sealed.ciphertext), binding) == b"content"


@pytest.mark.parametrize("part", Binding.__slots__)
def test_a_row_that_is_moved_does_not_open(holder: KeyHolder, name: KeyName, part: str) -> None:
    vault = Vault(holder)
    binding = Binding(name.operator, "subject", "purpose", "consent", "record", "kind", "model")
    sealed = vault.seal(b"content", binding, 1)
    vault.begin_epoch(f"{name.operator}2", 1)
    moved = {each: getattr(binding, each) + ("2" if each == part else "") for each in Binding.__slots__}
    with pytest.raises(RecordAltered):
        vault.open(sealed, Binding(**moved))
    assert vault.open(sealed, binding) == b"content"


def test_two_operators_records_of_one_person_cannot_be_linked(holder: KeyHolder, operator: str) -> None:
    vault, other = Vault(holder), f"a.{operator}"
    for each in (operator, other):
        vault.begin_operator(each)
    assert vault.document_index(operator, "CHN", "E1") != vault.document_index(other, "CHN", "E1")


def test_a_holder_shows_nothing_of_its_keys(key_store: KeyStore, holder: KeyHolder, name: KeyName) -> None:
    holder.wrap(name, KEY, b"binding")
    shown = repr(holder) + str(holder)
    assert shown.count("object at") == 2
    for path in key_store.folder.rglob("*"):
        if path.is_file():
            assert KEY not in path.read_bytes()
