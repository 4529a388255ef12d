"""One request for a page: whose, in which language, with which form; and what it needs to be answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.responses import Response

from bonafide.service.accounts import Account
from bonafide.service.authenticators import Site
from bonafide.service.counter import Counter
from bonafide.service.customer_session import CustomerSession
from bonafide.service.customers import Customer
from bonafide.service.retention import Retention
from bonafide.service.roles import Permission
from bonafide.service.web_sessions import Present
from bonafide.wording import Language


class Method(StrEnum):
    """How a page is asked for. Nothing that changes anything is asked for by GET."""

    GET = "GET"
    POST = "POST"


class Room(StrEnum):
    """Whose pages these are: they begin with its name, and nobody who has entered one is in the other."""

    STAFF = "staff"
    CUSTOMERS = "mine"
    CAPTURE = "capture"
    """Nobody enters here: whoever signs up has a link, which the page's script shows to the API."""

    @property
    def home(self) -> str:
        """The first page."""
        return f"/{self}"

    @property
    def door(self) -> str:
        """Where its people enter."""
        return f"/{self}/enter"

    def holds(self, address: str) -> bool:
        """Whether an address is one of its pages'."""
        return re.fullmatch(rf"/{self}(/[a-z0-9/-]*)?", address, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let through. `token` is what its forms say back; `operator` is whose pages these
    are: of whoever has entered, else the installation's own. `path` is where a page of its kind is asked for.
    `who` is there on the staff's pages, `session` on the customers'.
    """

    counter: Counter
    operator: str
    site: Site
    language: Language
    token: str
    path: str
    room: Room = Room.STAFF
    who: Present | None = None
    session: CustomerSession | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def kept(self) -> Retention:
        """The operator's records."""
        return self.counter.kept(self.operator)

    @property
    def account(self) -> Account:
        """Whoever has entered. Raises `LookupError` for nobody, whom no page that needs somebody meets."""
        if self.who is None:
            raise LookupError("nobody has entered")
        return self.who.account

    @property
    def own(self) -> CustomerSession:
        """The session of a customer who has come in. Raises `LookupError` for nobody."""
        if self.session is None:
            raise LookupError("nobody has come in")
        return self.session

    @property
    def customer(self) -> Customer:
        """What a customer who has come in sees and does. Raises `LookupError` for nobody."""
        return Customer(self.counter, self.own)

    @property
    def entered(self) -> bool:
        """Whether somebody of this room is there."""
        return self.who is not None or self.session is not None

    def operator_named(self, name: str | None) -> str | None:
        """An operator by its name, the installation's own for none; None for one that is not here."""
        if not name or name == self.counter.settings.operator:
            return self.counter.settings.operator
        return name if name in self.counter.store.operators() else None

    def may(self, permission: Permission) -> bool:
        """Whether whoever is there may do something."""
        return self.who is not None and self.who.account.may(permission)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at an address. `needs` are permissions of which one suffices; empty for everybody who has
    entered its room, None for everybody. `by_script` says that a script asks, and reads JSON. `back` is where
    its form stands, the first page if it is not said. `from_elsewhere` says that another site sends browsers
    here: our cookies do not come along, and so are not to be replaced.
    """

    method: Method
    path: str
    show: Callable[[Visit], Response]
    needs: frozenset[Permission] | None
    by_script: bool = False
    back: str = ""
    # The files that its form may have.
    files: tuple[str, ...] = ()
    from_elsewhere: bool = False

    @property
    def room(self) -> Room:
        """Whose page it is."""
        return Room(self.path.split("/")[1])
