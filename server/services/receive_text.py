from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.rules.text_messages import Meaning, Purpose, read_answer
from models.tables import IncomingText, TextMessage, TextStop
from server.services._asked_texts import arrived, find_asked
from server.services._how_told import stamp_bookings_of
from server.services._texts import phone_hash
from server.services.queue_text import QueueText, queue_text
from server.tokens import Tokens

LONGEST = 2000


@dataclass(frozen=True)
class ReceiveText:
    """A text message as a provider handed it over.

    Args:
        provider_id: the provider's name for it; a repeated callback has the same.
        phone: of who wrote: E.164, or whatever the provider says instead (a short number, a word).
    """

    provider: str
    provider_id: str
    phone: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True)
class TextAnswer:
    """What an answer means to whoever asked.

    Args:
        text_id: what this answers: of a choice the last message that asked something, of anything else the last one
            that went to this phone lately; None when there was none.
        notice_id, call_id: what that message was about, when it was a notice or a ladder's call.
    """

    meaning: Meaning
    text_id: UUID | None
    notice_id: UUID | None
    call_id: UUID | None = None


def receive_text(session: Session, command: ReceiveText, now: datetime, tokens: Tokens) -> TextAnswer | None:
    """Write an answer down and do what STOP and START ask for.

    A choice ("1", "2") when nothing was asked, and whatever nobody understands, is kept to be read by a person; its
    phone is answered once that nobody was asked, and never again.

    Returns:
        None for a callback that was received before.
    """
    hashed = phone_hash(tokens, command.phone)
    meaning = read_answer(command.body)
    chosen = find_asked(session, hashed, now) if meaning in (Meaning.ONE, Meaning.TWO) else None
    if chosen is None and meaning in (Meaning.ONE, Meaning.TWO):
        meaning = Meaning.UNREAD
    asked = chosen or _last(session, hashed, now)
    written = session.execute(
        insert(IncomingText)
        .values(
            id=uuid4(),
            provider=command.provider,
            provider_id=command.provider_id,
            phone_hash=hashed,
            text_id=asked.id if asked else None,
            meaning=meaning,
            body=command.body[:LONGEST] if meaning is Meaning.UNREAD else None,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(IncomingText.id)
    ).scalar()
    if written is None:
        return None
    if meaning is Meaning.STOP:
        session.execute(insert(TextStop).values(phone_hash=hashed, at=now).on_conflict_do_nothing())
    elif meaning is Meaning.START:
        session.execute(delete(TextStop).where(TextStop.phone_hash == hashed))
    elif meaning is Meaning.UNREAD and command.phone.startswith("+"):
        language = asked.language if asked else "fr"
        answer = QueueText(uuid4(), Purpose.NOT_UNDERSTOOD, command.phone, language, now + timedelta(hours=1))
        queue_text(session, answer, now, tokens)
    if meaning in (Meaning.STOP, Meaning.START):
        stamp_bookings_of(session, hashed, command.phone)
    if asked is None:
        return TextAnswer(meaning, None, None)
    return TextAnswer(meaning, asked.id, asked.notice_id, asked.call_id)


def _last(session: Session, hashed: bytes, now: datetime) -> TextMessage | None:
    return session.scalars(
        select(TextMessage)
        # What only answers says nothing that somebody would answer.
        .where(arrived(hashed, now), TextMessage.purpose.not_in([Purpose.ANSWER, Purpose.NOT_UNDERSTOOD]))
        .order_by(TextMessage.created_at.desc(), TextMessage.id)
        .limit(1)
    ).first()
