"""Requests with an `Idempotency-Key`: the same one that comes again is answered as before, not done again.

What was refused changed nothing, and is asked anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from bonafide.api.caller import counter_of
from bonafide.api.codes import Code
from bonafide.api.problem import Refusal, problems
from bonafide.errors import BonafideError
from bonafide.service.api_keys import api_key_of
from bonafide.service.idempotency import Answer, Claim, Idempotency, Refused, parse_key

HEADER: Final = "Idempotency-Key"
# Says that an answer is one that was given before.
REPLAYED: Final = "Idempotency-Replayed"

_CODES: Final = {
    Refused.OTHER_REQUEST: Code.IDEMPOTENCY_KEY_REUSED,
    Refused.IN_FLIGHT: Code.IDEMPOTENCY_IN_FLIGHT,
    Refused.ANSWER_GONE: Code.IDEMPOTENCY_ANSWER_GONE,
}
_PARAMETER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Names this request among those of the same API key, for a day: 16 to 128 visible characters such as "
        "those of a random UUID, and nothing of any person."
    ),
    "schema": {"type": "string", "pattern": r'^("[!#-\[\]-~]{16,128}"|[!#-\[\]-~]{16,128})$'},
}
_REFUSED: Final = problems(Code.IDEMPOTENCY_KEY_MALFORMED, *_CODES.values())

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A router's routes, of which those that change something take the header:
    `APIRouter(route_class=IdempotentRoute)`.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - FastAPI's
        if set(options.get("methods") or ()) == {"POST"}:
            extra = dict(options.get("openapi_extra") or {})
            if _PARAMETER not in extra.get("parameters", ()):
                extra["parameters"] = [*extra.get("parameters", ()), _PARAMETER]
            options["openapi_extra"] = extra
            options["responses"] = _joined(_REFUSED, options.get("responses") or {})
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """What answers a request."""
        handle = super().get_route_handler()
        if self.methods != {"POST"}:
            return handle

        async def idempotent(request: Request) -> Response:
            header = request.headers.get(HEADER)
            return await handle(request) if header is None else await _once(request, header, handle)

        return idempotent


async def _once(request: Request, header: str, handle: Handler) -> Response:
    key = parse_key(header)
    if key is None:
        raise Refusal(Code.IDEMPOTENCY_KEY_MALFORMED)
    content = b"\n".join(
        (request.method.encode(), request.url.path.encode(), request.url.query.encode(), await request.body())
    )
    found = await run_in_threadpool(_begun, request, key, content)
    if found is None:
        return await handle(request)  # which refuses whoever has no key
    idempotency, begun = found
    if isinstance(begun, Answer):
        headers = {REPLAYED: "true", **({"Location": begun.location} if begun.location else {})}
        return Response(begun.body, begun.status, headers, begun.media_type)
    if isinstance(begun, Refused):
        raise Refusal(_CODES[begun], headers={"Retry-After": "1"} if begun is Refused.IN_FLIGHT else None)
    try:
        response = await handle(request)
    except Exception:
        await run_in_threadpool(_abandoned, idempotency, begun)
        raise
    if response.status_code >= 400:
        await run_in_threadpool(_abandoned, idempotency, begun)
    else:
        answer = Answer(
            response.status_code,
            response.headers["content-type"],
            bytes(response.body),
            response.headers.get("location", ""),
        )
        # It was done and is answered so, though nobody may be able to remember it.
        with contextlib.suppress(BonafideError):
            await run_in_threadpool(idempotency.finish, begun, answer)
    return response


def _begun(request: Request, key: str, content: bytes) -> tuple[Idempotency, Claim | Answer | Refused] | None:
    counter = counter_of(request)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = api_key_of(counter.store, text.strip(), counter.now().wall)
    if found is None:
        return None
    operator, known = found
    idempotency = Idempotency(counter.kept(operator), counter.vault)
    return idempotency, idempotency.begin(known.id, key, content)


def _abandoned(idempotency: Idempotency, claim: Claim) -> None:
    # Else it lapses by itself.
    with contextlib.suppress(BonafideError):
        idempotency.abandon(claim)


def _joined(ours: dict[int | str, Any], theirs: dict[int | str, Any]) -> dict[int | str, Any]:
    """The descriptions of both, where both answer with a status one after the other."""
    joined = dict(theirs)
    for status, said in ours.items():
        there = joined.get(status)
        if there is None:
            joined[status] = said
        elif said["description"] not in there.get("description", ""):
            joined[status] = {
                **there,
                "description": f"{there.get('description', '')} {said['description']}".strip(),
            }
    return joined
