"""How a page is answered: what browsers may keep of it, and what the frame around it needs to know."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, render_template

from server.context import current

# A page that is the same for everybody; only such pages are compressed (see `compression`).
PUBLIC = "no-cache"
# Somebody's own page. The browser may show it again when they go back, so that nothing typed is lost.
PRIVATE = "private, no-cache"
# On a discreet journey nothing stays on the device, at the price of a "send again?" when going back.
DISCREET = "private, no-store"


def state_site() -> bool:
    """Whether this is a site of the State, which alone may wear its logo and its typeface."""
    return current().settings.state_site


def quick_exit_url() -> str:
    """The neutral page that "leave quickly" opens."""
    return current().settings.quick_exit_url


def page(
    template: str,
    *,
    status: int = 200,
    keep: str = PUBLIC,
    discreet: bool = False,
    way_out: bool = False,
    **values: object,
) -> Response:
    """Render a page.

    Args:
        keep: `PUBLIC` or `PRIVATE`; a discreet page is never kept, whatever is asked for.
        discreet: neutral title, the way out, nothing kept.
        way_out: only the way out.
    """
    body = render_template(template, discreet=discreet, way_out=discreet or way_out, **values)
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = DISCREET if discreet else keep
    # With "no-referrer" browsers send `Origin: null` with our own forms; within this origin nothing leaks.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def see_other(location: str) -> Response:
    """Lead to another page after a form was taken, so that reloading does not send it again."""
    # The address may hold a follow link's secret, hence no cache keeps it.
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": location, "Cache-Control": "no-store"})
