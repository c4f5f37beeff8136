from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PlanningSource(Base):
    """Where a unit's planning is read from, how it is read, and its health.

    The address is a secret like user and password: all three are sealed together, and go when the source is revoked.
    A calendar says when one agent is not free; a table of positions names its agents itself. What was last read stands
    while a source is paused or fails; it goes when the source is revoked.
    """

    __tablename__ = "planning_sources"
    __table_args__ = (
        CheckConstraint("kind IN ('ical', 'caldav', 'positions_daily', 'positions_forecast')", name="kind"),
        CheckConstraint("(kind IN ('ical', 'caldav')) = (agent_id IS NOT NULL)", name="whose"),
        CheckConstraint("(kind IN ('ical', 'caldav')) = (columns IS NULL)", name="columns"),
        CheckConstraint("kind NOT IN ('ical', 'caldav') OR (host IS NOT NULL)", name="address"),
        CheckConstraint("(address_sealed IS NOT NULL) = (host IS NOT NULL AND revoked_at IS NULL)", name="sealed"),
        CheckConstraint("poll_minutes BETWEEN 5 AND 1440", name="poll_minutes"),
        CheckConstraint("silent_after_minutes BETWEEN 15 AND 44640", name="silent_after_minutes"),
        CheckConstraint("(paused_at IS NULL) = (paused_by_id IS NULL)", name="paused_by_somebody"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
        CheckConstraint("(failed_at IS NULL) = (failure_code IS NULL)", name="failure"),
        Index("ix_planning_sources_unit_id", "unit_id"),
        Index(
            "ix_planning_sources_poll_at",
            "poll_at",
            postgresql_where=text("revoked_at IS NULL AND paused_at IS NULL AND poll_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # Whose time a calendar tells; None for a table of positions.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[str]
    name: Mapped[str]
    # What may be shown of the address; None for a table that is only ever uploaded.
    host: Mapped[str | None]
    # JSON {url, user, password}, by `server.sealing.Sealer` for this id.
    address_sealed: Mapped[bytes | None]
    tentative_counts: Mapped[bool] = mapped_column(server_default=text("true"))
    # Of a table: {"columns": {…ColumnMap}, "words": {as printed: Position}}.
    columns: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    poll_minutes: Mapped[int] = mapped_column(server_default=text("15"))
    silent_after_minutes: Mapped[int] = mapped_column(server_default=text("1440"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    paused_at: Mapped[datetime | None]
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))

    # When it is asked next; None: never by itself.
    poll_at: Mapped[datetime | None]
    # What to ask with: what the last reading that stands was called (RFC 9110, 8.8; RFC 6578).
    etag: Mapped[str] = mapped_column(server_default="")
    last_modified: Mapped[str] = mapped_column(server_default="")
    sync_token: Mapped[str] = mapped_column(server_default="")
    # Up to when the last whole reading was expanded: an unchanged calendar is read again before that comes near. Of a
    # table, up to when it has a word: afterwards it says nothing, however often it is read.
    read_until: Mapped[datetime | None]

    # Its health.
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    # The last failure, if the last try was one.
    failed_at: Mapped[datetime | None]
    failure_code: Mapped[str | None]
    failure_line: Mapped[int] = mapped_column(server_default=text("0"))
    failures_in_a_row: Mapped[int] = mapped_column(server_default=text("0"))
    entries_read: Mapped[int] = mapped_column(server_default=text("0"))
    refused_count: Mapped[int] = mapped_column(server_default=text("0"))
    # The first 50 of them: [{"line": 12, "cause": "bad_rule"}]; nothing of what they say.
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    # Since when it has been silent for longer than it may; its slots need a confirmation from then on.
    silent_since: Mapped[datetime | None]


class PlanningObject(Base):
    """One object of a CalDAV source as it was last read, so that only what has changed is asked for again."""

    __tablename__ = "planning_objects"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("planning_sources.id", ondelete="CASCADE"), primary_key=True)
    # SHA-256 of its address: names in addresses are nobody's business here.
    key: Mapped[bytes] = mapped_column(primary_key=True)
    etag: Mapped[str]


class PlanningPosition(Base):
    """A service position as a table of positions says it; duty positions and absences are derived from these.

    The daily sheet is newer than the forecast: of the days for which it names an agent the forecast says nothing.
    """

    __tablename__ = "planning_positions"
    __table_args__ = (
        CheckConstraint(
            "position IN ('employed', 'first_to_go', 'complementary', 'deferred', 'not_employable')", name="position"
        ),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="bounded"),
        Index("ix_planning_positions_source_id", "source_id"),
        Index("ix_planning_positions_agent_id", "agent_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("planning_sources.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    position: Mapped[str]


class PlanningClash(Base):
    """The planning says that a gendarme of an appointment is not there, or that nobody of the unit is left for it.

    Raised for the chief, who decides; nothing is cancelled by itself. It ends when it is no longer so (the planning,
    the appointment or its gendarmes changed). `kept_at`: the chief keeps it all the same.
    """

    __tablename__ = "planning_clashes"
    __table_args__ = (
        CheckConstraint("(kept_at IS NULL) = (kept_by_id IS NULL)", name="kept_by_somebody"),
        Index(
            "uq_planning_clashes_open",
            "appointment_id",
            text("coalesce(agent_id, 0)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_planning_clashes_unit_id", "unit_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    # Who is not there; None: nobody of the unit is.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    raised_at: Mapped[datetime]
    # What the chief can do, as it was when this was raised: {"agent_ids": [], "starts": [ISO 8601, UTC]}.
    proposals: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # The chief receives the citizen all the same.
    kept_at: Mapped[datetime | None]
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    ended_at: Mapped[datetime | None]
