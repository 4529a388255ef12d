"""What several routes take and answer with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from bonafide.outcome import Reason
from bonafide.wording import Language, advice, sentence

_IDENTIFIER: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

# Another operator's identifier is one of nothing here.
Identifier = Annotated[
    str, Path(pattern=_IDENTIFIER, description="An identifier that this service gave out.")
]
After = Annotated[
    str | None,
    Query(
        max_length=128,
        pattern=r"^[A-Za-z0-9._:+-]+$",
        description="The `after` of the page before this one; nothing for the first page.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many a page has at most.")]


class Taken(BaseModel):
    """What a request says. Whatever else it says is refused: a misspelt wish must not silently do nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReasonAnswer(BaseModel):
    """Why an outcome is what it is."""

    code: str = Field(description="A code of docs/reasons.md; programs go by this.")
    sentence: str = Field(description="For people, in English or Chinese by Accept-Language.")
    advice: str | None = Field(description="What to do about it, if anything.")


# What was counted across sign-ups is no business of whoever hands in pictures, who would know what to change.
# So patterns have one code and one sentence there.
PATTERN: Final = "pattern"
_PATTERN_WORDS: Final = Reason.PATTERN_DEVICE_DOCUMENTS


def customer_answers(reasons: Iterable[Reason], language: Language) -> list[ReasonAnswer]:
    """Reasons with their words, for whoever hands in pictures."""
    told: dict[str, ReasonAnswer] = {}
    for reason in reasons:
        if reason.value.startswith(f"{PATTERN}."):
            (answer,) = reason_answers([_PATTERN_WORDS], language)
            told[PATTERN] = answer.model_copy(update={"code": PATTERN})
        else:
            (told[reason.value],) = reason_answers([reason], language)
    return list(told.values())


def reason_answers(reasons: Iterable[Reason], language: Language) -> list[ReasonAnswer]:
    """Reasons with their words."""
    return [
        ReasonAnswer(code=reason.value, sentence=sentence(reason, language), advice=advice(reason, language))
        for reason in reasons
    ]
