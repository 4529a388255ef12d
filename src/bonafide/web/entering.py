"""Entering and leaving, and the language chosen."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.ceremonies import Refusal
from bonafide.service.one_time_codes import enter_with_code
from bonafide.service.passkeys import Entered, ask_for_passkey, enter_with_passkey
from bonafide.service.web_sessions import end_session, end_sessions
from bonafide.web.cookies import Cookie, forget_cookie, set_cookie
from bonafide.web.rendering import answer, on_to, page, pages_of
from bonafide.web.site import origin_by_name
from bonafide.web.visit import Room, Visit
from bonafide.web.words import said
from bonafide.wording import Language

HOME: Final = Room.STAFF.home


def home(visit: Visit) -> Response:
    """What somebody may do."""
    return page(visit, "home.html", cards=pages_of(visit))


def enter_page(visit: Visit) -> Response:
    """How to enter. Passkeys take a name, so an address of this machine by number is left for its name."""
    if visit.who is not None:
        return on_to(HOME)
    operator = visit.operator_named(visit.query.get("operator"))
    if operator is None:
        return page(visit, "refused.html", status=404, why="not_found")
    if (by_name := origin_by_name(visit.site)) is not None:
        asked = f"?operator={operator}" if visit.query.get("operator") else ""
        return on_to(f"{by_name}{visit.path}{asked}")
    return page(visit, "enter.html", operator=operator, issuer=issuer_of(visit), name="", why=None)


def ask_passkey(visit: Visit) -> Response:
    """What a script asks of an authenticator."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return answer({"message": said("refused.not_found", visit.language)}, 404)
    asked = ask_for_passkey(visit.counter.kept(operator), visit.site)
    return answer({"ceremony": asked.ceremony, "options": asked.options})


def enter_by_passkey(visit: Visit) -> Response:
    """An authenticator's answer."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return answer({"message": said("refused.not_found", visit.language)}, 404)
    ceremony, said_back = visit.form.get("ceremony", ""), visit.form.get("answer", "")
    entered = enter_with_passkey(visit.counter.kept(operator), ceremony, said_back, visit.site)
    return let_in_by_script(visit, entered)


def enter_by_code(visit: Visit) -> Response:
    """A name, passphrase and code."""
    operator = visit.operator_named(visit.form.get("operator"))
    if operator is None:
        return page(visit, "refused.html", status=404, why="not_found")
    name = visit.form.get("name", "").strip()
    entered = enter_with_code(
        visit.counter.kept(operator),
        visit.counter.vault,
        name,
        visit.form.get("passphrase", ""),
        visit.form.get("code", ""),
    )
    if isinstance(entered, Refusal):
        return page(
            visit,
            "enter.html",
            status=401,
            operator=operator,
            issuer=issuer_of(visit),
            name=name,
            why="wrong",
        )
    return let_in(visit, entered)


def leave(visit: Visit) -> Response:
    """End this session."""
    if visit.who is not None:
        end_session(visit.kept, visit.who.session)
    return _left(visit)


def leave_everywhere(visit: Visit) -> Response:
    """End every session of whoever asks."""
    end_sessions(visit.kept, visit.account.id)
    return _left(visit)


def choose_language(visit: Visit) -> Response:
    """Read the pages in another language from now on."""
    back, wanted = visit.form.get("back", ""), visit.form.get("language", "")
    response = on_to(back if visit.room.holds(back) else visit.room.home)
    if wanted in set(Language):
        set_cookie(response, Cookie.LANGUAGE, wanted, visit.site)
    return response


def let_in(visit: Visit, entered: Entered) -> Response:
    """Somebody entered: a new session, and the one that this browser had ends."""
    response = on_to(HOME)
    _rotate(visit, entered, response)
    return response


def let_in_by_script(visit: Visit, entered: Entered | Refusal, section: str = "enter") -> Response:
    """The same for a script, which then goes on to the page that it is told; or why not, in the words of a
    page.
    """
    if isinstance(entered, Refusal):
        return answer({"message": said(f"{section}.{entered.replace('-', '_')}", visit.language)}, 401)
    response = answer({"to": HOME})
    _rotate(visit, entered, response)
    return response


def operator_of_invitation(visit: Visit, text: str) -> str | None:
    """Whose invitation it is, if the store lists such an operator."""
    bearer = Bearer.parse(BearerKind.INVITATION, text)
    return visit.operator_named(bearer.operator) if bearer else None


def issuer_of(visit: Visit) -> str | None:
    """The address of the issuer of sign-ins, if there is one."""
    issuer = visit.counter.settings.issuer
    return issuer.address if issuer else None


def _rotate(visit: Visit, entered: Entered, response: Response) -> None:
    if visit.who is not None:
        end_session(visit.kept, visit.who.session)
    set_cookie(response, Cookie.STAFF, entered.session, visit.site)


def _left(visit: Visit) -> Response:
    response = on_to("/staff/enter")
    forget_cookie(response, Cookie.STAFF, visit.site)
    return response
