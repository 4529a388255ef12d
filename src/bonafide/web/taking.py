"""The page on which somebody signs up: its script does the rest by the API, with the link to the sign-up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

import segno
from starlette.responses import Response

from bonafide.service.authenticators import Site
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.web.rendering import CAPTURE_SCRIPTS, POLICY, answer, page
from bonafide.web.visit import Room, Visit
from bonafide.web.words import said, words_of
from bonafide.wording import Language

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.\[\]:-]+", re.ASCII)
# Other pages name no origin and ask for no camera.
_CAMERA: Final = "camera=(self), microphone=(), geolocation=()"
_SECTIONS: Final = ("capture", "site.")


def capture_page(visit: Visit) -> Response:
    """Everything that a browser needs to sign somebody up, in both languages: the reader changes between them
    midway, without losing what was photographed.
    """
    return page(
        visit,
        "capture.html",
        headers=_headers(visit.site),
        scripts=CAPTURE_SCRIPTS,
        again=secrets.token_hex(4),
        words=_words(),
    )


def _words() -> Mapping[str, object]:
    """All words with each language's text beside the other's, so that no key stands there twice."""
    texts = [words_of(_SECTIONS, language) for language in Language]
    together = {key: [text[key] for text in texts] for key in texts[0]}
    return {"languages": list(Language), "texts": together}


def draw_code(visit: Visit) -> Response:
    """The QR code of this page with a link in its fragment, as rows of 0 and 1, quiet zone included
    (ISO/IEC 18004). It is asked for by POST, for an address would stand in logs.
    """
    link = Bearer.parse(BearerKind.LINK, visit.form.get("link", ""))
    if link is None:
        return answer({"message": said("refused.malformed", visit.language)}, 400)
    code = segno.make(f"{visit.site.origin}{Room.CAPTURE.home}#{link.text}", error="m", micro=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.matrix_iter(border=4)]
    return answer({"rows": rows})


def _headers(site: Site) -> Mapping[str, str]:
    """A policy that lets the page open its WebSocket, look at pictures that somebody chose, and ask for the
    camera.
    """
    return {
        "Content-Security-Policy": POLICY.replace(
            "connect-src 'self'", f"connect-src 'self'{_sockets(site)}"
        ).replace("img-src 'self'", "img-src 'self' blob:"),
        "Permissions-Policy": _CAMERA,
    }


def _sockets(site: Site) -> str:
    """The page's own origin for WebSockets: Safari before 15.4 does not take it to be `'self'`. A name that
    is none is left out: it could say more than a name.
    """
    if not _ORIGIN.fullmatch(site.origin):
        return ""
    return f" ws{site.origin.removeprefix('http')}"
