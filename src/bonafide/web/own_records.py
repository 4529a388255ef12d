"""What a customer sees: their lines, agreements and checks; and that a line is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from bonafide.outcome import LineReason
from bonafide.privacy import purposes
from bonafide.service.customer_passkeys import CustomerPasskeys
from bonafide.service.customer_session import How
from bonafide.service.customers import OwnDecision
from bonafide.service.line_limit import MOST_LINES
from bonafide.service.objections import due_at
from bonafide.web.rendering import download, on_to, page
from bonafide.web.visit import Room, Visit

LINES: Final = Room.CUSTOMERS.home
CONSENTS: Final = "/mine/consents"
_TOLD: Final = ("objected", "ended")


def lines_page(visit: Visit) -> Response:
    """The lines in the customer's name, by the last digits of their numbers, and what was said of each."""
    own, objections = visit.customer.lines(), visit.customer.objections()
    told = visit.query.get("told")
    fresh = visit.own.how is not How.PASSKEY
    return page(
        visit,
        "mine-lines.html",
        lines=own,
        active=sum(each.line.active for each in own),
        most=MOST_LINES,
        # The newest of each line: of an open one there is one at most.
        objections={each.line: each for each in reversed(objections)},
        due=due_at(visit.counter.now().wall),
        told=told if told in _TOLD else None,
        may_make=fresh and not CustomerPasskeys(visit.counter).of(visit.own),
    )


def object_to_line(visit: Visit) -> Response:
    """A line is not theirs, they say."""
    made = visit.customer.object(visit.parts["line"])
    if made is None:
        return page(visit, "refused.html", status=404, why="not_found")
    return on_to(f"{LINES}?told={'objected' if made.objection else 'ended'}")


def consents_page(visit: Visit) -> Response:
    """What the customer agreed to."""
    return page(visit, "mine-consents.html", consents=visit.customer.consents(), title_of=_title(visit))


def withdraw_consent(visit: Visit) -> Response:
    """A consent is taken back; what was erased with it, and what not."""
    done = visit.customer.withdraw(visit.parts["consent"])
    if done is None:
        return page(visit, "refused.html", status=404, why="not_found")
    return page(
        visit,
        "mine-withdrawn.html",
        title=_title(visit)(done.consent.purpose),
        erased=done.erased,
        stays=done.stays,
        # By law, which is told with its end; for any other reason, with what to do about it.
        by_law=done.stays is LineReason.KEPT,
    )


def decisions_page(visit: Visit) -> Response:
    """What was decided about the customer, with what proves it."""
    return page(visit, "mine-decisions.html", decisions=visit.customer.decisions(), title_of=_title(visit))


def receipt(visit: Visit) -> Response:
    """The signed receipt of a decision, as a file."""
    found = _decision(visit)
    if found is None:
        return page(visit, "refused.html", status=404, why="not_found")
    return download(found.receipt, "application/json", f"receipt-{found.id[:8]}.json")


def proof(visit: Visit) -> Response:
    """The proof that the log holds it, as a file (C2SP tlog-proof)."""
    found = _decision(visit)
    if found is None or found.proof is None:
        return page(visit, "refused.html", status=404, why="not_found")
    return download(found.proof, "text/plain; charset=utf-8", f"proof-{found.id[:8]}.tlog-proof")


def _decision(visit: Visit) -> OwnDecision | None:
    wanted = visit.parts["decision"]
    return next((each for each in visit.customer.decisions() if each.id == wanted), None)


def _title(visit: Visit) -> Callable[[str], str]:
    """What a purpose is called; its name, where this version knows it no more."""
    known = purposes()

    def title(purpose: str) -> str:
        return known[purpose].notices[visit.language].title if purpose in known else purpose

    return title
