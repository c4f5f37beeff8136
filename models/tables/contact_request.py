from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ContactRequest(Base):
    """A citizen's wish to be called back; its life is drawn in `models.rules.request_lifecycle`."""

    __tablename__ = "contact_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'done', 'withdrawn', 'expired')", name="state"),
        CheckConstraint("state NOT IN ('accepted', 'done') OR accepted_by_id IS NOT NULL", name="owned"),
        CheckConstraint("state NOT IN ('waiting', 'expired') OR accepted_by_id IS NULL", name="not_owned"),
        CheckConstraint("channel IN ('phone', 'sms', 'email')", name="channel"),
        CheckConstraint("call_window IN ('asap', 'morning', 'afternoon', 'evening')", name="call_window"),
        CheckConstraint("(accepted_by_id IS NULL) = (accepted_at IS NULL)", name="owner_since"),
        CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name="outcome"),
        CheckConstraint("(state IN ('waiting', 'accepted')) = (ended_at IS NULL)", name="end"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("told_by IN ('push', 'sms', 'email', 'nothing')", name="told_by"),
        CheckConstraint("opinion IN ('good', 'fair', 'bad')", name="opinion"),
        CheckConstraint("(opinion IS NULL) = (opinion_at IS NULL)", name="opinion_at"),
        Index("ix_contact_requests_open", "unit_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_contact_requests_ended_at", "ended_at"),
        Index("ix_contact_requests_transferred_from_unit_id", "transferred_from_unit_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    transferred_from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    transferred_at: Mapped[datetime | None]
    commune_insee: Mapped[str] = mapped_column(ForeignKey("communes.insee"))
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    discreet: Mapped[bool]
    language: Mapped[str]
    state: Mapped[str]

    # What the citizen typed; erased when the retention period is over.
    caller_name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    # How they want to hear of it; None leaves it to us (`push.audience`).
    told_by: Mapped[str | None]
    # How it was, when they said so; it outlives what names them.
    opinion: Mapped[str | None]
    opinion_at: Mapped[datetime | None]
    channel: Mapped[str]
    call_window: Mapped[str]
    safe_time: Mapped[str | None]
    may_leave_message: Mapped[bool]
    facts: Mapped[str | None]
    place: Mapped[str | None]
    call_back_word: Mapped[str]

    follow_token_hash: Mapped[bytes] = mapped_column(unique=True)
    follow_generation: Mapped[int] = mapped_column(default=1)
    follow_code_hash: Mapped[bytes]
    idempotency_hash: Mapped[bytes] = mapped_column(unique=True)
    submission_hash: Mapped[bytes]

    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    erased_at: Mapped[datetime | None]
