from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Opening(Base):
    """A time in which a unit receives the public; its life is drawn in `models.rules.openings`.

    `agent_id` names the one gendarme who receives, else anybody of the unit does. No reason code means every reason.
    """

    __tablename__ = "openings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("counters BETWEEN 1 AND 20", name="counters"),
        CheckConstraint("agent_id IS NULL OR counters = 1", name="one_counter_for_one_agent"),
        CheckConstraint("place_kind IN ('unit', 'town_hall', 'france_services', 'home', 'video')", name="place_kind"),
        CheckConstraint("state IN ('proposed', 'approved', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("holiday_rule IN ('closed', 'open', 'only')", name="holiday_rule"),
        CheckConstraint("(amended_at IS NULL) = (amended_by_id IS NULL)", name="amended_by_somebody"),
        Index("ix_openings_unit_id", "unit_id", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    counters: Mapped[int]
    reason_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place_kind: Mapped[str]
    place_name: Mapped[str | None]
    state: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    decided_at: Mapped[datetime | None]
    decision_word: Mapped[str | None]

    # RFC 5545 RRULE, in the subset of `models.rules.recurrence`; None: once. The first occurrence gives the times.
    recurrence: Mapped[str | None]
    holiday_rule: Mapped[str] = mapped_column(server_default="closed")
    amended_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    amended_at: Mapped[datetime | None]
    # Up to which local day the occurrences are stored; a job goes on for those without an end.
    stored_until: Mapped[date | None]
    # When the last of several occurrences is over; None: without end, or (no recurrence) simply `ends_at`.
    last_ends_at: Mapped[datetime | None]


class OpeningChange(Base):
    """One occurrence of a recurring opening that differs: moved or shortened, or dropped (no times)."""

    __tablename__ = "opening_changes"
    __table_args__ = (
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_or_none"),
        CheckConstraint("starts_at < ends_at", name="in_order"),
    )

    opening_id: Mapped[UUID] = mapped_column(ForeignKey("openings.id", ondelete="CASCADE"), primary_key=True)
    # The local day that the recurrence gives.
    day: Mapped[date] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    changed_at: Mapped[datetime]
