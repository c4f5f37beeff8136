from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SyncClient(Base):
    """One outbox of one agent; `last_mutation_id` is the highest sequence number that has its result."""

    __tablename__ = "sync_clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    last_mutation_id: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class MutationResult(Base):
    """The one result of one numbered mutation, kept so that a repeat gets the same answer."""

    __tablename__ = "mutation_results"
    __table_args__ = (
        CheckConstraint("status IN ('applied', 'noop', 'rejected', 'error')", name="status"),
        Index("ix_mutation_results_client_id_version", "client_id", "version"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey("sync_clients.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    op: Mapped[str]
    args_hash: Mapped[bytes]
    version: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    code: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(index=True)
