from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Booking(Base):
    """A citizen's wish for an appointment and who they are; its times are appointments, one at most at once.

    It has a follow link like a contact request's. One that a partner made through the interface may hold no citizen's
    data at all, because the partner keeps it. Open until the citizen or the unit ends it, or its appointment is over.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("told_by IN ('push', 'sms', 'email', 'nothing')", name="told_by"),
        CheckConstraint("opinion IN ('good', 'fair', 'bad')", name="opinion"),
        CheckConstraint("(opinion IS NULL) = (opinion_at IS NULL)", name="opinion_at"),
        CheckConstraint("api_key_id IS NOT NULL OR erased_at IS NOT NULL OR caller_name IS NOT NULL", name="somebody"),
        CheckConstraint("wants_earlier_since IS NULL OR ended_at IS NULL", name="waits_while_open"),
        Index("ix_bookings_unit_id", "unit_id"),
        Index("ix_bookings_ended_at", "ended_at"),
        Index("ix_bookings_api_key_id", "api_key_id", postgresql_where=text("api_key_id IS NOT NULL")),
        Index(
            "ix_bookings_wants_earlier_since",
            "unit_id",
            "wants_earlier_since",
            postgresql_where=text("wants_earlier_since IS NOT NULL"),
        ),
        # Who books twice in a month is asked for a code first.
        Index("ix_bookings_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_bookings_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # What the remote complaints' interface calls it by: its client reads whole numbers only.
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    commune_insee: Mapped[str | None] = mapped_column(ForeignKey("communes.insee"))
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    discreet: Mapped[bool]
    language: Mapped[str]
    # The contact request that a gendarme answered with this appointment.
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact_requests.id"))
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))

    # What the citizen typed; erased when the retention period is over.
    caller_name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    # How they want to hear of it; None leaves it to us (`push.audience`).
    told_by: Mapped[str | None]
    # How it was, when they said so; it outlives what names them.
    opinion: Mapped[str | None]
    opinion_at: Mapped[datetime | None]
    may_leave_message: Mapped[bool] = mapped_column(server_default=text("true"))
    facts: Mapped[str | None]
    # Where the gendarme comes to, for an appointment at home.
    address: Mapped[str | None]

    follow_token_hash: Mapped[bytes] = mapped_column(unique=True)
    follow_generation: Mapped[int] = mapped_column(default=1)
    follow_code_hash: Mapped[bytes]
    idempotency_hash: Mapped[bytes] = mapped_column(unique=True)
    submission_hash: Mapped[bytes]

    # Since when the citizen waits for an earlier time.
    wants_earlier_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
