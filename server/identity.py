"""Who is asking: from the sign-in cookie to an `Actor`, and the proof that a write comes from our own page."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, Response, request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.queries.sign_ins import find_sign_ins, was_terminal
from models.rules.actor import AgentActor
from models.rules.errors import Forbidden
from models.tables import AgentSession, Terminal
from server.config import Settings
from server.context import current
from server.services.sign_in import SESSION_LENGTH
from server.tokens import Tokens

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
# These do nothing in the name of whoever the cookie names; a cookie that is over must not bar a new sign-in either,
# since its proof can no longer be had.
WITHOUT_AUTHORITY = frozenset({"/api/sign-in", "/api/contact-requests", "/api/terminals", "/api/push/receipts"})
# Writing the last contact on every request would make each read a write.
LAST_SEEN_STEP = timedelta(minutes=5)


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties the cookie to this very host, which browsers only allow over https."""
    return "__Host-agent" if settings.secure_cookies else "agent"


def session_token(req: Request) -> str | None:
    return req.cookies.get(cookie_name(current().settings))


def set_session_cookie(response: Response, token: str, *, lasts: timedelta = SESSION_LENGTH) -> None:
    settings = current().settings
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(lasts.total_seconds()),
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    settings = current().settings
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.secure_cookies, httponly=True, samesite="Strict"
    )


def load_actor(session: Session, token: str | None, tokens: Tokens, now: datetime) -> AgentActor | None:
    """The agent behind a sign-in or a terminal's credential; None when it is unknown, over, revoked or closed."""
    if not token:
        return None
    token_hash = tokens.stored_hash("agent-session", token)
    found = find_sign_ins(session, [token_hash], now).get(token_hash)
    if found is None:
        return None
    if found.last_seen_at is None or now - found.last_seen_at > LAST_SEEN_STEP:
        # Only one of the two tables has this token.
        session.execute(update(AgentSession).where(AgentSession.token_hash == token_hash).values(last_seen_at=now))
        session.execute(update(Terminal).where(Terminal.credential_hash == token_hash).values(last_seen_at=now))
    return found.actor


def require_agent(session: Session) -> AgentActor:
    """The signed-in agent of this request.

    Raises:
        Forbidden: `not_signed_in`; `terminal_revoked` tells a device to wipe what it holds; `not_a_page`.
    """
    # Documents are for the terminal's own screens, which lock; typed as an address, they would be read around the lock.
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        raise Forbidden("not_a_page")
    context = current()
    token = session_token(request)
    actor = load_actor(session, token, context.tokens, context.now())
    if actor is None:
        if token and was_terminal(session, context.tokens.stored_hash("agent-session", token)):
            raise Forbidden("terminal_revoked")
        raise Forbidden("not_signed_in")
    return actor


def require_terminal(session: Session) -> tuple[AgentActor, UUID]:
    """The signed-in agent of this request and the enrolled terminal that they hold.

    Raises:
        Forbidden: as `require_agent`; `terminal_needed` for a sign-in with a password.
    """
    actor = require_agent(session)
    token_hash = current().tokens.stored_hash("agent-session", session_token(request) or "")
    terminal_id = session.scalar(select(Terminal.id).where(Terminal.credential_hash == token_hash))
    if terminal_id is None:
        raise Forbidden("terminal_needed")
    return actor, terminal_id


def protect_writes(app: Flask) -> None:
    """Refuse writes that another site made the browser send, before any view sees them."""

    @app.before_request
    def refuse_foreign_writes() -> None:
        if request.method in SAFE_METHODS:
            return
        if not _comes_from_here(request):
            raise Forbidden("foreign_origin")
        token = session_token(request)
        # Public forms carry no cookie and hence no authority that a foreign page could borrow.
        proof_is_due = request.path.startswith("/api/") and request.path not in WITHOUT_AUTHORITY
        if token and proof_is_due and not _has_csrf_proof(request, token):
            raise Forbidden("csrf")


def _comes_from_here(req: Request) -> bool:
    """Judge `Sec-Fetch-Site` and `Origin` (Fetch standard); programs that send neither are no browser."""
    site = req.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = req.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc in (req.host, urlsplit(current().settings.public_url).netloc)


def _has_csrf_proof(req: Request, token: str) -> bool:
    # As bytes: the comparison refuses text beyond ASCII, which a header may hold.
    return hmac.compare_digest(req.headers.get(CSRF_HEADER, "").encode(), current().tokens.csrf(token).encode())
