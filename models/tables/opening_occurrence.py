from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

COUNTER_TAKEN = "ex_opening_windows_counter"


class OpeningOccurrence(Base):
    """One concrete time of an approved opening, in UTC: what is read is what was approved, across clock changes.

    `closed_because` says why nobody receives then (`holiday`, `not_holiday`, `dropped`), `closed_name` which holiday.
    """

    __tablename__ = "opening_occurrences"
    __table_args__ = (
        UniqueConstraint("opening_id", "day", name="uq_opening_occurrences_day"),
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("closed_because IN ('holiday', 'not_holiday', 'dropped')", name="closed_because"),
        Index("ix_opening_occurrences_unit_id", "unit_id", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("openings.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    # The local day that the recurrence gives, also when the occurrence was moved to another one.
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_because: Mapped[str | None]
    closed_name: Mapped[str | None]


class OpeningWindow(Base):
    """One counter during one occurrence; no counter is open twice at once. Withdrawing an opening deletes its windows.

    What slots need of the opening is copied here, so that they are found without it.
    """

    __tablename__ = "opening_windows"
    __table_args__ = (
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="bounded"),
        ExcludeConstraint(
            (text("int4range(counter_id, counter_id, '[]')"), "="),
            (text("during"), "&&"),
            name=COUNTER_TAKEN,
            using="gist",
        ),
        Index("ix_opening_windows_unit_id", "unit_id", text("lower(during)")),
        Index("ix_opening_windows_occurrence_id", "occurrence_id"),
        Index("ix_opening_windows_agent_id", "agent_id", postgresql_where=text("agent_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    occurrence_id: Mapped[UUID] = mapped_column(ForeignKey("opening_occurrences.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place_kind: Mapped[str]
    place_name: Mapped[str | None]


class FreeTime(Base):
    """What is left of a window: the index that slots are read from, kept by the database's own triggers.

    A window loses its counter's appointments; one of a named gendarme loses their other appointments and absences too.
    Written by `refresh_free_times()` only (migration 0005), inside whichever transaction changed one of these.
    """

    __tablename__ = "free_times"
    __table_args__ = (
        Index("ix_free_times_unit_id", "unit_id", "starts_at", text("ends_at DESC")),
        Index("ix_free_times_window_id", "window_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    window_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("opening_windows.id", ondelete="CASCADE"))
    unit_id: Mapped[int]
    counter_id: Mapped[int]
    agent_id: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place_kind: Mapped[str]
