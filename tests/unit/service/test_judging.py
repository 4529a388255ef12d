"""Which outcomes better pictures may change, and which count as tried in vain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.outcome import Flaw, Outcome, Reason, Subject
from bonafide.service.judging import flaws_to_mend, tried_in_vain
from bonafide.service.verification import Verification

FLAWS = {Reason.of(subject, flaw) for subject in Subject for flaw in Flaw}


def case(outcome: Outcome, *reasons: Reason) -> Verification:
    return cast(Verification, SimpleNamespace(outcome=outcome, reasons=reasons))


@pytest.mark.parametrize("flaw", sorted(FLAWS))
def test_every_flaw_of_a_picture_may_be_mended(flaw: Reason) -> None:
    assert flaws_to_mend(case(Outcome.REFER, flaw)) == (flaw,)
    assert tried_in_vain(case(Outcome.REFER, flaw))


@pytest.mark.parametrize("flaw", sorted(FLAWS))
def test_no_flaw_gives_another_try_after_a_refuted_session(flaw: Reason) -> None:
    assert flaws_to_mend(case(Outcome.REFER, Reason.PRESENCE_REFUTED, flaw)) == ()
    assert tried_in_vain(case(Outcome.REFER, Reason.PRESENCE_REFUTED, flaw))


@given(outcome=st.sampled_from(Outcome), reasons=st.lists(st.sampled_from(Reason), unique=True))
def test_only_what_could_merely_not_be_judged_is_asked_for_again(
    outcome: Outcome, reasons: list[Reason]
) -> None:
    mended = flaws_to_mend(case(outcome, *reasons))
    if mended:
        assert outcome is Outcome.REFER
        assert set(mended) <= set(reasons)
        # Nothing is told of what went well, nor is there a doubt that a person should look at.
        assert not set(mended) & {Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.PRESENCE_NOT_SHOWN}
        assert Reason.PERSON_ASKED not in mended
        assert not {Reason.MATCH_REFUTED, Reason.MATCH_DOUBTFUL, Reason.DOCUMENT_COPY} & set(reasons)
        assert tried_in_vain(case(outcome, *reasons))
    if outcome is Outcome.REJECT:
        assert tried_in_vain(case(outcome, *reasons))
    if outcome is Outcome.ACCEPT:
        assert not tried_in_vain(case(outcome, *reasons))
