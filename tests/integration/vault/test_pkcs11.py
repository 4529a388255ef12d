"""What only a token has: keys that it does not give away, a PIN, sessions that end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import AttributeSensitive, PKCS11Error
from tests.softhsm import Token, begin_token

from bonafide.errors import KeyUnusable, RecordAltered, SettingInvalid, VaultClosed
from bonafide.settings import Settings
from bonafide.vault import KeyName, KeyUse, Vault, open_holder
from bonafide.vault.pkcs11_connection import Opened, Pkcs11Connection
from bonafide.vault.pkcs11_holder import Pkcs11Holder
from bonafide.vault.pkcs11_uri import TokenUri
from bonafide.vault.private_file import locked

KEY = bytes(range(32))


@pytest.fixture
def uri(token: Token) -> TokenUri:
    return TokenUri.parse(token.uri)


@pytest.fixture
def holder(uri: TokenUri) -> Pkcs11Holder:
    return Pkcs11Holder(uri)


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    path.touch(0o600)
    path.write_text("pin-of-tests")
    return path


def uri_with(token: Token, pin_file: Path, label: str = "bonafide") -> TokenUri:
    return TokenUri.parse(f"pkcs11:token={label}?module-path={token.module}&pin-source=file:{pin_file}")


def objects(uri: TokenUri, name: KeyName, kind: ObjectClass) -> list[Any]:
    """What lies on the token under a name."""
    attributes = {Attribute.CLASS: kind, Attribute.LABEL: str(name)}
    return Pkcs11Connection(uri).run(lambda opened: opened.objects(attributes))


@pytest.mark.parametrize("use", list(KeyUse))
def test_a_key_is_made_in_the_token_and_never_leaves_it(
    holder: Pkcs11Holder, uri: TokenUri, operator: str, use: KeyUse
) -> None:
    name = KeyName(operator, use)
    holder.make(name)
    (key,) = objects(uri, name, ObjectClass.SECRET_KEY)
    is_so = {each: key[each] for each in (Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.PRIVATE)}
    is_so |= {each: key[each] for each in (Attribute.NEVER_EXTRACTABLE, Attribute.LOCAL, Attribute.TOKEN)}
    assert all(is_so.values())
    can = {Attribute.EXTRACTABLE, Attribute.MODIFIABLE, Attribute.WRAP, Attribute.UNWRAP, Attribute.DERIVE}
    assert not any(key[each] for each in can)
    assert key[Attribute.ENCRYPT] == key[Attribute.DECRYPT] == (use is KeyUse.WRAPPING)
    assert key[Attribute.SIGN] == (use is KeyUse.INDEX)
    assert key[Attribute.VALUE_LEN] == 32
    with pytest.raises(AttributeSensitive):
        key[Attribute.VALUE]
    with pytest.raises(PKCS11Error):
        key[Attribute.EXTRACTABLE] = True


def test_a_holder_keeps_numbers_of_keys_and_no_pin(holder: Pkcs11Holder, operator: str) -> None:
    holder.make(KeyName(operator, KeyUse.WRAPPING, 1))
    holder.wrap(KeyName(operator, KeyUse.WRAPPING, 1), KEY, b"")
    assert not holder.unsafe
    seen = repr(holder)
    for part in (holder, holder._connection, holder._connection._opened):
        seen += repr({name: getattr(part, name) for name in dir(part) if not name.startswith("__")})
    assert "pin-of-tests" not in seen


def test_a_destroyed_key_is_no_longer_on_the_token_and_its_grave_is(
    holder: Pkcs11Holder, uri: TokenUri, operator: str
) -> None:
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    holder.make(name)
    assert len(objects(uri, name, ObjectClass.SECRET_KEY)) == 1
    holder.destroy(name)
    assert objects(uri, name, ObjectClass.SECRET_KEY) == []
    assert len(objects(uri, name, ObjectClass.DATA)) == 1


def test_a_destruction_that_broke_off_is_finished(
    holder: Pkcs11Holder, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    holder.make(name)
    from bonafide.vault import pkcs11_holder

    bury = pkcs11_holder._put_data

    def bury_and_break(session: pkcs11.Session, label: str) -> None:
        bury(session, label)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pkcs11_holder, "_put_data", bury_and_break)
        with pytest.raises(KeyboardInterrupt):
            holder.destroy(name)
    assert holder.holds(name)
    holder.destroy(name)
    assert not holder.holds(name)


def test_the_key_of_a_wrapping_that_is_too_short_must_be_there_as_well(
    holder: Pkcs11Holder, operator: str
) -> None:
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    with pytest.raises(VaultClosed):
        holder.unwrap(name, b"short", b"")
    holder.make(name)
    with pytest.raises(RecordAltered):
        holder.unwrap(name, b"short", b"")


def test_two_keys_of_one_name_are_both_refused(holder: Pkcs11Holder, uri: TokenUri, operator: str) -> None:
    from bonafide.vault.pkcs11_holder import _generate

    name = KeyName(operator, KeyUse.WRAPPING, 1)
    for _ in range(2):  # as two machines at the same moment
        Pkcs11Connection(uri).run(lambda opened: _generate(opened.session, name))
    with pytest.raises(VaultClosed, match="two keys of one name"):
        holder.wrap(name, KEY, b"")


def test_who_sees_another_machine_s_key_takes_its_own_back(
    holder: Pkcs11Holder, uri: TokenUri, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonafide.vault import pkcs11_holder

    name = KeyName(operator, KeyUse.WRAPPING, 1)
    generate = pkcs11_holder._generate

    def after_another(session: pkcs11.Session, name: KeyName) -> pkcs11.Object:
        generate(session, name)
        return generate(session, name)

    with monkeypatch.context() as patch:
        patch.setattr(pkcs11_holder, "_generate", after_another)
        with pytest.raises(KeyUnusable, match="not used twice"):
            holder.make(name)
    assert len(objects(uri, name, ObjectClass.SECRET_KEY)) == 1
    assert holder.unwrap(name, holder.wrap(name, KEY, b""), b"") == KEY


def close_the_session(holder: Pkcs11Holder) -> None:
    opened = holder._connection._opened
    assert opened
    opened.session.close()


def log_out(holder: Pkcs11Holder) -> None:
    # A login is of the whole process, and so is a logout.
    opened = holder._connection._opened
    assert opened
    keep = opened.session.token.open(rw=True)
    opened.session.close()  # logs out, for it is the one that logged in
    assert list(keep.get_objects()) == []
    holder._connection._opened = Opened(keep)


def begin_the_library_anew(holder: Pkcs11Holder) -> None:
    pkcs11.lib(str(holder._connection._uri.module_path)).reinitialize()


def end_the_library(holder: Pkcs11Holder) -> None:
    pkcs11.lib(str(holder._connection._uri.module_path)).finalize()


@pytest.mark.parametrize("end", [close_the_session, log_out, begin_the_library_anew, end_the_library])
@pytest.mark.parametrize("use", ["wrap", "holds", "names", "make", "destroy"])
def test_a_session_that_ended_is_opened_again(
    holder: Pkcs11Holder, operator: str, end: Callable[[Pkcs11Holder], None], use: str
) -> None:
    begin_the_library_anew(holder)  # so that this holder is the one that logs in
    name, second = KeyName(operator, KeyUse.WRAPPING, 1), KeyName(operator, KeyUse.WRAPPING, 2)
    holder.make(name)
    end(holder)
    if use == "wrap":
        assert holder.unwrap(name, holder.wrap(name, KEY, b""), b"") == KEY
    elif use == "holds":
        assert holder.holds(name)
    elif use == "names":
        assert holder.names(operator) == (name,)
    elif use == "make":
        holder.make(second)
        assert holder.names(operator) == (name, second)
    else:
        holder.destroy(name)
        assert not holder.holds(name)


def test_holders_of_one_process_share_its_login(uri: TokenUri, operator: str) -> None:
    holders = [Pkcs11Holder(uri) for _ in range(3)]
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    holders[0].make(name)
    wrapped = holders[1].wrap(name, KEY, b"")
    for holder in holders * 2:
        close_the_session(holders[0])
        assert holder.unwrap(name, wrapped, b"") == KEY
        assert holders[0].unwrap(name, wrapped, b"") == KEY


def test_a_process_that_was_forked_opens_a_session_of_its_own(token: Token, operator: str) -> None:
    program = f"""
import os
from bonafide.vault import *
from bonafide.vault.pkcs11_holder import Pkcs11Holder
from bonafide.vault.pkcs11_uri import TokenUri
holder = Pkcs11Holder(TokenUri.parse({token.uri!r}))
name = KeyName({operator!r}, KeyUse.WRAPPING, 1)
holder.make(name)
wrapped = holder.wrap(name, bytes(32), b"")
session = holder._connection._opened.session
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
    assert holder.unwrap(name, wrapped, b"") == bytes(32)
    print("both")
else:
    same = holder.unwrap(name, wrapped, b"") == bytes(32)
    os._exit(0 if same and holder._connection._opened.session is not session else 1)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "both\n"


def test_a_pin_that_is_refused_is_not_tried_again(token: Token, pin_file: Path) -> None:
    begin_the_library_anew(Pkcs11Holder(TokenUri.parse(token.uri)))  # so that nobody is logged in
    pin_file.write_text("13579")
    connection = Pkcs11Connection(uri_with(token, pin_file))
    with pytest.raises(KeyUnusable, match="refuses the PIN") as refused:
        connection.run(lambda opened: opened)
    assert "13579" not in str(refused.value)
    pin_file.write_text("pin-of-tests")
    with pytest.raises(KeyUnusable, match="refuses the PIN"):
        connection.run(lambda opened: opened)
    Pkcs11Connection(uri_with(token, pin_file)).run(lambda opened: opened)


@pytest.mark.parametrize("granted", [0o640, 0o604, 0o622, 0o777])
def test_a_pin_that_others_may_read_is_refused(token: Token, pin_file: Path, granted: int) -> None:
    pin_file.chmod(granted)
    with pytest.raises(KeyUnusable, match=r"other accounts.*Change the PIN"):
        Pkcs11Holder(uri_with(token, pin_file))


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_pin_is_refused(token: Token, pin_file: Path, content: bytes) -> None:
    pin_file.write_bytes(content)
    with pytest.raises(KeyUnusable, match="none in it"):
        Pkcs11Holder(uri_with(token, pin_file))


def test_without_the_pin_s_file_it_is_closed(token: Token, pin_file: Path) -> None:
    holder = Pkcs11Holder(uri_with(token, pin_file))
    pin_file.unlink()
    for use in (
        lambda: Pkcs11Holder(uri_with(token, pin_file)),
        lambda: holder.make(KeyName("a.example", KeyUse.WRAPPING, 1)),
    ):
        with pytest.raises(VaultClosed, match="No such file"):
            use()


def test_a_token_that_is_not_there_is_closed(token: Token, pin_file: Path) -> None:
    with pytest.raises(VaultClosed, match="TokenNotPresent"):
        Pkcs11Holder(uri_with(token, pin_file, "another"))


def test_a_token_that_comes_later_is_found_and_of_two_the_one_that_is_meant(
    token: Token, pin_file: Path, operator: str
) -> None:
    twins = uri_with(token, pin_file, "twin")
    with pytest.raises(VaultClosed):
        Pkcs11Holder(twins)
    begin_token("twin")
    Pkcs11Holder(twins).make(KeyName(operator, KeyUse.WRAPPING, 1))
    begin_token("twin")
    begin_the_library_anew(Pkcs11Holder(TokenUri.parse(token.uri)))
    with pytest.raises(SettingInvalid, match="more than one token"):
        Pkcs11Holder(twins)
    library = pkcs11.lib(str(token.module))
    held = []
    for twin in library.get_tokens("twin"):
        by_serial = token.uri.replace("token=bonafide", f"token=twin;serial={twin.serial.decode()}")
        by_slot = token.uri.replace("token=bonafide", f"slot-id={twin.slot.slot_id}")
        for text in (by_serial, by_slot):
            held.append(Pkcs11Holder(TokenUri.parse(text)).names(operator))
    assert sorted(map(len, held)) == [0, 0, 1, 1]


def test_a_token_that_hangs_closes_the_vault_for_the_others(
    holder: Pkcs11Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonafide.vault import pkcs11_connection

    monkeypatch.setattr(pkcs11_connection, "_LONGEST_WAIT_S", 0.01)
    with pkcs11_connection._ONE_AT_A_TIME, pytest.raises(VaultClosed, match="does not answer"):
        holder.holds(KeyName("a.example", KeyUse.INDEX))


def test_a_process_that_hangs_while_it_makes_a_key_keeps_others_no_longer_than_a_moment(
    holder: Pkcs11Holder, uri: TokenUri, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bonafide.vault import pkcs11_connection

    for wait in ("_LONGEST_WAIT_S", "_OPENING_WAIT_S"):
        monkeypatch.setattr(pkcs11_connection, wait, 0.01)
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    with locked(uri.pin_source, 0) as ours:
        assert ours
        with pytest.raises(VaultClosed, match="which process hangs"):
            holder.make(name)
        # Who only reads goes on, in a new session as well.
        assert not holder.holds(name)
        begin_the_library_anew(holder)
        assert not holder.holds(name)
    holder.make(name)


def test_the_settings_open_it_in_production_too(token: Token, tmp_path: Path, operator: str) -> None:
    holder = open_holder(Settings(tmp_path, production=True, key_holder=token.uri))
    vault = Vault(holder)
    vault.begin_operator(operator)
    vault.begin_operator(operator)
    assert len(vault.document_index(operator, "CHN", "E1")) == 64
    assert not vault.unsafe
    assert list(tmp_path.iterdir()) == []
