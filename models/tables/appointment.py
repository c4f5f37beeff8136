from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

COUNTER_BUSY = "ex_appointments_counter"
AGENT_BUSY = "ex_appointment_agents_agent"
RESOURCE_BUSY = "ex_appointment_resources_resource"
# Whoever was said to have come is still there until the end of their time. Written as PostgreSQL gives it back, so that
# Alembic finds no difference.
_OCCUPIES = "ended_at IS NULL OR state::text = 'honoured'::text"


class Appointment(Base):
    """One time at one counter, held, requested or confirmed for a citizen; its life is in `models.rules.appointments`.

    Who the citizen is stands in the booking: when they move, the booking gets another appointment and this one ends as
    `moved`. `occupied` is the appointment and the pause after it; `occupies` says whether it still takes that time.
    A held one with a booking is an offer to that citizen: `earlier` from the waiting list, `instead` of one that the
    unit had to give up.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(
            "state IN ('held', 'requested', 'confirmed', 'honoured', 'no_show', 'cancelled', 'moved', 'expired')",
            name="state",
        ),
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("lower(occupied) = starts_at AND upper(occupied) >= ends_at", name="occupied"),
        CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name="held_until"),
        CheckConstraint("state IN ('held', 'expired', 'cancelled') OR booking_id IS NOT NULL", name="booked"),
        CheckConstraint("state <> 'held' OR booking_id IS NOT NULL OR hold_token_hash IS NOT NULL", name="held_for"),
        CheckConstraint("(state IN ('held', 'requested', 'confirmed')) = (ended_at IS NULL)", name="end"),
        CheckConstraint("offer IN ('earlier', 'instead')", name="offer"),
        CheckConstraint("ended_by IN ('citizen', 'unit', 'time')", name="ended_by"),
        CheckConstraint("agents_needed BETWEEN 1 AND 2", name="agents_needed"),
        CheckConstraint("to_confirm_because IN ('planning_silent')", name="to_confirm_because"),
        ExcludeConstraint(
            (text("int4range(counter_id, counter_id, '[]')"), "="),
            (text("occupied"), "&&"),
            name=COUNTER_BUSY,
            using="gist",
            where=text("state IN ('held', 'requested', 'confirmed', 'honoured')"),
        ),
        # What the agents' and resources' rows point to, so that the database itself frees them with the appointment.
        UniqueConstraint("id", "occupied", "occupies", name="uq_appointments_occupation"),
        Index(
            "uq_appointments_one_for_a_booking",
            "booking_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'confirmed')"),
        ),
        Index("ix_appointments_booking_id", "booking_id"),
        Index("ix_appointments_unit_id", "unit_id", "starts_at"),
        # What is near, to remind of it.
        Index("ix_appointments_starts_at", "starts_at", postgresql_where=text("state = 'confirmed'")),
        Index("ix_appointments_held_until", "held_until", postgresql_where=text("state = 'held'")),
        Index(
            "uq_appointments_hold_token_hash",
            "hold_token_hash",
            unique=True,
            postgresql_where=text("hold_token_hash IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id"))
    occurrence_id: Mapped[UUID | None] = mapped_column(ForeignKey("opening_occurrences.id"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id"))
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    occupied: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[str]
    occupies: Mapped[bool] = mapped_column(Computed(_OCCUPIES, persisted=True))
    place_kind: Mapped[str]
    place_name: Mapped[str | None]
    agents_needed: Mapped[int] = mapped_column(server_default=text("1"))
    # Why it was requested although its reason needs no approval.
    to_confirm_because: Mapped[str | None]
    # When a gendarme of it was called away, until somebody has taken their place.
    released_at: Mapped[datetime | None]
    # Who was called away since `released_at`: whoever is back early receives again, if nobody has come forward.
    called_away: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))

    held_until: Mapped[datetime | None]
    hold_token_hash: Mapped[bytes | None]
    offer: Mapped[str | None]
    moved_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id"))
    created_at: Mapped[datetime]
    booked_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    # What the unit told the citizen when it approved, refused or cancelled.
    word: Mapped[str | None]
    # What the citizen told the unit when they cancelled.
    citizen_word: Mapped[str | None]


class AppointmentAgent(Base):
    """A gendarme of an appointment; nobody has two at once. `occupied` and `occupies` follow the appointment's."""

    __tablename__ = "appointment_agents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["appointment_id", "occupied", "occupies"],
            ["appointments.id", "appointments.occupied", "appointments.occupies"],
            name="fk_appointment_agents_occupation",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ExcludeConstraint(
            (text("int4range(agent_id, agent_id, '[]')"), "="),
            (text("occupied"), "&&"),
            name=AGENT_BUSY,
            using="gist",
            where=text("occupies"),
        ),
        Index("ix_appointment_agents_agent_id", "agent_id"),
    )

    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    occupied: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    occupies: Mapped[bool]
    taken_at: Mapped[datetime]
    # Who named them: themself, a colleague who swapped, the chief; None when the opening was theirs.
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))


class Resource(Base):
    """What an appointment may need besides a counter and a gendarme: an interview room or an interpreter."""

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("kind IN ('room', 'interpreter')", name="kind"),
        UniqueConstraint("unit_id", "kind", "name", name="uq_resources_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class AppointmentResource(Base):
    """A room or an interpreter of an appointment, taken in the same transaction as its counter."""

    __tablename__ = "appointment_resources"
    __table_args__ = (
        ForeignKeyConstraint(
            ["appointment_id", "occupied", "occupies"],
            ["appointments.id", "appointments.occupied", "appointments.occupies"],
            name="fk_appointment_resources_occupation",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ExcludeConstraint(
            (text("int4range(resource_id, resource_id, '[]')"), "="),
            (text("occupied"), "&&"),
            name=RESOURCE_BUSY,
            using="gist",
            where=text("occupies"),
        ),
        Index("ix_appointment_resources_resource_id", "resource_id"),
    )

    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    occupied: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    occupies: Mapped[bool]
