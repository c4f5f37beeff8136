from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DutyStatus(Base):
    """One stretch of an agent's service position; which one holds at an instant is `models.rules.duty.current`."""

    __tablename__ = "duty_statuses"
    __table_args__ = (
        CheckConstraint(
            "status IN ('available', 'on_intervention', 'first_to_go', 'reachable', 'off_duty')", name="status"
        ),
        CheckConstraint("source IN ('own', 'planning')", name="source"),
        CheckConstraint("until > since", name="in_order"),
        CheckConstraint("planning_source_id IS NULL OR source = 'planning'", name="planning_source"),
        Index("ix_duty_statuses_agent_id", "agent_id", "since"),
        Index(
            "ix_duty_statuses_planning_source_id",
            "planning_source_id",
            postgresql_where=text("planning_source_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    status: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    source: Mapped[str]
    planning_source_id: Mapped[UUID | None] = mapped_column(ForeignKey("planning_sources.id", ondelete="CASCADE"))
    # The agent, or the chief who set it for them; a planning tool is nobody.
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
