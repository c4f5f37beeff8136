"""What the services of text messages share."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.rules.text_messages import TextState
from models.tables import TextMessage, TextStop
from server.tokens import Tokens

SEND_TEXT = "send_text"


def phone_hash(tokens: Tokens, phone: str) -> bytes:
    """What the database keeps of a number once nothing is left to send to it."""
    return tokens.stored_hash("phone", phone)


def is_stopped(session: Session, hashed: bytes) -> bool:
    """Say whether this phone asked to get no more text messages."""
    return session.get(TextStop, hashed, populate_existing=True) is not None


def finish(message: TextMessage, state: TextState, cause: str | None) -> None:
    """Give a message the state in which nobody needs its number and its words any more."""
    message.state = state
    message.cause = cause
    message.phone = message.body = message.claimed_until = None
