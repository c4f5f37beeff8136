from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CalendarExport(Base):
    """How one agent's appointments reach their agenda: a feed, a CalDAV agenda, or invitations by mail.

    A feed belongs to a terminal and ends with it; its address is a capability of which only a hash is kept. The address
    of the others is sealed and goes when the export is revoked, after what it had written there was taken out.
    """

    __tablename__ = "calendar_exports"
    __table_args__ = (
        CheckConstraint("kind IN ('feed', 'caldav', 'mail')", name="kind"),
        CheckConstraint("(kind = 'feed') = (token_hash IS NOT NULL)", name="token"),
        CheckConstraint("(kind = 'feed') = (terminal_id IS NOT NULL)", name="terminal"),
        CheckConstraint("kind <> 'feed' OR address_sealed IS NULL", name="sealed"),
        CheckConstraint("kind <> 'caldav' OR host IS NOT NULL", name="host"),
        CheckConstraint("(paused_at IS NULL) = (pause_cause IS NULL)", name="paused_because"),
        CheckConstraint("(failed_at IS NULL) = (failure_code IS NULL)", name="failure"),
        Index("ix_calendar_exports_unit_id", "unit_id"),
        Index("ix_calendar_exports_agent_id", "agent_id"),
        # One feed of a terminal at once; a new one replaces it.
        Index(
            "uq_calendar_exports_terminal_id",
            "terminal_id",
            unique=True,
            postgresql_where=text("terminal_id IS NOT NULL AND revoked_at IS NULL"),
        ),
        Index("ix_calendar_exports_run_at", "run_at", postgresql_where=text("run_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    terminal_id: Mapped[UUID | None] = mapped_column(ForeignKey("terminals.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    # What may be shown of where it goes: the host of an agenda or of a mailbox.
    host: Mapped[str | None]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    # JSON {url, user, password} or {mail}, by `server.sealing.Sealer` for this id; emptied after the last errand.
    address_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    paused_at: Mapped[datetime | None]
    # `person`, or the code of the errand after which nothing more was tried (`sign_in`, `forbidden`, `gone`).
    pause_cause: Mapped[str | None]
    # From then on nothing more is written there; what was written is taken out first.
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))

    # How often it was to be brought into line, and which of these has been done: nothing is lost with a worker.
    wanted: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # When a worker looks next; one that has taken it in hand puts it as far ahead as an errand may last.
    run_at: Mapped[datetime | None]
    # The names of our events that stand in the agenda as far as we know.
    known: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    # Its health; of a feed, `succeeded_at` is when it was last read.
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure_code: Mapped[str | None]
    failures_in_a_row: Mapped[int] = mapped_column(server_default=text("0"))


class SentInvitation(Base):
    """What an export by mail has last said of a booking, so that a change or its end is said once."""

    __tablename__ = "sent_invitations"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_exports.id", ondelete="CASCADE"), primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int]
    # SHA-256 of what it said.
    digest: Mapped[bytes]
    cancelled: Mapped[bool]
    # What it said: the booking may have another time by now, which is nobody's business who no longer receives.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    sent_at: Mapped[datetime]


class AgendaFinding(Base):
    """What an agent has done to one of their appointments in their agenda; they are asked whether they mean it."""

    __tablename__ = "agenda_findings"
    __table_args__ = (
        CheckConstraint("deed IN ('deleted', 'moved', 'changed', 'declined')", name="deed"),
        CheckConstraint("answer IN ('kept', 'left', 'overtaken')", name="answer"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        # A refusal is found at each pass until somebody has decided.
        UniqueConstraint("export_id", "appointment_id", "deed", "sequence", name="uq_agenda_findings_once"),
        Index("ix_agenda_findings_appointment_id", "appointment_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    export_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_exports.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    deed: Mapped[str]
    # The appointment's when it was found.
    sequence: Mapped[int]
    found_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
