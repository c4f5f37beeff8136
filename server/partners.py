"""Which partner's machine calls: its key is checked, its calls are counted, and the key goes into no log."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from models.rules.api_keys import Scope
from models.rules.errors import Forbidden
from server.context import current
from server.services.limit_rate import RateLimitOn, limit_rate
from server.services.use_api_key import Partner, UseApiKey, use_api_key

CONTRACT_HEADER = "X-VISIOPLAINTE-API-KEY"
# A partner's site asks for a whole country of visitors: the limit stops a program that loops, not a busy day.
CALLS, CALLS_WINDOW = 6_000, timedelta(minutes=1)
# Whoever only holds and never books would close a brigade's agenda.
HOLDS, HOLDS_WINDOW = 1_200, timedelta(minutes=1)


def shown_key(scope: Scope) -> str:
    """The key that this request shows in its header; empty without one."""
    if scope is Scope.VISIOPLAINTE:
        return request.headers.get(CONTRACT_HEADER, "").strip()
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def require_partner(scope: Scope) -> Partner:
    """The partner behind this request.

    Raises:
        Forbidden: `api_key_needed`, `unknown_api_key` or `scope_missing`.
        TooMany: with `retry_after` in seconds.
    """
    key = shown_key(scope)
    if not key:
        raise Forbidden("api_key_needed")
    context = current()
    with context.database.transaction() as session:
        try:
            partner = use_api_key(session, UseApiKey(key, scope), context.now(), context.tokens)
        except Forbidden as refusal:
            # The contract knows one answer to a wrong key, and one that is for something else is wrong there.
            if scope is Scope.VISIOPLAINTE:
                raise Forbidden("unknown_api_key") from refusal
            raise
        calls = RateLimitOn("api-key", str(partner.actor.api_key_id), CALLS, CALLS_WINDOW)
        too_many = limit_rate(session, calls, context.now(), context.tokens)
    # Raised once the count is committed: a refused call counts too.
    if too_many is not None:
        raise too_many
    return partner


def limit_holds(partner: Partner) -> None:
    """Let a key hold so many times a minute.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    context = current()
    with context.database.transaction() as session:
        holds = RateLimitOn("api-key-holds", str(partner.actor.api_key_id), HOLDS, HOLDS_WINDOW)
        refusal = limit_rate(session, holds, context.now(), context.tokens)
    if refusal is not None:
        raise refusal
