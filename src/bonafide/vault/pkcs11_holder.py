"""Keys in a PKCS #11 token, which makes them and never gives them away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from pkcs11 import (
    Attribute,
    GCMParams,
    KeyType,
    Mechanism,
    MechanismFlag,
    Object,
    ObjectClass,
    Session,
)
from pkcs11.exceptions import KeyHandleInvalid, ObjectHandleInvalid, PKCS11Error, TokenNotPresent

from bonafide.errors import KeyUnusable, VaultClosed
from bonafide.vault.envelope import KEY_BYTES, NONCE_BYTES, TAG_BYTES, altered
from bonafide.vault.holder import KeyName, KeyUse
from bonafide.vault.pkcs11_connection import Opened, Pkcs11Connection, TokenKey
from bonafide.vault.pkcs11_uri import TokenUri

T = TypeVar("T")

_APPLICATION: Final = "bonafide"
# Lies on every token that this holder has been opened with: a token that shows nothing is not an empty one.
_ANCHOR: Final = "bonafide"
_TAG_BITS: Final = 8 * TAG_BYTES
_WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + TAG_BYTES
_NOT_THERE: Final = (KeyHandleInvalid, ObjectHandleInvalid)


class Pkcs11Holder:
    """Holds keys as objects of a token: AES-256 keys that wrap (CKM_AES_GCM), and generic secrets of 256 bits
    that index (CKM_SHA256_HMAC). All are made in the token, sensitive, private and not to be extracted.

    Object handles are remembered, keys are not: every call is the token's work, and a handle whose key was
    destroyed is refused by the token. A destroyed key leaves a data object of its name, so that the name is
    not used again. Keys of one name made on two machines at once are both refused.

    Every method raises `VaultClosed` if the token cannot be used, and `KeyUnusable` if it refuses the PIN,
    which is then not tried again.
    """

    def __init__(self, uri: TokenUri) -> None:
        self._connection = Pkcs11Connection(uri)
        if not self._connection.run(_anchored):
            self._connection.run_alone(_anchor)

    @property
    def unsafe(self) -> bool:
        """Never of itself; how safe the token is, its maker says."""
        return False

    def make(self, name: KeyName) -> None:
        """Make a key in the token. Raises `KeyUnusable` if there is one of that name, destroyed or not."""

        def make(opened: Opened) -> None:
            _see_anchor(opened)
            if opened.objects({Attribute.LABEL: str(name)}):
                raise _taken()
            key = _generate(opened.session, name)
            if len(_keys(opened, name)) > 1:  # another machine, at the same moment
                key.destroy()
                raise _taken()

        self._connection.run_alone(make)

    def holds(self, name: KeyName) -> bool:
        """Whether the key is there."""

        def holds(opened: Opened) -> bool:
            _see_anchor(opened)
            return bool(_keys(opened, name))

        return self._connection.run(holds)

    def names(self, operator: str) -> tuple[KeyName, ...]:
        """The keys of an operator, in order."""

        def names(opened: Opened) -> tuple[KeyName, ...]:
            _see_anchor(opened)
            keys = opened.objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            parsed = {KeyName.parse(cast("str", key[Attribute.LABEL])) for key in keys}
            return tuple(sorted(name for name in parsed if name and name.operator == operator))

        return self._connection.run(names)

    def wrap(self, name: KeyName, key: bytes | bytearray, binding: bytes) -> bytes:
        """A nonce of 12 bytes from the token, the key encrypted with AES-256-GCM, and its tag: 60 bytes.

        Random nonces bear 2^32 wrappings under one key (NIST SP 800-38D, 8.3).
        """
        content = bytes(key)  # the library takes nothing else
        return self._with_key(name, lambda held: _encrypt(held, content, binding))

    def unwrap(self, name: KeyName, wrapped: bytes, binding: bytes) -> bytearray:
        """The 32 bytes again; the caller wipes them. Raises `RecordAltered` as the contract says."""
        if len(wrapped) != _WRAPPED_BYTES:
            # Without the key it is closed, whatever the wrapping.
            self._with_key(name, lambda _: None)
            raise altered()
        nonce, content = bytes(wrapped[:NONCE_BYTES]), bytes(wrapped[NONCE_BYTES:])

        def decrypt(held: TokenKey) -> bytearray:
            return bytearray(held.decrypt(content, _WRAPPED_BYTES, **_mechanism(nonce, binding)))

        def unwrap(held: TokenKey) -> bytearray:
            try:
                return decrypt(held)
            except PKCS11Error:
                # Tokens differ in what they answer for a wrong tag (GeneralError, EncryptedDataInvalid …) and
                # may say the same when they are going: one that works and refuses again means the record.
                _encrypt(held, bytes(KEY_BYTES), binding)
            try:
                return decrypt(held)
            except PKCS11Error:
                raise altered() from None

        return self._with_key(name, unwrap)

    def mac(self, name: KeyName, message: bytes) -> bytes:
        """HMAC-SHA-256 (RFC 2104), 32 bytes."""
        return self._with_key(name, lambda held: held.sign(message, mechanism=Mechanism.SHA256_HMAC))

    def destroy(self, name: KeyName) -> None:
        """Destroy a key in the token (C_DestroyObject); a data object of its name stays."""

        def destroy(opened: Opened) -> None:
            _see_anchor(opened)
            keys = _keys(opened, name)
            # The grave first: broken off here, the key is still there and is to be destroyed again.
            if keys and not opened.objects(_data(str(name))):
                _put_data(opened.session, str(name))
            for key in keys:
                key.destroy()
            opened.keys.pop(str(name), None)

        self._connection.run_alone(destroy)

    def _with_key(self, name: KeyName, work: Callable[[TokenKey], T]) -> T:
        def with_key(opened: Opened) -> T:
            known = opened.keys.get(str(name))
            if known is not None:
                with contextlib.suppress(*_NOT_THERE):
                    return work(known)
                del opened.keys[str(name)]
            return work(_find(opened, name))

        return self._connection.run(with_key)


def _anchored(opened: Opened) -> bool:
    return bool(opened.objects(_data(_ANCHOR)))


def _anchor(opened: Opened) -> None:
    if not _anchored(opened):
        _put_data(opened.session, _ANCHOR)


def _see_anchor(opened: Opened) -> None:
    if not _anchored(opened):
        raise TokenNotPresent


def _keys(opened: Opened, name: KeyName) -> list[Object]:
    return opened.objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: str(name)})


def _find(opened: Opened, name: KeyName) -> TokenKey:
    found = _keys(opened, name)
    if not found:
        _see_anchor(opened)
        raise VaultClosed(
            "The key with which this is sealed is not held, or was destroyed",
            "If its holder was replaced, put the right one back; what was destroyed stays closed",
        )
    if len(found) > 1:
        raise VaultClosed(
            "The token holds two keys of one name",
            "Wait until the other machine has made its key; else remove the one that was made last",
        )
    key = opened.keys[str(name)] = cast("TokenKey", found[0])
    return key


def _generate(session: Session, name: KeyName) -> Object:
    wraps = name.use is KeyUse.WRAPPING
    return session.generate_key(
        KeyType.AES if wraps else KeyType.GENERIC_SECRET,
        8 * KEY_BYTES,
        label=str(name),
        store=True,
        capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT if wraps else MechanismFlag.SIGN,
        template={
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.MODIFIABLE: False,
        },
    )


def _encrypt(key: TokenKey, content: bytes, binding: bytes) -> bytes:
    # A machine that is restored or copied repeats its own randomness; GCM does not bear that.
    nonce = key.session.generate_random(8 * NONCE_BYTES)
    return nonce + key.encrypt(content, _WRAPPED_BYTES, **_mechanism(nonce, binding))


def _mechanism(nonce: bytes, binding: bytes) -> dict[str, Any]:
    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, aad=binding, tag_bits=_TAG_BITS),
    }


def _data(label: str) -> dict[Attribute, Any]:
    return {Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: label}


def _put_data(session: Session, label: str) -> None:
    session.create_object(
        _data(label)
        | {
            Attribute.TOKEN: True,
            Attribute.PRIVATE: True,
            Attribute.APPLICATION: _APPLICATION,
            Attribute.VALUE: b"1",
        }
    )


def _taken() -> KeyUnusable:
    return KeyUnusable(
        "There is or was a key of that name, and names are not used twice",
        "Use the key that is there, or begin the next epoch",
    )
