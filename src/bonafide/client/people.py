"""What people do: whoever has the link of a sign-up, and customers who have come in."""

from __future__ import annotations

from bonafide.client.decode import decode
from bonafide.client.models import (
    Age,
    Asked,
    Code,
    Consent,
    Decision,
    Erasure,
    Giver,
    Manner,
    MyLine,
    Objection,
    Session,
    Told,
    Withdrawal,
)
from bonafide.client.pictures import Picture, presented
from bonafide.client.transport import Again, Operation, Transport


class Capture:
    """A sign-up for whoever has its link."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def look(self) -> Asked:
        """How it stands, and the words that must be shown before anybody agrees."""
        return decode(Asked, self._transport.json(Operation("GET", "/v1/capture")))

    def agree(
        self,
        asked: Asked,
        age: Age,
        giver: Giver = Giver.PERSON,
        *,
        manner: Manner = Manner.FACE_MATCHING,
    ) -> Asked:
        """Agree to the words that were shown: those of `notice`, or with `Manner.PERSON` those of
        `by_person`, also after face matching was agreed to or declined.
        """
        body = {
            "manner": manner.value,
            "version": asked.version,
            "language": asked.language,
            "giver": giver.value,
            "age": age.value,
        }
        operation = Operation("POST", "/v1/capture/consent", Again.NOT_BEGUN)
        return decode(Asked, self._transport.json(operation, body=body))

    def decline(self) -> Asked:
        """Decline face matching. The other way, if it goes by this link, is taken by `agree`."""
        operation = Operation("POST", "/v1/capture/decline", Again.NOT_BEGUN)
        return decode(Asked, self._transport.json(operation))

    def give(
        self,
        document: Picture,
        selfie: Picture,
        document_back: Picture | None = None,
        *,
        device: str | None = None,
    ) -> Told:
        """Give the pictures, and be told what came of them. `device` is whatever tells it from others."""
        said = self._transport.json(
            Operation("POST", "/v1/capture/pictures", Again.NOT_BEGUN),
            files=presented(document, selfie, document_back),
            form={"device": device} if device is not None else None,
        )
        return decode(Told, said)


class Customers:
    """How customers come in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def code(self, number: str) -> Code:
        """A code for a line, to be sent to its number; scope `customers`. A number that is no line is
        answered alike. Raises `TooManyAttempts`.
        """
        operation = Operation("POST", "/v1/customers/codes", Again.NOT_BEGUN)
        return decode(Code, self._transport.json(operation, body={"number": number}))

    def by_code(self, request: str, code: str) -> Session:
        """Come in by a code. Raises `NotPermitted` for a wrong one, `TooManyAttempts` after several."""
        return self._come_in({"request": request, "code": code})

    def by_link(self, link: str) -> Session:
        """Come in once by the link of a sign-up that was accepted within the last ten minutes."""
        return self._come_in({"link": link})

    def _come_in(self, coming: dict[str, str]) -> Session:
        operation = Operation("POST", "/v1/customers/sessions", Again.NOT_BEGUN)
        return decode(Session, self._transport.bearing("").json(operation, body=coming))


class Me:
    """What a customer who has come in sees and does."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def lines(self) -> tuple[MyLine, ...]:
        """The lines in my name, newest first."""
        said = self._transport.json(Operation("GET", "/v1/me/lines"))
        return tuple(decode(MyLine, each) for each in said["lines"])

    def consents(self) -> tuple[Consent, ...]:
        """What I agreed to, newest first."""
        said = self._transport.json(Operation("GET", "/v1/me/consents"))
        return tuple(decode(Consent, each) for each in said["consents"])

    def decisions(self) -> tuple[Decision, ...]:
        """What was decided about me, newest first, with receipts."""
        said = self._transport.json(Operation("GET", "/v1/me/decisions"))
        return tuple(decode(Decision, each) for each in said["decisions"])

    def objections(self) -> tuple[Objection, ...]:
        """What was objected to of lines in my name, newest first."""
        said = self._transport.json(Operation("GET", "/v1/me/objections"))
        return tuple(decode(Objection, each) for each in said["objections"])

    def object(self, line: str) -> Objection:
        """Say that a line in my name is not mine: a person must look into it."""
        operation = Operation("POST", "/v1/me/objections", Again.NOT_BEGUN)
        return decode(Objection, self._transport.json(operation, body={"line": line}))

    def export(self) -> bytes:
        """Everything that is kept of me, a ZIP file."""
        return self._transport.send(Operation("GET", "/v1/me/export")).content

    def withdraw(self, consent: str) -> Withdrawal:
        """Take a consent back, and erase what rested on it unless a line still does."""
        operation = Operation("POST", "/v1/me/consents/{identifier}/withdraw", Again.NOT_BEGUN)
        return decode(Withdrawal, self._transport.json(operation, identifier=consent))

    def erase(self) -> Erasure:
        """Erase what is kept of me, but what the law makes stay of an ended line. Raises `Conflict` with the
        code `line.active` while a line stands in my name.
        """
        operation = Operation("POST", "/v1/me/erase", Again.NOT_BEGUN)
        return decode(Erasure, self._transport.json(operation))

    def leave(self) -> None:
        """End the session."""
        self._transport.send(Operation("POST", "/v1/me/leave", Again.NOT_BEGUN))
