from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
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
        Index("ix_duty_statuses_agent_id", "agent_id", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    status: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    source: Mapped[str]
    # The agent, or the chief who set it for them; a planning tool is nobody.
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
