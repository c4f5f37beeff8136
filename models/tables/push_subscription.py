from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PushSubscription(Base):
    """How one browser is reached over web push (RFC 8030): a terminal's, or one through which citizens follow.

    Endpoint and keys are a capability of the browser: they are read to send and never shown or logged. Addresses can
    be longer than an index allows, which is why their hash is what is unique.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
        CheckConstraint("quiet_from IS NULL OR terminal_id IS NOT NULL", name="quiet_terminal"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_for_some_time"),
        Index("ix_push_subscriptions_confirmed_at", "confirmed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint: Mapped[str]
    # SHA-256 of the endpoint.
    endpoint_hash: Mapped[bytes] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    # The public key of ours that the browser subscribed with: no other one may sign what is sent there.
    vapid_key: Mapped[str]
    language: Mapped[str]
    # None: a citizen's browser, which `PushFollow` says the wishes of.
    terminal_id: Mapped[UUID | None] = mapped_column(ForeignKey("terminals.id", ondelete="CASCADE"), unique=True)
    # By the clock of the agent's unit; a night that ends in the morning has its end before its beginning.
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    created_at: Mapped[datetime]
    # When the browser last came back and compared what it has with what we have.
    confirmed_at: Mapped[datetime]


class PushFollow(Base):
    """A citizen's browser wants to hear of one request or one booking."""

    __tablename__ = "push_follows"
    __table_args__ = (
        CheckConstraint("(request_id IS NULL) <> (booking_id IS NULL)", name="one_subject"),
        UniqueConstraint(
            "subscription_id",
            "request_id",
            "booking_id",
            name="uq_push_follows_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_push_follows_request_id", "request_id"),
        Index("ix_push_follows_booking_id", "booking_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("push_subscriptions.id", ondelete="CASCADE"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact_requests.id", ondelete="CASCADE"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


class PushTest(Base):
    """A test of a terminal by whoever holds it: how far the message has come, or what stopped it."""

    __tablename__ = "push_tests"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'received', 'shown', 'failed')", name="state"),
        CheckConstraint("(state = 'failed') = (cause IS NOT NULL)", name="failure_has_a_cause"),
        Index("ix_push_tests_terminal_id", "terminal_id"),
        Index("ix_push_tests_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    terminal_id: Mapped[UUID] = mapped_column(ForeignKey("terminals.id", ondelete="CASCADE"))
    state: Mapped[str]
    cause: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
