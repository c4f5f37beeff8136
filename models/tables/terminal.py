from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Terminal(Base):
    """An enrolled device of an agent: its credential signs it in until it is revoked; only a hash is kept."""

    __tablename__ = "terminals"
    __table_args__ = (CheckConstraint("revoked_by_id IS NULL OR revoked_at IS NOT NULL", name="revoked_by"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_hash: Mapped[bytes] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # None when a job or the command line did it.
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))


class TerminalEnrolment(Base):
    """The one open code of an agent, shown as a QR code at the desk; a new one replaces it, its use deletes it."""

    __tablename__ = "terminal_enrolments"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
