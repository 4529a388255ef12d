"""Keys in a folder: for this account only, damaged ones refused, none in the clear but the root."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from bonafide.errors import KeyUnusable, VaultClosed
from bonafide.vault import KeyName, KeyUse, UnsafeFileHolder

NAME = KeyName("mobile.example", KeyUse.WRAPPING, 1)
OTHER = KeyName("mobile.example", KeyUse.WRAPPING, 2)
INDEX = KeyName("mobile.example", KeyUse.INDEX)
KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vault"


@pytest.fixture
def holder(folder: Path) -> UnsafeFileHolder:
    holder = UnsafeFileHolder(folder)
    for name in (NAME, OTHER, INDEX):
        holder.make(name)
    return holder


def file_of(folder: Path, name: KeyName) -> Path:
    (found,) = folder.glob(f"*{name.use}*{name.epoch}.key")
    return found


def key_in(folder: Path, name: KeyName) -> bytes:
    content = file_of(folder, name).read_bytes()
    root = AESGCMSIV((folder / "root").read_bytes())
    return root.decrypt(content[:12], content[12:], f"bonafide-key/1 {name}".encode())


def test_all_is_for_this_account_alone(folder: Path, holder: UnsafeFileHolder) -> None:
    assert holder.unsafe
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.iterdir())) == 4
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_lie_encrypted_under_the_root(folder: Path, holder: UnsafeFileHolder) -> None:
    keys = [key_in(folder, name) for name in (NAME, OTHER, INDEX)]
    assert len(set(keys)) == 3
    stored = b"".join(path.read_bytes() for path in folder.iterdir())
    for key in keys:
        assert len(key) == 32
        assert key not in stored
    wrapped = holder.wrap(NAME, KEY, b"binding")
    assert AESGCMSIV(keys[0]).decrypt(wrapped[:12], wrapped[12:], b"binding") == KEY
    assert holder.mac(INDEX, b"message") == hmac.digest(keys[2], b"message", "sha256")


def test_the_holder_remembers_no_key(folder: Path, holder: UnsafeFileHolder) -> None:
    holder.wrap(NAME, KEY, b"binding")
    shown = repr(holder) + repr(vars(holder))
    for secret in (key_in(folder, NAME), (folder / "root").read_bytes()):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    assert set(vars(holder)) == {"_folder", "_random"}


@pytest.mark.parametrize("granted", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])
@pytest.mark.parametrize("which", ["key", "root", "folder"])
def test_what_others_may_touch_is_refused(
    folder: Path, holder: UnsafeFileHolder, which: str, granted: int
) -> None:
    path = {"key": file_of(folder, NAME), "root": folder / "root", "folder": folder}[which]
    path.chmod(granted | (0o100 if which == "folder" else 0))
    for use in (
        lambda: holder.wrap(NAME, KEY, b""),
        lambda: holder.unwrap(NAME, bytes(60), b""),
        lambda: holder.mac(NAME, b""),
        lambda: holder.holds(NAME),
        lambda: holder.names("mobile.example"),
        lambda: holder.destroy(NAME),
    ):
        with pytest.raises(KeyUnusable, match="other accounts"):
            use()
    path.chmod(0o700 if which == "folder" else 0o600)
    assert holder.holds(NAME)


@pytest.mark.parametrize("content", [b"", bytes(32), b"x" * 59, b"x" * 60, b"x" * 61])
def test_a_damaged_key_is_refused_and_never_replaced(
    folder: Path, holder: UnsafeFileHolder, content: bytes
) -> None:
    file_of(folder, NAME).write_bytes(content)
    with pytest.raises(KeyUnusable, match=r"damaged.*backup"):
        holder.wrap(NAME, KEY, b"")
    with pytest.raises(KeyUnusable):
        holder.make(NAME)
    assert file_of(folder, NAME).read_bytes() == content


def test_one_key_s_file_in_the_place_of_another_s_is_refused(folder: Path, holder: UnsafeFileHolder) -> None:
    file_of(folder, NAME).write_bytes(file_of(folder, OTHER).read_bytes())
    with pytest.raises(KeyUnusable, match="damaged"):
        holder.wrap(NAME, KEY, b"")


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_root_is_refused_and_never_replaced(
    folder: Path, holder: UnsafeFileHolder, content: bytes
) -> None:
    (folder / "root").write_bytes(content)
    for use in (lambda: holder.wrap(NAME, KEY, b""), lambda: UnsafeFileHolder(folder)):
        with pytest.raises(KeyUnusable, match="damaged"):
            use()
    assert (folder / "root").read_bytes() == content


def test_another_root_opens_no_key(folder: Path, holder: UnsafeFileHolder) -> None:
    (folder / "root").write_bytes(os.urandom(32))
    with pytest.raises(KeyUnusable, match="damaged"):
        holder.wrap(NAME, KEY, b"")


def test_a_lost_root_is_never_made_anew_where_keys_lie(folder: Path, holder: UnsafeFileHolder) -> None:
    root = (folder / "root").read_bytes()
    (folder / "root").unlink()
    for use in (lambda: holder.make(KeyName("a", KeyUse.INDEX)), lambda: UnsafeFileHolder(folder)):
        with pytest.raises(VaultClosed, match="No such file"):
            use()
    assert not (folder / "root").exists()
    (folder / "root").touch(0o600)
    (folder / "root").write_bytes(root)
    assert holder.holds(NAME)


def test_a_folder_in_which_nothing_was_made_yet_is_begun(folder: Path) -> None:
    folder.mkdir(parents=True)  # as one that broke off here leaves it
    (folder / ".draft").touch()
    UnsafeFileHolder(folder).make(NAME)
    assert UnsafeFileHolder(folder).holds(NAME)


def test_a_destroyed_key_is_overwritten_where_it_lay(folder: Path, holder: UnsafeFileHolder) -> None:
    path = file_of(folder, NAME)
    inode = path.stat().st_ino
    holder.destroy(NAME)
    assert path.read_bytes() == bytes(60)
    assert path.stat().st_ino == inode


def test_what_stands_in_the_way_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "vault").write_bytes(b"a file")
    with pytest.raises(VaultClosed, match="cannot be used"):
        UnsafeFileHolder(tmp_path / "vault")


def test_files_of_others_are_no_keys(folder: Path, holder: UnsafeFileHolder) -> None:
    (folder / "notes.txt").touch(0o600)
    (folder / "notes.key").touch(0o600)
    assert holder.names("mobile.example") == (INDEX, NAME, OTHER)


def test_names_of_operators_leave_the_folder_nowhere(folder: Path, holder: UnsafeFileHolder) -> None:
    before = {path for path in folder.parent.rglob("*") if path.is_file()}
    name = KeyName("../../elsewhere", KeyUse.INDEX)
    holder.make(name)
    (made,) = {path for path in folder.parent.rglob("*") if path.is_file()} - before
    assert made.parent == folder
    assert holder.names("../../elsewhere") == (name,)


def test_its_randomness_is_what_it_was_given(tmp_path: Path) -> None:
    holder = UnsafeFileHolder(tmp_path / "vault", lambda length: hashlib.shake_256(b"seed").digest(length))
    holder.make(NAME)
    assert holder.wrap(NAME, KEY, b"") == holder.wrap(NAME, KEY, b"")
