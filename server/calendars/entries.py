"""What a calendar says of an appointment, and how little of it is said to whom.

Calendars lie on shared screens and in other people's clouds. A citizen's own file names neither the reason nor the
link; a gendarme's agenda says that there is an appointment, and more only as far as the unit has decided. Of a discreet
appointment neither says more than when it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Party:
    """Who invites or is invited.

    Args:
        address: an e-mail address, or a URN for somebody of whom no address is known.
        name: "" when it is better not said.
    """

    address: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """One event, as every reader is to see it.

    Args:
        uid: the same for as long as the appointment lives, whatever becomes of it; see `uid_of`.
        stamp: when this was last changed, or written down for whoever asked; the newer of two counts.
        time_zone: an IANA name, whose clock the times are written by; None writes them in UTC.
        sequence: rises with each change of time, place or state (RFC 5546, section 2.1.4).
        organizer: who may change it; an invitation has one.
        attendee: who is invited, and has agreed already.
        mark: see `server.calendars.caldav.held_events`.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str = field(repr=False)
    stamp: datetime
    time_zone: str | None = None
    location: str = field(default="", repr=False)
    description: str = field(default="", repr=False)
    status: Status = Status.CONFIRMED
    sequence: int = 0
    organizer: Party | None = None
    attendee: Party | None = None
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class AgendaAppointment:
    """An appointment that a gendarme has.

    Args:
        booking_id: stays when the appointment moves.
        subject: the reason's name.
        place: where it is, in words; what is said of a citizen's home is never written, see `at_home`.
        changed_at: when anything of it changed last.
    """

    booking_id: UUID
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    subject: str = field(repr=False)
    place: str = field(repr=False)
    at_home: bool
    discreet: bool
    confirmed: bool
    sequence: int
    changed_at: datetime


@dataclass(frozen=True)
class Shown:
    """What a unit lets its gendarmes' agendas say."""

    subject: bool = False
    place: bool = False


def uid_of(booking_id: UUID, host: str, export_id: UUID | None = None) -> str:
    """The name of an appointment that is like no other in the world (RFC 7986, section 5.3).

    Args:
        host: this installation's.
        export_id: of a gendarme's feed, agenda or mailbox, which each have names of their own: two gendarmes may have
            one appointment and write into one agenda. None: it is the citizen's entry.
    """
    return f"{booking_id}.{export_id}@{host}" if export_id else f"{booking_id}@{host}"


def for_gendarme(
    appointment: AgendaAppointment, shown: Shown, *, title: str, host: str, export_id: UUID | None = None
) -> CalendarEntry:
    """What a gendarme's agenda says of an appointment.

    Args:
        title: what stands there when the subject does not.
    """
    speaks = not appointment.discreet
    return CalendarEntry(
        uid=uid_of(appointment.booking_id, host, export_id),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        time_zone=appointment.time_zone,
        title=(speaks and shown.subject and appointment.subject) or title,
        location=appointment.place if speaks and shown.place and not appointment.at_home else "",
        status=Status.CONFIRMED if appointment.confirmed else Status.TENTATIVE,
        sequence=appointment.sequence,
        stamp=appointment.changed_at,
    )
