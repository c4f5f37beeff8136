from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Ladder(Base):
    """One wait of a request, or of an appointment to approve, and how far it has climbed (`models.rules.ladder`).

    The wait begins with `event_id`: a request that is given back or passed on waits anew and climbs a ladder anew.
    `looked_at` is when a job last looked; a clock that stands before it was put back.
    """

    __tablename__ = "ladders"
    __table_args__ = (
        CheckConstraint("(request_id IS NULL) <> (appointment_id IS NULL)", name="one_subject"),
        CheckConstraint("climbed BETWEEN 0 AND 4", name="climbed"),
        CheckConstraint("ended_because IN ('taken', 'over', 'supervisor')", name="ended_because"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="end"),
        CheckConstraint("(ended_at IS NULL) = (next_look_at IS NOT NULL)", name="looked_at_again"),
        CheckConstraint("ended_because IS DISTINCT FROM 'supervisor' OR climbed = 4", name="up_to_the_supervisors"),
        Index("ix_ladders_open", "next_look_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_ladders_unit_id", "unit_id", "begun_at"),
        Index("ix_ladders_request_id", "request_id", postgresql_where=text("request_id IS NOT NULL")),
        Index("ix_ladders_appointment_id", "appointment_id", postgresql_where=text("appointment_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact_requests.id"))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointments.id"))
    begun_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    climbed: Mapped[int | None]
    next_look_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class LadderCall(Base):
    """One call of a step to one person over one channel: the row is there before anything is sent, and unique.

    The state only moves up its rank (queued, sent, failed, delivered, seen), which a trigger holds to: a worker that
    comes back late undoes nothing. `attempted_at` is written before the channel is tried; whoever finds it on a row
    that is still queued does not know whether the call left, and lets the next step repeat it.
    """

    __tablename__ = "ladder_calls"
    __table_args__ = (
        UniqueConstraint(
            "ladder_id",
            "step",
            "who",
            "agent_id",
            "channel",
            name="uq_ladder_calls_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("step BETWEEN 0 AND 4", name="step"),
        CheckConstraint("who IN ('terminals', 'agent', 'mailbox', 'supervisors')", name="who"),
        CheckConstraint("(who = 'agent') = (agent_id IS NOT NULL)", name="agent"),
        CheckConstraint("channel IN ('socket', 'web_push', 'sms', 'email')", name="channel"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'delivered', 'seen')", name="state"),
        CheckConstraint("state <> 'failed' OR cause IS NOT NULL", name="failure_has_a_cause"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at"),
        CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name="delivered_at"),
        CheckConstraint("(state = 'seen') = (seen_at IS NOT NULL)", name="seen_at"),
        Index("ix_ladder_calls_agent_id", "agent_id"),
        # What is still to be sent, among all that ever was.
        Index("ix_ladder_calls_queued", "ladder_id", postgresql_where=text("state = 'queued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ladder_id: Mapped[UUID] = mapped_column(ForeignKey("ladders.id", ondelete="CASCADE"))
    step: Mapped[int]
    who: Mapped[str]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    channel: Mapped[str]
    quiet: Mapped[bool]
    state: Mapped[str]
    # Why it did not leave: a code such as `smtp_451`, never an address, never the other side's own words.
    cause: Mapped[str | None]
    queued_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    # Not before then is it tried again, after a failure that may pass.
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    # When the terminals of this call were told that nothing waits any more: written before it is sent, once.
    cleared_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class LadderSight(Base):
    """An agent has opened what waits: the first time that their terminal said so."""

    __tablename__ = "ladder_sights"
    __table_args__ = (Index("ix_ladder_sights_agent_id", "agent_id"),)

    ladder_id: Mapped[UUID] = mapped_column(ForeignKey("ladders.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
