"""A thousand at once with one link, over HTTP and on several servers: exactly one wins."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from dataclasses import replace

import httpx2
import pytest
from sqlalchemy import func, select
from tests.in_process import client_of
from tests.integration.api.conftest import OPERATOR, Service, Told, presented, running

from bonafide.api.app import Limits
from bonafide.evidence.leaf import LeafKind
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.counter import Counter
from bonafide.store import Store
from bonafide.store.schema import DECISION, LEAF

pytestmark = [pytest.mark.long, pytest.mark.alone]


async def many(urls: list[str], link: dict[str, str], uses: int) -> list[httpx2.Response]:
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(timeout=120, limits=limits) as client:
        form = presented()
        asked = (
            client.post(f"{urls[number % len(urls)]}/v1/capture/pictures", files=form, headers=link)
            for number in range(uses)
        )
        return list(await asyncio.gather(*asked))


def test_of_a_thousand_uses_of_one_link_exactly_one_wins(database: str, counter: Counter, told: Told) -> None:
    """Two servers, each with a store of its own, as two processes have."""
    other = Store.open(database)
    roomy = Limits(threads=8, waiting=1000, forms=1000)
    with (
        running(counter, roomy) as first,
        running(replace(counter, store=other, clock=RetentionClock(other)), roomy) as second,
        client_of(first) as client,
    ):
        service = Service(counter, told, first, client)
        identifier, link = service.agreed()
        answers = asyncio.run(many([first, second], dict(link), 1000))
        tally = Tally((answer.status_code, answer.json().get("code")) for answer in answers)
        won = [answer for answer in answers if answer.status_code == 200]
        assert len(won) == 1, tally
        assert won[0].json()["state"] == "accepted"
        # Whoever did not win is told in order, and nobody had to be told of a fault.
        assert set(tally) <= {
            (200, None),
            (409, "in_progress"),
            (403, "link_over"),
            (403, "not_permitted"),
            (503, "busy"),
        }, tally
        assert told.asked == 1
        found = client.get(f"/v1/sign-ups/{identifier}", headers=service.key()).json()
        assert (found["state"], found["tries_left"]) == ("accepted", 4)
    with counter.store.read(OPERATOR) as transaction:
        # Making keys has leaves of its own.
        for table, kind in ((DECISION, ()), (LEAF, (LEAF.c.kind == LeafKind.DECISION,))):
            count = select(func.count()).select_from(table).where(table.c.operator == OPERATOR, *kind)
            assert transaction.connection.execute(count).scalar() == 1
    other.close()
