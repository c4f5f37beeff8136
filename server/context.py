"""What the edges share, wired once in `create_app`: settings, database, tokens and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from flask import Flask, current_app

from models.database import Database
from server.config import Settings
from server.sealing import Sealer
from server.tokens import Tokens

_KEY = "brigade"


def utc_now() -> datetime:
    """The one clock; edges read it and pass `now` on."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    settings: Settings
    database: Database
    tokens: Tokens
    now: Callable[[], datetime] = utc_now

    @cached_property
    def sealer(self) -> Sealer:
        """Seals and opens what calendars are reached with."""
        return Sealer(self.settings.calendar_settings.secrets)


def install(app: Flask, context: Context) -> None:
    app.extensions[_KEY] = context


def current() -> Context:
    """The context of the app that handles this request or socket event."""
    context = current_app.extensions[_KEY]
    assert isinstance(context, Context)
    return context
