"""Calls of the ladder that are text messages: how one begins to wait, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.database import Database
from models.tables import LadderCall, TextMessage
from server.jobs.ladder import climb
from server.jobs.send_text import send_text
from tests.support.ladders import calls_of, wait_event
from tests.support.seed import send_request


def wait(database: Database, clock: Callable[[], datetime], minutes: int = 2, **changes: Any) -> UUID:
    """Look for the first time at a request that has waited so long, and return its id."""
    with database.transaction() as session:
        request_id = send_request(session, now=clock() - timedelta(minutes=minutes), **changes).request_id
    climb(wait_event(database, request_id))
    return request_id


def queued(database: Database) -> list[UUID]:
    """The messages that wait, in the order in which they were written."""
    with database.transaction() as session:
        waiting = select(TextMessage.id).filter_by(state="queued").order_by(TextMessage.created_at)
        return list(session.scalars(waiting))


def carry(database: Database) -> None:
    """Do what the worker does with every message that waits."""
    for text_id in queued(database):
        send_text(str(text_id))


def sms_calls(database: Database) -> list[LadderCall]:
    """The calls that go by text message."""
    return [call for call in calls_of(database) if call.channel == "sms"]


def fate(database: Database) -> list[tuple[int | None, int, str, str | None]]:
    """Agent, step, state and cause of each of them."""
    return [(call.agent_id, call.step, call.state, call.cause) for call in sms_calls(database)]
