"""The limits on doors that are open to everybody; see docs/operations.md before changing one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import request

from models.rules.references import normalise_reference
from server.context import current
from server.services.limit_rate import RateLimitOn, limit_rate


def limit_by_address(kind: str, *, limit: int, window: timedelta) -> None:
    """Let one network address through `limit` times in each `window`.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn(kind, request.remote_addr or "", limit, window))


def limit_by_login(login: str, *, limit: int, window: timedelta) -> None:
    """Let tries for one login through `limit` times in each `window`, from wherever they come.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn("login", login.strip().lower(), limit, window))


def limit_by_reference(reference: str, *, limit: int, window: timedelta) -> None:
    """Let guesses at the code of one public reference through `limit` times in each `window`, from wherever they come.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn("reference", normalise_reference(reference), limit, window))


def limit_by_agent(kind: str, agent_id: int, *, limit: int, window: timedelta) -> None:
    """Let one signed-in agent through `limit` times in each `window`.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn(kind, str(agent_id), limit, window))


def limit_by_feed(export_id: UUID, *, limit: int, window: timedelta) -> None:
    """Let one feed be read `limit` times in each `window`, from wherever it is.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn("agenda-feed-one", str(export_id), limit, window))


def limit_by_receipt(receipt: str, *, limit: int, window: timedelta) -> None:
    """Let words about one push through `limit` times in each `window`, from wherever they come.

    Raises:
        TooMany: with `retry_after` in seconds.
    """
    _limit(RateLimitOn("push-receipt", receipt, limit, window))


def _limit(command: RateLimitOn) -> None:
    context = current()
    with context.database.transaction() as session:
        refusal = limit_rate(session, command, context.now(), context.tokens)
    if refusal is not None:
        raise refusal
