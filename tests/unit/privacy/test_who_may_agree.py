"""Who is told that they are too young is just who would be refused."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from bonafide.errors import NotPermitted
from bonafide.privacy import Now, Purpose, purposes
from bonafide.privacy.consent import Age, Giver, give, old_enough
from bonafide.store import Transaction
from bonafide.wording.language import Language

START = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("purpose", [purpose for purpose in purposes().values() if purpose.recorded])
@pytest.mark.parametrize(("age", "giver"), list(product(Age, Giver)))
def test_by_every_purpose_age_and_giver(purpose: Purpose, age: Age, giver: Giver) -> None:
    class Reached(Exception):  # noqa: N818 - it stands for the database
        pass

    def identifier() -> str:
        raise Reached

    with pytest.raises(Reached if old_enough(purpose, giver, age) else NotPermitted):
        give(
            Transaction("a.example", None),  # type: ignore[arg-type]
            purpose,
            version=purpose.version,
            language=Language.ENGLISH,
            giver=giver,
            age=age,
            now=Now(START, START),
            identifier=identifier,
        )
