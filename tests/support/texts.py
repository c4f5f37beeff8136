"""Text messages in the database and a worker's context that has providers, for the tests of both."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import UUID, uuid4

from models.database import Database
from models.rules.text_messages import Purpose, TextState
from models.tables import TextMessage
from server.config import load_settings
from server.context import Context
from server.services.queue_text import QueueText, queue_text
from tests.support.seed import NOW, SECRET_KEY, TOKENS

PHONE = "+33639980012"


def with_sms(context: Context, **environment: str) -> Context:
    """The same context in a deployment that can send text messages."""
    settings = load_settings(
        {"DATABASE_URL": "postgresql://db/brigade", "SECRET_KEY": SECRET_KEY.decode(), **environment}
    )
    return dataclasses.replace(context, settings=dataclasses.replace(context.settings, sms=settings.sms))


def queue(database: Database, purpose: Purpose = Purpose.VERIFICATION_CODE, **changes: object) -> UUID:
    """Queue one message; a notice says "Gardé."."""
    values = {"phone": PHONE, "language": "fr", "good_until": NOW + timedelta(minutes=15), **changes}
    if purpose is Purpose.NOTICE:
        values = {"body": "Gardé.", **values}
    command = QueueText(**{"text_id": uuid4(), "purpose": purpose, **values})  # type: ignore[arg-type]
    with database.transaction() as session:
        queue_text(session, command, NOW, TOKENS)
    return command.text_id


def text_of(database: Database, text_id: UUID) -> TextMessage:
    """One message as it is stored now."""
    with database.transaction() as session:
        found = session.get_one(TextMessage, text_id)
        session.expunge(found)
        return found


def state_of(database: Database, text_id: UUID) -> TextState:
    """How far it has come."""
    return TextState(text_of(database, text_id).state)
