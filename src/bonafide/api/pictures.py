"""Pictures that come in as the parts of a form: a document, perhaps its other side, a selfie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from bonafide.api.bodies import Form, read_form
from bonafide.api.codes import Code
from bonafide.api.problem import Refusal
from bonafide.capture import Picture, read_picture
from bonafide.errors import UnreadablePicture
from bonafide.outcome import Subject
from bonafide.service.speaking import about

_SUBJECTS = {"document": Subject.DOCUMENT, "document_back": Subject.DOCUMENT, "selfie": Subject.SELFIE}


@dataclass(frozen=True, slots=True)
class Presented:
    """The pictures of one case, and what was said with them."""

    document: Picture
    selfie: Picture
    document_back: Picture | None
    said: Mapping[str, str]


async def read_presented(request: Request, *, texts: Collection[str]) -> Presented:
    """Read a form with pictures. Only their headers are looked at.

    Raises what `read_form` raises, `Refusal` where a picture is missing, `UnreadablePicture` naming which.
    """
    form = await read_form(request, files=_SUBJECTS, texts=texts)
    document, selfie = _picture(form, "document"), _picture(form, "selfie")
    if document is None or selfie is None:
        raise Refusal(Code.REQUEST_MALFORMED, detail="Send the parts document and selfie.")
    return Presented(document, selfie, _picture(form, "document_back"), form.texts)


def form_described(texts: Mapping[str, Mapping[str, Any]], required: Collection[str] = ()) -> dict[str, Any]:
    """What a route's description says of its form; `texts` has the schemas of what is said with pictures."""
    picture = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or HEIC, at most 8 MB."}
    schema = {
        "type": "object",
        "properties": {**dict.fromkeys(_SUBJECTS, picture), **texts},
        "required": ["document", "selfie", *required],
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _picture(form: Form, name: str) -> Picture | None:
    content = form.files.get(name)
    if content is None:
        return None
    try:
        return read_picture(content)
    except UnreadablePicture as error:
        raise about(_SUBJECTS[name], error) from None
