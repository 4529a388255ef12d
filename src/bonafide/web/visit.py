"""One request for a page: whose, in which language, with which form; and what it needs to be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.responses import Response

from bonafide.service.accounts import Account
from bonafide.service.counter import Counter
from bonafide.service.passkeys import Site
from bonafide.service.retention import Retention
from bonafide.service.reviewing import Reviewing
from bonafide.service.roles import Permission
from bonafide.service.web_sessions import Present
from bonafide.wording import Language


class Method(StrEnum):
    """How a page is asked for. Nothing that changes anything is asked for by GET."""

    GET = "GET"
    POST = "POST"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let through. `token` is what its forms say back; `operator` is whose pages these
    are: of whoever has entered, else the installation's own. `path` is where a page of its kind is asked for.
    """

    counter: Counter
    operator: str
    site: Site
    language: Language
    token: str
    path: str
    who: Present | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def kept(self) -> Retention:
        """The operator's records."""
        return self.counter.kept(self.operator)

    @property
    def reviewing(self) -> Reviewing:
        """The operator's referred cases."""
        return Reviewing(self.kept, self.counter.vault, self.counter.signer)

    @property
    def account(self) -> Account:
        """Whoever has entered. Raises `LookupError` for nobody, whom no page that needs somebody meets."""
        if self.who is None:
            raise LookupError("nobody has entered")
        return self.who.account

    def may(self, permission: Permission) -> bool:
        """Whether whoever is there may do something."""
        return self.who is not None and self.who.account.may(permission)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at an address. `needs` are permissions of which one suffices; empty for everybody who has
    entered, None for everybody. `by_script` says that a script asks, and reads JSON. `back` is where its form
    stands. `from_elsewhere` says that another site sends browsers here: our cookies do not come along, and so
    are not to be replaced.
    """

    method: Method
    path: str
    show: Callable[[Visit], Response]
    needs: frozenset[Permission] | None
    by_script: bool = False
    back: str = "/staff"
    from_elsewhere: bool = False
