"""The whole life of a line, as an operator's own program lives it with a service that runs.

    KEY=bfk/… python demo/whole_life.py http://127.0.0.1:8765

Signs somebody up, binds lines until one is too many, hears an objection, has a person decide, passes a line
on, and erases. Needs the sample pictures and the fonts (`make demo` sets them up), and a key with every
scope; REVIEWER_KEY may be another's, who decides. It says what it does in plain words, and its exit status is
0 if everything came out as it should.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bonafide.client import (
    Age,
    Client,
    Conflict,
    Line,
    Manner,
    NotThere,
    ObjectionOutcome,
    OpinionState,
    Outcome,
    PictureKind,
    ReviewReason,
    SignUp,
    SignUpState,
)
from documents import documents_in
from event_ear import Ear, listening
from terminal import say

_REPOSITORY = Path(__file__).resolve().parent.parent
_SAMPLES = _REPOSITORY / ".cache" / "samples"
_MADE = _REPOSITORY / ".cache" / "whole-life"
_MOST_LINES = 5


@dataclass(frozen=True)
class Person:
    """Somebody at the counter: what they show, and how they look."""

    front: Path
    back: Path
    selfie: Path


class NotAsItShouldBe(Exception):  # noqa: N818 - it names the state
    """Something came out otherwise."""


def main() -> int:
    """Live it."""
    options = argparse.ArgumentParser(description="The whole life of a line, with a service that runs.")
    options.add_argument("url", help="where the service is")
    options.add_argument("--pictures", type=Path, default=_SAMPLES, help="the folder of sample pictures")
    options.add_argument("--made", type=Path, default=_MADE, help="where drawn documents are put")
    given = options.parse_args()
    key = os.environ.get("KEY", "")
    with (
        Client(given.url, key) as client,
        Client(given.url, os.environ.get("REVIEWER_KEY", key)) as reviewer,
        listening(client) as ear,
    ):
        try:
            Life(client, reviewer, ear, *_people(given.pictures, given.made)).live()
        except NotAsItShouldBe as wrong:
            sys.stderr.write(f"Not as it should be: {wrong}\n")
            return 1
    return 0


class Life:
    """Two customers, an operator's machine, and a person who decides."""

    def __init__(self, client: Client, reviewer: Client, ear: Ear, customer: Person, other: Person) -> None:
        self._client = client
        self._reviewer = reviewer
        self._ear = ear
        self._customer = customer
        self._other = other
        # Of a country that there is not, and another each time.
        self._first = 10 * secrets.randbelow(10**6)

    def live(self) -> None:
        """From the first sign-up to the last erasure."""
        say("A customer comes to a shop. They are told what is asked and why, agree, and are checked.")
        lines = [self._first_line()]
        say("They take four more lines. Each is bound to a check of its own.")
        lines += [self._line(place) for place in range(1, _MOST_LINES)]
        say("They want a sixth. Nobody attends this time, so a person looks before anybody decides.")
        self._sixth()
        say("The customer looks at what stands in their name, and says that one line is not theirs.")
        contested = self._objection(lines[1])
        say("A person looks into it, and finds the customer right: the line ends.")
        self._review(contested, lines[1])
        say("Another line passes to somebody else, who is checked for it. There is no other way to.")
        say("They decline face matching. So a person compares them, by the same link and for the same line.")
        passed = self._transfer(lines[2])
        say("The customer wants to be forgotten. While a line stands in their name, it cannot be.")
        for place in (0, 3, 4):
            self._forget(lines[place], place)
        _expect(self._client.lines.get(passed.id).active, "the line that was passed on still stands")
        say("Nothing is left of them but what was handed out, and leaves of a log that names nobody.")

    def _first_line(self) -> Line:
        sign_up = self._signed_up(self._customer)
        receipt = self._client.sign_ups.receipt(sign_up.id)
        _told(f"accepted; the receipt says {receipt['claims']['outcome']} and is signed")
        line = self._bound(sign_up, 0)
        _expect(
            [found.id for found in self._client.lines.search(self._number(0))] == [line.id],
            "the line is found by its number",
        )
        return line

    def _line(self, place: int) -> Line:
        return self._bound(self._signed_up(self._customer), place)

    def _sixth(self) -> None:
        sign_up = self._signed_up(self._customer, attended=False)
        _expect(self._ear.hears("sign-up.waiting", sign_up.id), "the machine left it to a person")
        try:
            self._client.lines.bind(sign_up.id, self._number(_MOST_LINES))
        except Conflict as refused:
            _expect(refused.code == "line.limit_reached", "the sixth line is refused")
            _told(f"{refused.title}. {refused.detail}")
        else:
            raise NotAsItShouldBe("a sixth line was bound")

    def _objection(self, line: Line) -> str:
        code = self._client.customers.code(self._number(1))
        _told("a code goes to the line's number as a message, and they come in with it")
        session = self._client.customers.by_code(code.request, code.code)
        me = self._client.me(session.session)
        shown = me.lines()
        _expect(len(shown) == _MOST_LINES, "they see all five, by the last digits of their numbers")
        objection = me.object(line.id)
        _expect(self._ear.hears("objection.made", objection.id), "the operator hears of it")
        me.leave()
        return objection.id

    def _review(self, objection: str, line: Line) -> None:
        waiting = {each.objection.id: each for each in self._reviewer.objections.all()}
        _expect(
            objection in waiting, f"it waits, to be decided by {waiting[objection].objection.due_at:%d %B}"
        )
        decided = self._reviewer.objections.decide(objection, ObjectionOutcome.UPHELD)
        _expect(decided.outcome is ObjectionOutcome.UPHELD, "it is upheld")
        _expect(not self._client.lines.get(line.id).active, "and the line has ended")

    def _transfer(self, line: Line) -> Line:
        passed = self._client.lines.transfer(line.id, self._by_person(self._other).id)
        _expect(passed.active, "it stands in the other's name")
        _expect(not self._client.lines.get(line.id).active, "and no longer in the first one's")
        _expect(self._ear.hears("line.transferred", line.id), "the operator's other systems hear of it")
        return passed

    def _forget(self, line: Line, place: int) -> None:
        code = self._client.customers.code(self._number(place))
        me = self._client.me(self._client.customers.by_code(code.request, code.code).session)
        try:
            me.erase()
        except Conflict as refused:
            _expect(refused.code == "line.active", f"line {place + 1} keeps it")
        else:
            raise NotAsItShouldBe("somebody was erased while a line stood in their name")
        self._client.lines.end(line.id)
        erasure = me.erase()
        rows = sum(erasure.erased.values())
        _expect(rows > 0, f"ended, and {rows} records erased, with a signed receipt of that")
        try:
            self._client.sign_ups.get(line.sign_up)
        except NotThere:
            pass
        else:
            raise NotAsItShouldBe("something is left of whoever was erased")
        _expect(erasure.stays_until is not None, "but what the law has stay of an ended line")
        _expect(not self._client.lines.get(line.id).active, "which ended, and goes with its term")

    def _signed_up(self, person: Person, *, attended: bool = True) -> SignUp:
        """Somebody who was asked, agreed and was accepted, by a person where the machine left it to one."""
        begun = self._client.sign_ups.create(
            attended=attended, agent="agent-7" if attended else None, shop="shop-1"
        )
        capture = self._client.capture(begun.link)
        capture.agree(capture.look(), Age.ADULT)
        told = capture.give(person.front, person.selfie, person.back)
        if told.state is SignUpState.WAITING:
            self._decided(begun.sign_up.id)
        stands = self._client.sign_ups.get(begun.sign_up.id)
        reasons = ", ".join(reason.code for reason in told.reasons)
        _expect(stands.state is SignUpState.ACCEPTED, f"sign-up {stands.state.value} ({reasons})")
        _expect(self._ear.hears("sign-up.accepted", stands.id), "a webhook says so")
        return stands

    def _by_person(self, person: Person) -> SignUp:
        """Somebody who declined face matching, whom a person compared: no program looked at their face."""
        begun = self._client.sign_ups.create(shop="shop-1")
        capture = self._client.capture(begun.link)
        declined = capture.decline()
        _expect(self._ear.hears("sign-up.declined", begun.sign_up.id), "they decline, and nobody asks again")
        if declined.by_person is None:
            raise NotAsItShouldBe("there is no other way by the link")
        _told(f'"{declined.by_person.how}"')
        capture.agree(declined, Age.ADULT, manner=Manner.PERSON)
        told = capture.give(person.front, person.selfie, person.back)
        _expect(told.state is SignUpState.WAITING, "their pictures wait for a person")
        self._decided(begun.sign_up.id)
        stands = self._client.sign_ups.get(begun.sign_up.id)
        _expect(stands.state is SignUpState.ACCEPTED, "accepted, by a person alone")
        claims = self._client.sign_ups.receipt(stands.id)["claims"]
        _expect(
            claims["manner"] == "person" and not {"detector", "recogniser"} & set(claims),
            "the receipt says so, and names no model of faces",
        )
        return stands

    def _decided(self, sign_up: str) -> None:
        case = self._client.sign_ups.get(sign_up).decision
        waiting = [each.id for each in self._reviewer.cases.all()]
        if case is None or case not in waiting:
            raise NotAsItShouldBe("what waits is not among the cases")
        for kind in PictureKind:
            self._reviewer.cases.picture(case, kind)
        _told("a person compares the pictures, which are in the log as looked at, and accepts")
        said = self._reviewer.cases.decide(case, Outcome.ACCEPT, ReviewReason.SAME_PERSON)
        # A key alone decides no case that two decide.
        _expect(said.state is OpinionState.DECIDED, "and one person's opinion is enough for it")

    def _bound(self, sign_up: SignUp, place: int) -> Line:
        line = self._client.lines.bind(sign_up.id, self._number(place))
        _expect(line.active, f"line {place + 1} is bound")
        return line

    def _number(self, place: int) -> str:
        return f"+999{self._first + place:08}"


def _people(pictures: Path, made: Path) -> tuple[Person, Person]:
    """The sample customer, and somebody else; their cards are drawn, with numbers that nobody has."""
    customer, selfie, other = (pictures / name for name in ("obama.jpg", "obama2.jpg", "biden.jpg"))
    if not all(path.is_file() for path in (customer, selfie, other)):
        raise SystemExit("The sample pictures are not here. Run `make demo`, which fetches them.")
    cards = documents_in(made, customer, datetime.now(UTC).astimezone().date(), other)
    return Person(cards.front, cards.back, selfie), Person(cards.other_front, cards.back, other)


def _told(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def _expect(holds: bool, text: str) -> None:
    """Say what holds. Raises `NotAsItShouldBe` where it does not."""
    if not holds:
        raise NotAsItShouldBe(text)
    _told(text)


if __name__ == "__main__":
    sys.exit(main())
