from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class TextMessage(Base):
    """One text message to one phone: whether it left, what it cost, what became of it.

    `id` goes with the message to the provider and comes back with its reports. Number and words are here only until
    the message has left or failed for good; a verification's code never is. A trigger (revision 0006) lets `state`
    move up its rank only: queued, sent, failed, delivered.
    """

    __tablename__ = "text_messages"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        CheckConstraint(
            "purpose IN ('notice', 'call', 'answer', 'verification_code', 'not_understood')", name="purpose"
        ),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'delivered')", name="state"),
        CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name="failure_has_a_cause"),
        CheckConstraint("(state = 'queued') = (phone IS NOT NULL)", name="number_while_queued"),
        CheckConstraint("state = 'queued' OR (body IS NULL AND claimed_until IS NULL)", name="words_while_queued"),
        CheckConstraint("purpose <> 'verification_code' OR body IS NULL", name="code_is_derived"),
        CheckConstraint(
            "purpose NOT IN ('notice', 'call', 'answer') OR state <> 'queued' OR body IS NOT NULL", name="has_words"
        ),
        CheckConstraint("notice_id IS NULL OR call_id IS NULL", name="one_subject"),
        CheckConstraint("provider IS NOT NULL OR provider_id IS NULL", name="id_of_a_provider"),
        CheckConstraint("segments > 0", name="segments"),
        Index("ix_text_messages_phone_hash_created_at", "phone_hash", "created_at"),
        Index("ix_text_messages_attempted_at", "attempted_at"),
        Index("ix_text_messages_notice_id", "notice_id"),
        Index("ix_text_messages_call_id", "call_id"),
        # Two machines that answer each other would never end.
        Index(
            "ix_text_messages_not_understood",
            "phone_hash",
            unique=True,
            postgresql_where=text("purpose = 'not_understood'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notices.id", ondelete="SET NULL"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("ladder_calls.id", ondelete="SET NULL"))
    language: Mapped[str]
    phone: Mapped[str | None]
    phone_hash: Mapped[bytes]
    # Without words of its own it is composed from purpose, language and id when it is sent.
    body: Mapped[str | None]
    good_until: Mapped[datetime]
    state: Mapped[str]
    # Why the last attempt did not succeed: a code such as `kannel_503` or `stopped`, never the provider's own words.
    cause: Mapped[str | None]
    provider: Mapped[str | None]
    provider_id: Mapped[str | None]
    segments: Mapped[int | None]
    # In euros: the dearest provider's price while it is claimed, then that of whoever took it.
    cost: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # When it last counted against the ceilings; empty again once it surely did not leave.
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # Until then another worker leaves it alone; a worker that died meanwhile loses its claim.
    claimed_until: Mapped[datetime | None]


class IncomingText(Base):
    """What somebody answered. The provider's id is unique, so that a repeated callback is one message.

    The number is kept as a keyed hash, and the words only when no machine understood them; who wrote is known through
    the message that they answer.
    """

    __tablename__ = "incoming_texts"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        CheckConstraint("meaning IN ('one', 'two', 'stop', 'start', 'unread')", name="meaning"),
        CheckConstraint("meaning = 'unread' OR body IS NULL", name="words_while_unread"),
        Index("ix_incoming_texts_received_at", "received_at"),
        Index("ix_incoming_texts_text_id", "text_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    provider_id: Mapped[str]
    phone_hash: Mapped[bytes]
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("text_messages.id", ondelete="SET NULL"))
    meaning: Mapped[str]
    body: Mapped[str | None]
    received_at: Mapped[datetime]


class TextStop(Base):
    """A phone, as a keyed hash, that asked to get no more text messages; START deletes it."""

    __tablename__ = "text_stops"

    phone_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
