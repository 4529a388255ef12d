"""A session with a PKCS #11 token, opened again once when it was lost."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

import pkcs11
from pkcs11 import Attribute, Object, Session, Token, TokenFlag
from pkcs11.exceptions import (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    SessionClosed,
    SessionHandleInvalid,
    TokenNotPresent,
    UserAlreadyLoggedIn,
    UserPinNotInitialized,
)

from bonafide.errors import KeyUnusable, SettingInvalid, VaultClosed
from bonafide.vault.pkcs11_uri import TokenUri
from bonafide.vault.private_file import locked, read_file

T = TypeVar("T")

_PIN_REFUSED: Final = (
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    UserPinNotInitialized,
)
# Another connection of this process has begun the library anew.
_SESSION_ENDED: Final = (SessionClosed, SessionHandleInvalid)
# Together, with a second try to open, under the second within which the vault must be closed.
_LONGEST_WAIT_S: Final = 0.9
_OPENING_WAIT_S: Final = 0.4
# python-pkcs11 promises the library (C_Initialize without arguments) that no two threads call it at once.
_ONE_AT_A_TIME: Final = threading.Lock()


class TokenKey(Protocol):
    """What python-pkcs11's secret keys do, of which it publishes no one type."""

    @property
    def session(self) -> Session:
        """Where it was found."""

    def encrypt(self, data: bytes, buffer_size: int, **mechanism: object) -> bytes:
        """The ciphertext and its tag."""

    def decrypt(self, data: bytes, buffer_size: int, **mechanism: object) -> bytes:
        """The plaintext."""

    def sign(self, data: bytes, **mechanism: object) -> bytes:
        """The signature or code."""


@dataclass(slots=True)
class Opened:
    """A session, and the handles of keys seen in it: numbers, which say nothing without the token."""

    session: Session
    keys: dict[str, TokenKey] = field(default_factory=dict)

    def objects(self, attributes: dict[Attribute, Any]) -> list[Object]:
        """What lies on the token with these attributes and may be seen."""
        # A search in a session that has ended leaves it locked and complains on standard error: ask first.
        self.session.generate_random(64)
        return list(self.session.get_objects(attributes))


class Pkcs11Connection:
    """Runs work with the token, for one thread at a time.

    The PIN is read from its file whenever the token is opened, and not kept. One that was refused is not
    tried again by this connection, for tokens lock after a few.
    """

    def __init__(self, uri: TokenUri) -> None:
        self._uri = uri
        self._opened: Opened | None = None
        self._process = os.getpid()
        self._begin_anew = False
        self._pin_refused = False
        self._alone = False

    def run(self, work: Callable[[Opened], T]) -> T:
        """What `work` returns; it is called again in a new session if the token or the session is lost.

        Raises `VaultClosed` if that is lost as well, or the token is busy for a second; `KeyUnusable` for
        a PIN that is refused or open to other accounts.
        """
        with self._turn():
            return self._run_twice(work)

    def run_alone(self, work: Callable[[Opened], T]) -> T:
        """As `run`, while no other process of this machine does: PKCS #11 lets two objects have one name."""
        deadline = time.monotonic() + _LONGEST_WAIT_S
        with self._turn(), self._locked(max(deadline - time.monotonic(), 0)) as ours:
            if not ours:
                raise _busy()
            self._alone = True
            try:
                return self._run_twice(work)
            finally:
                self._alone = False

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if not _ONE_AT_A_TIME.acquire(timeout=_LONGEST_WAIT_S):
            raise _busy()
        try:
            yield
        finally:
            _ONE_AT_A_TIME.release()

    @contextlib.contextmanager
    def _locked(self, longest_s: float) -> Iterator[bool]:
        """What all processes have in common is the file with the PIN."""
        with contextlib.ExitStack() as held:
            try:
                ours = held.enter_context(locked(self._uri.pin_source, longest_s))
            except OSError as error:
                raise _no_pin_file(error) from None
            yield ours

    def _run_twice(self, work: Callable[[Opened], T]) -> T:
        try:
            try:
                return self._run(work)
            except PKCS11Error:
                return self._run(work)
        except PKCS11Error as error:
            raise VaultClosed(
                f"The token that holds the keys cannot be used ({type(error).__name__})",
                "Connect it again; nothing is lost, and this goes on by itself as soon as it is there",
            ) from None

    def _run(self, work: Callable[[Opened], T]) -> T:
        if self._process != os.getpid():  # a session does not survive a fork
            self._process, self._opened, self._begin_anew = os.getpid(), None, True
        try:
            if self._opened is None:
                self._opened = Opened(self._open())
                self._begin_anew = False
            return work(self._opened)
        except PKCS11Error as error:
            self._opened = None
            self._begin_anew = not isinstance(error, _SESSION_ENDED)
            raise

    def _open(self) -> Session:
        if self._pin_refused:
            raise _pin_refused()
        # SoftHSM overlooks a token to which another process writes at this moment, as it does at a login. So
        # processes wait for each other, but for no longer than a moment: no other token needs it.
        with contextlib.nullcontext() if self._alone else self._locked(_OPENING_WAIT_S):
            library = pkcs11.lib(str(self._uri.module_path))
            try:
                if self._begin_anew:
                    library.reinitialize()
                return self._log_in(library.get_tokens(self._uri.label, self._serial()))
            except _PIN_REFUSED:
                self._pin_refused = True
                raise _pin_refused() from None

    def _serial(self) -> bytes | None:
        return self._uri.serial.encode() if self._uri.serial is not None else None

    def _log_in(self, tokens: Iterable[Token]) -> Session:
        slot = self._uri.slot_id
        found = [token for token in tokens if slot is None or token.slot.slot_id == slot]
        if not found:
            raise TokenNotPresent
        if len(found) > 1:
            raise SettingInvalid(
                "BONAFIDE_KEY_HOLDER fits more than one token", "Add its serial number to the URI"
            )
        (token,) = found
        if token.flags & (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_FINAL_TRY):
            raise KeyUnusable(
                "The token has refused PINs, and locks or has locked itself",
                "Log in to it by hand with the right PIN, or unlock it; then start again",
            )
        try:
            return token.open(rw=True, user_pin=self._pin())
        except UserAlreadyLoggedIn:
            # A login is of the whole process: another connection made it.
            return token.open(rw=True)

    def _pin(self) -> str:
        refusal = KeyUnusable(
            "The file with the token's PIN may be read or changed by other accounts",
            "Change the PIN, and set the file's mode to 0600",
        )
        try:
            pin = read_file(self._uri.pin_source, refusal).decode("utf-8").rstrip("\r\n")
        except OSError as error:
            raise _no_pin_file(error) from None
        except UnicodeDecodeError:
            pin = ""
        if not pin:
            raise KeyUnusable(
                "The file with the token's PIN has none in it", "Write the PIN into it, as UTF-8"
            )
        return pin


def _pin_refused() -> KeyUnusable:
    return KeyUnusable(
        "The token refuses the PIN, which is not tried again, for tokens lock after a few",
        "Put the right PIN into the file and start again",
    )


def _no_pin_file(error: OSError) -> VaultClosed:
    return VaultClosed(
        f"The file with the token's PIN cannot be read ({error.strerror})",
        "Put it where the setting BONAFIDE_KEY_HOLDER says, for this account alone to read",
    )


def _busy() -> VaultClosed:
    return VaultClosed(
        "The token that holds the keys does not answer, or another process of Bonafide keeps it busy",
        "See whether it is connected and at work, and which process hangs",
    )
