from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Event(Base):
    """What happened, in commit order for each unit; the history that people read and that jobs deliver."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_request_id", "request_id", "id"),
        Index("ix_events_absence_id", "absence_id", postgresql_where=text("absence_id IS NOT NULL")),
        Index("ix_events_opening_id", "opening_id", postgresql_where=text("opening_id IS NOT NULL")),
        Index("ix_events_booking_id", "booking_id", "id", postgresql_where=text("booking_id IS NOT NULL")),
        Index("ix_events_appointment_id", "appointment_id", postgresql_where=text("appointment_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # What it happened to: those of these that the event's class says.
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact_requests.id"))
    absence_id: Mapped[UUID | None] = mapped_column(ForeignKey("absences.id", ondelete="CASCADE"))
    opening_id: Mapped[UUID | None] = mapped_column(ForeignKey("openings.id"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id"))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id"))
    about_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    # Who did it; None for citizens and jobs.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
