from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Agent(Base):
    """A person who signs in: roles, and a unit for those who serve in one."""

    __tablename__ = "agents"
    __table_args__ = (
        CheckConstraint("login = lower(login)", name="login_lower_case"),
        CheckConstraint(
            "cardinality(roles) > 0 AND roles <@ ARRAY['gendarme','chief','operator','supervisor','administrator']",
            name="roles_known",
        ),
        CheckConstraint("NOT (roles && ARRAY['gendarme','chief']) OR unit_id IS NOT NULL", name="unit_for_gendarmes"),
        CheckConstraint("service_number ~ '^[0-9]{1,10}$'", name="service_number"),
        CheckConstraint(r"mobile_phone ~ '^\+[1-9][0-9]{6,14}$'", name="mobile_phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    password_hash: Mapped[str]
    # What planning tools call them by (NIGEND), without leading zeros.
    service_number: Mapped[str | None] = mapped_column(unique=True)
    # E.164; None: the ladder sends no text message to them.
    mobile_phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class AgentSession(Base):
    """One sign-in of an agent on one browser, revocable; only a hash of its token is kept."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
