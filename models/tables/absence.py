from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

NO_OVERLAP = "ex_absences_no_overlap"


class Absence(Base):
    """A time in which an agent is not free; one who declared two at once would have to cancel both.

    A calendar may hold entries that overlap, so that only own absences exclude each other. An integer range of one
    number stands for the agent, because the plain GiST operator class for integers needs an extension.
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("source IN ('own', 'planning')", name="source"),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="bounded"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name="cancelled_by_somebody"),
        ExcludeConstraint(
            (text("int4range(agent_id, agent_id, '[]')"), "="),
            (text("during"), "&&"),
            name=NO_OVERLAP,
            using="gist",
            where=text("source = 'own' AND cancelled_at IS NULL"),
        ),
        CheckConstraint("planning_source_id IS NULL OR source = 'planning'", name="planning_source"),
        CheckConstraint("(planning_source_id IS NULL) = (planning_key IS NULL)", name="planning_key"),
        Index("ix_absences_agent_id", "agent_id"),
        Index(
            "ix_absences_during",
            text("int4range(agent_id, agent_id, '[]')"),
            "during",
            postgresql_using="gist",
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index(
            "ix_absences_planning_source_id",
            "planning_source_id",
            postgresql_where=text("planning_source_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    word: Mapped[str | None]
    source: Mapped[str]
    # Of an imported one: the source, and SHA-256 of what the entry is called there.
    planning_source_id: Mapped[UUID | None] = mapped_column(ForeignKey("planning_sources.id", ondelete="CASCADE"))
    planning_key: Mapped[bytes | None]
    # Said by « Je pars en intervention »: it ends with the intervention, also before its time.
    intervention: Mapped[bool] = mapped_column(server_default=text("false"))
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
