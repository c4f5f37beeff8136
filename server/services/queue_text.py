from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.record import defer
from models.rules.text_messages import Purpose, TextState
from models.tables import TextMessage
from server.services._texts import SEND_TEXT, is_stopped, phone_hash
from server.tokens import Tokens

_ORDINARY = ("delivery", 0)
# What calls a gendarme, and the news of their answer, wait behind no relay that hangs. A code does not go with them,
# because anybody may ask for codes; but somebody sits before a screen for it, and no mail is in such a hurry.
_QUEUES = {Purpose.CALL: ("calls", 10), Purpose.ANSWER: ("calls", 10), Purpose.VERIFICATION_CODE: ("delivery", 5)}


@dataclass(frozen=True)
class QueueText:
    """One text message to one phone.

    Args:
        text_id: of what it says (a notice, a verification): the same one twice is one message.
        phone: E.164.
        good_until: afterwards it is not sent any more.
        body: of a notice, a call or an answer; the other purposes have words of their own.
    """

    text_id: UUID
    purpose: Purpose
    phone: str = field(repr=False)
    language: str
    good_until: datetime
    body: str | None = field(default=None, repr=False)
    notice_id: UUID | None = None
    call_id: UUID | None = None


def queue_text(session: Session, command: QueueText, now: datetime, tokens: Tokens) -> TextState:
    """Write a message down and defer its sending.

    Returns:
        `QUEUED`, or `FAILED` when this phone asked to get none (cause `stopped`), or when a repeat finds that the
        message was given up meanwhile.
    """
    hashed = phone_hash(tokens, command.phone)
    stopped = is_stopped(session, hashed)
    state = TextState.FAILED if stopped else TextState.QUEUED
    written = session.execute(
        insert(TextMessage)
        .values(
            id=command.text_id,
            purpose=command.purpose,
            notice_id=command.notice_id,
            call_id=command.call_id,
            language=command.language,
            phone=None if stopped else command.phone,
            phone_hash=hashed,
            body=None if stopped else command.body,
            good_until=command.good_until,
            state=state,
            cause="stopped" if stopped else None,
            created_at=now,
            changed_at=now,
        )
        # The same message twice, or a second answer to a phone that was answered before.
        .on_conflict_do_nothing()
        .returning(TextMessage.id)
    ).scalar()
    if written is None:
        known = session.get(TextMessage, command.text_id)
        return TextState.FAILED if known is None or known.state == TextState.FAILED else TextState.QUEUED
    if not stopped:
        queue, priority = _QUEUES.get(command.purpose, _ORDINARY)
        defer(session, SEND_TEXT, queue=queue, priority=priority, text_id=str(command.text_id))
    return state
