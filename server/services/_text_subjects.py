"""What follows for whatever a text message was about, once it is known what has become of the message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.tables import TextMessage
from server.services._call_texts import tell_call


def tell_subject(session: Session, message: TextMessage, now: datetime) -> None:
    """Tell what a message was for how far it has come; call it when the message's state has changed."""
    if message.call_id is not None:
        tell_call(session, message.call_id, message, now)
