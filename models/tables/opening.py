from __future__ import annotations

from datetime import datetime
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
