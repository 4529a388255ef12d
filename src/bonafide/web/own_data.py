"""A customer's data: a copy of everything, and the end of it."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bonafide.web.cookies import Cookie, forget_cookie
from bonafide.web.rendering import download, page
from bonafide.web.visit import Visit


def data_page(visit: Visit) -> Response:
    """The two ways."""
    return page(visit, "mine-data.html")


def export_everything(visit: Visit) -> Response:
    """Everything that is kept of the customer, in one file; that they took it is in the log first."""
    return download(visit.customer.export().as_zip(), "application/zip", "kept.zip")


def erase_page(visit: Visit) -> Response:
    """What would go and what must stay, before anything is done."""
    return _erase_page(visit)


def erase_everything(visit: Visit) -> Response:
    """Erase it, once the customer has said that they mean it. They are out then."""
    if visit.form.get("sure") != "yes":
        return _erase_page(visit, why="not_sure")
    done = visit.customer.erase()
    if done.erased is None:
        return _erase_page(visit)
    response = page(replace(visit, session=None), "mine-erased.html", erased=done.erased)
    forget_cookie(response, Cookie.CUSTOMER, visit.site)
    return response


def _erase_page(visit: Visit, why: str | None = None) -> Response:
    standing = visit.customer.standing()
    status = 400 if why else 200
    return page(visit, "mine-erase.html", status=status, standing=standing, why=why)
