"""Taking up an invitation: with a passkey, or with a passphrase and one-time codes."""

from __future__ import annotations

from typing import Final

import segno
from markupsafe import Markup
from starlette.responses import Response

from bonafide.service.ceremonies import Refusal
from bonafide.service.one_time_codes import AskedCodes, ask_for_codes, asked_codes, make_codes
from bonafide.service.passkeys import ask_for_new_passkey, make_passkey
from bonafide.service.retention import Retention
from bonafide.web.entering import issuer_of, let_in, let_in_by_script, operator_of_invitation
from bonafide.web.rendering import answer, on_to, page
from bonafide.web.site import origin_by_name
from bonafide.web.visit import Visit
from bonafide.web.words import said

_HERE: Final = "invitation"


def invitation_page(visit: Visit) -> Response:
    """Where somebody pastes an invitation, or a script takes it out of the address."""
    if (by_name := origin_by_name(visit.site)) is not None:
        return on_to(f"{by_name}{visit.path}")
    return page(visit, "invitation.html", issuer=issuer_of(visit), why=None)


def ask_new_passkey(visit: Visit) -> Response:
    """What a script asks of an authenticator."""
    kept = _kept(visit)
    asked = ask_for_new_passkey(kept, _text(visit), visit.site) if kept else Refusal.RUN_OUT
    if isinstance(asked, Refusal):
        return let_in_by_script(visit, asked, _HERE)
    return answer({"ceremony": asked.ceremony, "options": asked.options})


def take_up_with_passkey(visit: Visit) -> Response:
    """An authenticator's answer."""
    kept = _kept(visit)
    if kept is None:
        return let_in_by_script(visit, Refusal.RUN_OUT, _HERE)
    ceremony, said_back = visit.form.get("ceremony", ""), visit.form.get("answer", "")
    made = make_passkey(kept, _text(visit), ceremony, said_back, visit.site)
    return let_in_by_script(visit, made, _HERE)


def ask_new_codes(visit: Visit) -> Response:
    """A QR code with a new secret."""
    kept = _kept(visit)
    asked = ask_for_codes(kept, visit.counter.vault, _text(visit)) if kept else Refusal.RUN_OUT
    return _codes_page(visit, asked, None)


def take_up_with_codes(visit: Visit) -> Response:
    """A passphrase, twice, and the first code."""
    kept = _kept(visit)
    if kept is None:
        return _codes_page(visit, Refusal.RUN_OUT, None)
    ceremony, passphrase = visit.form.get("ceremony", ""), visit.form.get("passphrase", "")
    if passphrase != visit.form.get("again", ""):
        why = "differ"
    else:
        made = make_codes(
            kept,
            visit.counter.vault,
            invitation=_text(visit),
            ceremony=ceremony,
            passphrase=passphrase,
            code=visit.form.get("code", ""),
        )
        if not isinstance(made, Refusal):
            return let_in(visit, made)
        why = made.replace("-", "_")
    return _codes_page(visit, asked_codes(kept, visit.counter.vault, _text(visit), ceremony), why)


def _codes_page(visit: Visit, asked: AskedCodes | Refusal, why: str | None) -> Response:
    if isinstance(asked, Refusal):
        why = asked.replace("-", "_")
        return page(visit, "invitation.html", status=401, issuer=issuer_of(visit), why=why)
    # Attributes only, no style: the policy of the pages holds for what is drawn in them as well.
    drawn = segno.make(asked.address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return page(
        visit,
        "codes.html",
        status=400 if why else 200,
        invitation=_text(visit),
        ceremony=asked.ceremony,
        name=asked.name,
        secret=" ".join(asked.secret[place : place + 4] for place in range(0, len(asked.secret), 4)),
        qr=Markup(drawn),  # noqa: S704 - made here, of nothing but squares
        label=said("codes.qr", visit.language),
        why=why,
    )


def _text(visit: Visit) -> str:
    return "".join(visit.form.get("invitation", "").split())


def _kept(visit: Visit) -> Retention | None:
    operator = operator_of_invitation(visit, _text(visit))
    return visit.counter.kept(operator) if operator else None
