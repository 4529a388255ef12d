"""Which case with a known answer a reviewer meets, and when: drawn by the operator's key, alike at each look.

After an opinion on a real case that the key draws, one comes into the queue as a new case does, and stays as
long as a real one's pictures would. Its identifier is another for everybody. Nothing is written until they
look.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select

from bonafide.decide import SIM_SIGNUP
from bonafide.errors import NotPermitted
from bonafide.evidence.access import Action
from bonafide.privacy import Kept, Now, purposes
from bonafide.privacy.kept_access import log_access
from bonafide.privacy.known_case import KnownCaseRow, MeasurementRow
from bonafide.privacy.opened_record import OpenedRecord, opened_records
from bonafide.privacy.opinion import Origin
from bonafide.service.case_picture import PictureKind
from bonafide.service.known_cases import Answer, answer_to, known_rows, pictures_of, reasons_in
from bonafide.service.known_plan import KnownPlan, known_plan
from bonafide.service.opinions import CaseToDecide
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.store import Transaction
from bonafide.store.known_tables import MEASUREMENT
from bonafide.store.people_tables import OPINION
from bonafide.store.schema import ACCESS
from bonafide.store.sealed import SealedRow, find
from bonafide.vault import Vault, wipe

# Whose cases they are shown as: the one purpose that has people decide.
_SHOWN_AS: Final = SIM_SIGNUP


@dataclass(frozen=True, slots=True)
class _Met:
    """A case with a known answer as one reviewer meets it."""

    shown: str
    opened_at: datetime
    row: KnownCaseRow


class KnownMixing:
    """Mixes cases with a known answer in among what people decide; safe to share between threads."""

    def __init__(self, kept: Retention, vault: Vault, plan: KnownPlan | None = None) -> None:
        self._kept = kept
        self._vault = vault
        self._plan = plan or known_plan()

    def wanted_of(self, who: str) -> CaseToDecide | None:
        """The one that a reviewer meets now, as any other case looks; mostly there is none."""
        now = self._kept.now()
        with self._draw(who) as draw, self._kept.store.read(self._kept.operator) as transaction:
            met = self._met(transaction, draw, who, now)
        return _as_any_other(met, now) if met is not None else None

    @contextmanager
    def picture(self, case: str, who: str, kind: PictureKind) -> Iterator[OpenedRecord]:
        """One picture of it, until the end of the block; the log says so before. Raises as
        `Reviewing.picture`.
        """
        now = self._kept.now()

        def look(transaction: Transaction) -> SealedRow:
            met = self._required(transaction, draw, case, who, now)
            record = pictures_of(met.row).get(kind)
            found = find(transaction, record) if record is not None else None
            if found is None:
                raise NotPermitted("The case has no such picture", "Ask for one that it has")
            _log(transaction, met, who, Action.REVIEW, now, record=found.id)
            return found

        with self._draw(who) as draw:
            row = self._kept.store.write(self._kept.operator, look)
        with opened_records(self._vault, self._kept.operator, (row,)) as (opened,):
            yield opened

    def kinds(self, case: str, who: str) -> tuple[PictureKind, ...]:
        """Of what it has pictures."""
        now = self._kept.now()
        with self._draw(who) as draw, self._kept.store.read(self._kept.operator) as transaction:
            there = pictures_of(self._required(transaction, draw, case, who, now).row)
        return tuple(kind for kind in PictureKind if kind in there)

    def answer(self, case: str, who: str, given: Answer) -> Answer:
        """Keep what a reviewer answered who looked; what is right. Nothing else comes of it: no decision, no
        receipt, no message. Raises `NotPermitted` for one that they do not meet, or did not look at.
        """
        now = self._kept.now()

        def work(transaction: Transaction) -> Answer:
            met = self._required(transaction, draw, case, who, now)
            right = answer_to(met.row)
            measured = MeasurementRow(
                new_identifier(),
                met.row.id,
                met.shown,
                who,
                given.outcome.value,
                given.reason.value,
                right.outcome.value,
                right.reason.value,
                _looked_at(transaction, met, who),
                now.wall,
                self._plan.measured_for.after(now.retention),
            )
            # Of two answers at once, one is the first.
            if not transaction.add_if_new(MEASUREMENT, measured):
                raise _not_met()
            _log(transaction, met, who, Action.OPINION, now)
            return right

        with self._draw(who) as draw:
            return self._kept.store.write(self._kept.operator, work)

    @contextmanager
    def _draw(self, who: str) -> Iterator[_Draw]:
        key = self._vault.derived_key(self._kept.operator, "known-cases", who)
        try:
            yield _Draw(key)
        finally:
            wipe(key)

    def _required(self, transaction: Transaction, draw: _Draw, case: str, who: str, now: Now) -> _Met:
        met = self._met(transaction, draw, who, now)
        if met is None or met.shown != case:
            raise _not_met()
        return met

    def _met(self, transaction: Transaction, draw: _Draw, who: str, now: Now) -> _Met | None:
        turn = self._turn(transaction, draw, who, now)
        if turn is None:
            return None
        seed, opened_at = turn
        # One that is put in meanwhile changes nothing in a queue that was seen.
        rows = [
            row for row in known_rows(transaction, now) if row.made_by != who and row.made_at <= opened_at
        ]
        seen = _seen_before(transaction, rows, who, opened_at, opened_at - self._plan.again_after.at_most)
        may = [row for row in rows if seen.isdisjoint(pictures_of(row).values())]
        if not may:
            return None
        row = min(may, key=lambda each: draw.of("which", seed, each.id))
        shown = uuid.UUID(bytes=draw.of("shown", seed, row.id)[:16], version=4)
        return _Met(str(shown), opened_at, row)

    def _turn(self, transaction: Transaction, draw: _Draw, who: str, now: Now) -> tuple[str, datetime] | None:
        """What the one at hand is drawn by, and when it came; None while there is none.

        Between two lie so many opinions on real cases, from one to twice the mean less one, each as likely.
        """
        latest = MEASUREMENT.select().where(MEASUREMENT.c.who == who)
        latest = latest.order_by(MEASUREMENT.c.given_at.desc(), MEASUREMENT.c.id).limit(1)
        last = next(iter(transaction.chosen(MeasurementRow, latest, MEASUREMENT)), None)
        given = _opinions_since(transaction, who, last.given_at if last else None)
        mean, life = self._plan.one_in - 1, purposes()[_SHOWN_AS.name].keeps[Kept.CASE_PICTURE]
        place, number = 0, 0
        while True:
            seed = f"{last.id if last else ''} {number}"
            place += 1 + draw.number("gap", seed) % (2 * mean - 1)
            if place > len(given):
                return None
            late = draw.number("late", seed) % (60 * self._plan.minutes_late + 1)
            opened_at = given[place - 1] + timedelta(seconds=late)
            if now.wall < opened_at:
                return None
            if now.wall < life.after(opened_at):
                return seed, opened_at
            number += 1


@dataclass(frozen=True, slots=True)
class _Draw:
    """What chance says to one reviewer, by a key that nobody sees."""

    key: bytearray

    def of(self, *words: str) -> bytes:
        return hmac.digest(self.key, "\0".join(words).encode(), hashlib.sha256)

    def number(self, *words: str) -> int:
        return int.from_bytes(self.of(*words)[:8], "big")


def _as_any_other(met: _Met, now: Now) -> CaseToDecide:
    reasons = reasons_in(met.row)
    life = purposes()[_SHOWN_AS.name].keeps[Kept.CASE_PICTURE]
    return CaseToDecide(
        met.shown,
        _SHOWN_AS.name,
        met.opened_at,
        life.after(met.opened_at) - now.wall,
        reasons,
        _SHOWN_AS.second_opinion.asked_for(reasons),
        known=True,
    )


def _opinions_since(transaction: Transaction, who: str, since: datetime | None) -> list[datetime]:
    query = select(OPINION.c.given_at).where(
        OPINION.c.operator == transaction.operator,
        OPINION.c.who == who,
        or_(OPINION.c.origin.is_(None), OPINION.c.origin == Origin.ACCOUNT.value),
    )
    if since is not None:
        query = query.where(OPINION.c.given_at > since)
    return list(transaction.connection.execute(query.order_by(OPINION.c.given_at)).scalars())


def _seen_before(
    transaction: Transaction, rows: Collection[KnownCaseRow], who: str, before: datetime, since: datetime
) -> frozenset[str]:
    """The pictures that somebody looked at of late, answered or not."""
    records = [record for row in rows for record in pictures_of(row).values()]
    query = select(ACCESS.c.record).where(
        ACCESS.c.operator == transaction.operator,
        ACCESS.c.record.in_(records),
        ACCESS.c.who == who,
        ACCESS.c.at < before,
        ACCESS.c.at > since,
    )
    return frozenset(transaction.connection.execute(query).scalars())


def _looked_at(transaction: Transaction, met: _Met, who: str) -> datetime:
    looked = and_(
        ACCESS.c.operator == transaction.operator,
        ACCESS.c.referred_case == met.shown,
        ACCESS.c.who == who,
        ACCESS.c.action == Action.REVIEW.value,
    )
    first = transaction.connection.execute(select(func.min(ACCESS.c.at)).where(looked)).scalar()
    if not isinstance(first, datetime):
        raise NotPermitted("Nobody decides a case without having looked at it", "Open it first")
    return first


def _log(
    transaction: Transaction, met: _Met, who: str, action: Action, now: Now, *, record: str | None = None
) -> None:
    log_access(
        transaction,
        who,
        action,
        now,
        identifier=new_identifier,
        random=random_bytes,
        purpose=met.row.purpose,
        referred_case=met.shown,
        record=record,
    )


def _not_met() -> NotPermitted:
    return NotPermitted(
        "The case is not waiting to be decided", "If nobody decided it in time, ask the customer to try again"
    )
