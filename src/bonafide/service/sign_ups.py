"""Sign-ups: a link that works once, for whoever agrees and shows a face and a document."""

from __future__ import annotations

from bonafide.capture import Picture
from bonafide.privacy.consent import Age, Giver
from bonafide.service.counter import Counter
from bonafide.service.sign_up import Page, SignUp, Told
from bonafide.service.sign_up_order import Wanted
from bonafide.wording.language import Language


class SignUps:
    """Sign-ups of an operator; safe to share between threads."""

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator

    def create(self, wanted: Wanted) -> tuple[SignUp, str]:
        """Begin one; it and its link's text, which is nowhere else."""
        raise NotImplementedError

    def find(self, id: str) -> SignUp | None:  # noqa: A002
        """One of this operator's."""
        raise NotImplementedError

    def page(self, *, after: str | None = None, most: int = 50) -> Page:
        """At most so many, newest first."""
        raise NotImplementedError

    def opened(self, link: str) -> SignUp:
        """What a link opens."""
        raise NotImplementedError

    def agree(self, link: str, *, version: int, language: Language, giver: Giver, age: Age) -> SignUp:
        """Record that whoever has the link agreed."""
        raise NotImplementedError

    def decline(self, link: str) -> SignUp:
        """Record that whoever has the link takes the other way."""
        raise NotImplementedError

    def submit(
        self,
        link: str,
        document: Picture,
        selfie: Picture,
        document_back: Picture | None = None,
        *,
        device: str | None = None,
    ) -> Told:
        """Decide by pictures."""
        raise NotImplementedError

    def receipt(self, id: str) -> bytes | None:  # noqa: A002
        """The receipt of its latest decision."""
        raise NotImplementedError

    def proof(self, id: str) -> bytes | None:  # noqa: A002
        """That the decision is in the log."""
        raise NotImplementedError
