"""Whether the service lives, and whether it can do its work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import BaseModel

from bonafide.api.problem import EVERYWHERE
from bonafide.errors import BonafideError
from bonafide.service.counter import Counter
from bonafide.store.migrations import State

_log = logging.getLogger(__name__)


class Part(StrEnum):
    """How a part of the service stands."""

    OK = "ok"
    UNUSABLE = "unusable"


class Health(BaseModel):
    """The process answers."""

    status: Part


class Readiness(BaseModel):
    """Whether each thing is there that every request may need."""

    store: Part
    vault: Part
    models: Part


def routes(counter: Counter) -> APIRouter:
    """`/healthz` and `/readyz`, for whatever watches the service. They need no key and tell nothing."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Does the process answer?")
    async def health() -> Health:
        return Health(status=Part.OK)

    @router.get(
        "/readyz",
        summary="Can the service do its work?",
        responses={503: {**EVERYWHERE[503], "description": "Not at this moment.", "model": Readiness}},
    )
    def readiness(response: Response) -> Readiness:
        ready = Readiness(
            store=_part("store", lambda: _store_stands(counter)),
            vault=_part("vault", lambda: _vault_stands(counter)),
            models=_part("models", lambda: _models_stand(counter)),
        )
        if Part.UNUSABLE in (ready.store, ready.vault, ready.models):
            response.status_code = 503
        return ready

    return router


def _part(name: str, stands: Callable[[], bool]) -> Part:
    try:
        return Part.OK if stands() else Part.UNUSABLE
    except BonafideError as error:
        _log.warning("%s is not usable: %s: %s", name, type(error).__name__, error)
        return Part.UNUSABLE


def _store_stands(counter: Counter) -> bool:
    return counter.store.state() is State.CURRENT


def _vault_stands(counter: Counter) -> bool:
    # Of no document: that the holder answers and has the operator's key is the point.
    counter.vault.document_index(counter.settings.operator, "readiness", "0")
    return True


def _models_stand(counter: Counter) -> bool:
    counter.verifier.load()
    return True
