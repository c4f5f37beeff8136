from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CalendarTrial(Base):
    """A test of an address before it becomes a planning source or an export: what it yields, or why it does not.

    A worker tries it, because no request sends anything. It changes nothing but this row, which goes after an hour.
    """

    __tablename__ = "calendar_trials"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ical', 'caldav', 'positions_daily', 'positions_forecast', 'caldav_export')", name="kind"
        ),
        CheckConstraint("state IN ('queued', 'succeeded', 'failed')", name="state"),
        CheckConstraint("(state = 'failed') = (code IS NOT NULL)", name="failure_has_a_code"),
        CheckConstraint("(state = 'queued') = (address_sealed IS NOT NULL)", name="sealed_while_queued"),
        Index("ix_calendar_trials_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    kind: Mapped[str]
    # JSON {url, user, password}, sealed for this id; emptied with the answer.
    address_sealed: Mapped[bytes | None]
    # How it is to be read: {"tentative_counts": true} or a table's {"columns": …, "words": …}.
    reading: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str]
    code: Mapped[str | None]
    # What it yielded, or where it failed: counts, lines and codes; nothing of what entries say.
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
