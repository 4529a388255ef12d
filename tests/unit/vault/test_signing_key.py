"""The signing key: made once, for one account, and never quietly replaced."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bonafide.errors import KeyUnusable
from bonafide.vault import FileSigner, KeyFile, key_id, read_public_key


def key_file(home: Path) -> Path:
    return home / "keys" / "receipt-signing.pem"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_use_makes_a_key_for_this_account_alone(tmp_path: Path) -> None:
    FileSigner.open(tmp_path / "home")
    path = key_file(tmp_path / "home")
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_every_further_use_takes_the_same_key(tmp_path: Path) -> None:
    first, content = FileSigner.open(tmp_path), key_file(tmp_path).read_bytes()
    for again in (FileSigner.open(tmp_path), FileSigner.existing(tmp_path)):
        assert again.key_id == first.key_id
    assert key_file(tmp_path).read_bytes() == content


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert FileSigner.open(tmp_path / "one").key_id != FileSigner.open(tmp_path / "other").key_id


def test_each_kind_of_signature_has_a_key_of_its_own(tmp_path: Path) -> None:
    made = {file: FileSigner.open(tmp_path, file).key_id for file in KeyFile}
    assert len(set(made.values())) == len(KeyFile)
    assert {path.name for path in (tmp_path / "keys").iterdir()} == set(KeyFile)
    assert FileSigner.open(tmp_path).key_id == made[KeyFile.RECEIPTS]
    for file, known in made.items():
        assert FileSigner.existing(tmp_path, file).key_id == known


def test_one_key_does_not_stand_in_for_another(tmp_path: Path) -> None:
    FileSigner.open(tmp_path)
    with pytest.raises(KeyUnusable, match="--key"):
        FileSigner.existing(tmp_path, KeyFile.LOG)


def test_processes_that_race_get_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bonafide.vault import FileSigner\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(FileSigner.open(Path(sys.argv[1])).key_id)"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
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
    told = {racer.communicate()[0] for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 4
    assert told == {FileSigner.open(tmp_path).key_id + "\n"}


def test_who_comes_second_takes_the_key_of_who_was_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FileSigner.open(tmp_path)
    # As if it had looked before the first one wrote.
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert FileSigner.open(tmp_path).key_id == first.key_id


def test_reading_only_never_makes_a_key(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="--key"):
        FileSigner.existing(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("granted", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])
def test_a_key_that_others_may_touch_is_refused_and_left_as_it_is(tmp_path: Path, granted: int) -> None:
    FileSigner.open(tmp_path)
    path = key_file(tmp_path)
    content = path.read_bytes()
    path.chmod(granted)
    for use in (FileSigner.open, FileSigner.existing):
        with pytest.raises(KeyUnusable, match="other accounts") as refused:
            use(tmp_path)
        assert refused.value.exit_status == 4
    assert (path.read_bytes(), mode(path)) == (content, granted)


def another_kind_of_key() -> bytes:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def locked_key() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def public_half() -> bytes:
    return (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )


DAMAGED = [
    pytest.param(b"", id="empty"),
    pytest.param(b"\x00" * 200, id="zeros"),
    pytest.param(b"-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n", id="cut"),
    pytest.param(another_kind_of_key(), id="another kind"),
    pytest.param(locked_key(), id="locked"),
    pytest.param(public_half(), id="public half"),
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    FileSigner.open(tmp_path)
    path = key_file(tmp_path)
    path.write_bytes(content)
    for use in (FileSigner.open, FileSigner.existing):
        with pytest.raises(KeyUnusable, match=r"damaged.*backup"):
            use(tmp_path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("part", ["keys", "keys/receipt-signing.pem"])
def test_what_stands_in_the_way_is_one_line(tmp_path: Path, part: str) -> None:
    (tmp_path / part).mkdir(parents=True)
    if part == "keys":
        (tmp_path / part).rmdir()
        (tmp_path / part).write_bytes(b"a file")
    with pytest.raises(KeyUnusable, match=r"cannot be used|other accounts"):
        FileSigner.open(tmp_path)


def test_the_key_is_not_in_what_is_shown_of_the_signer(tmp_path: Path) -> None:
    signer = FileSigner.open(tmp_path)
    assert "PRIVATE" not in repr(signer)
    assert "PRIVATE" not in signer.public_pem


def test_a_key_is_named_by_the_digest_of_its_raw_public_half(tmp_path: Path) -> None:
    signer = FileSigner.open(tmp_path)
    assert signer.key_id == key_id(signer.public_key)
    assert signer.key_id == hashlib.sha256(signer.public_key.public_bytes_raw()).hexdigest()


def test_who_has_the_public_key_can_verify(tmp_path: Path) -> None:
    signer = FileSigner.open(tmp_path)
    (tmp_path / "public.pem").write_text(signer.public_pem)
    read_public_key(tmp_path / "public.pem").verify(signer.sign(b"message"), b"message")


@pytest.mark.parametrize("content", [*DAMAGED[:4], None])
def test_what_is_no_public_key_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "public.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyUnusable, match="bonafide receipt key"):
        read_public_key(path)
