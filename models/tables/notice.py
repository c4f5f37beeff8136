from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Notice(Base):
    """One message about one event to one recipient over one channel: how far it came, when, or why not.

    Neither the words nor the address are kept: both are read again from the request whenever it is sent. `id` is
    also the message's own identity (the Message-ID of a mail), so that a repeat is recognisable. A trigger (revision
    0008) lets `state` move up its rank only: queued, sent, failed, delivered, seen. Whatever has arrived proves an
    earlier failure wrong.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("event_id", "channel", "recipient"),
        CheckConstraint("channel IN ('email', 'sms', 'push')", name="channel"),
        CheckConstraint("recipient IN ('citizen')", name="recipient"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'delivered', 'seen')", name="state"),
        CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name="failure_has_a_cause"),
        CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name="delivered_at"),
        CheckConstraint("(state = 'seen') = (seen_at IS NOT NULL)", name="seen_at"),
        CheckConstraint("state = 'queued' OR claimed_until IS NULL", name="claimed_while_queued"),
        # Those of which no browser has said anything are looked for by the clock.
        Index("ix_notices_unheard", "sent_at", postgresql_where=text("channel = 'push' AND state = 'sent'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    channel: Mapped[str]
    recipient: Mapped[str]
    state: Mapped[str]
    # Why the last attempt did not succeed: a code such as `smtp_451` or `timeout`, never the relay's own words.
    cause: Mapped[str | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # When the device, or the network for it, said that it is there.
    delivered_at: Mapped[datetime | None]
    # When somebody opened it, or the page that it leads to.
    seen_at: Mapped[datetime | None]
    # Until then another worker leaves it alone; a worker that died meanwhile loses its claim.
    claimed_until: Mapped[datetime | None]
