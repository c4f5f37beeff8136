"""What a mailbox that holds a gendarme's agenda has to be told: pure, from what it ought to hold and what was sent.

As with an agenda on a server (`server.calendars.caldav.plan`) the plan is made from the state, so that it comes to the
same end wherever it was interrupted. A mailbox cannot be read: what was sent stands for what it holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

from models.queries.sent_invitations import Sent
from push.agenda_messages import AgendaNews
from server.calendars.entries import CalendarEntry, Status
from server.calendars.writing import write_calendar

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Invitation:
    """One mail.

    Args:
        entry: what its calendar part says.
        digest: of what the entry says, but for when and how often it was said.
    """

    booking_id: UUID
    news: AgendaNews
    entry: CalendarEntry
    digest: bytes

    def message_id(self, export_id: UUID) -> UUID:
        """The same for each repeat of this mail, and no other."""
        return uuid5(export_id, f"{self.booking_id}.{self.entry.sequence}")


def plan(
    wanted: Mapping[UUID, CalendarEntry], sent: Iterable[Sent], gone: Mapping[UUID, CalendarEntry], now: datetime
) -> list[Invitation]:
    """The mails to send now, by time of the appointment.

    What is over is nobody's business any more: it is neither changed nor taken out.

    Args:
        wanted: what the agenda ought to hold, by booking.
        gone: how each booking that was sent and is not wanted is taken out.
    """
    before = {one.booking_id: one for one in sent}
    errands = [_tell(booking_id, entry, before.get(booking_id)) for booking_id, entry in wanted.items()]
    errands += [
        _take_out(gone[booking_id], one)
        for booking_id, one in before.items()
        if booking_id not in wanted and not one.cancelled
    ]
    due = [one for one in errands if one is not None and one.entry.ends_at > now]
    return sorted(due, key=lambda one: (one.entry.starts_at, one.booking_id))


def digest_of(entry: CalendarEntry) -> bytes:
    """SHA-256 of what an entry says; who says it to whom, when, and for which time, is no news."""
    said = replace(entry, sequence=0, stamp=_ANY_TIME, organizer=None, attendee=None)
    return hashlib.sha256(write_calendar([said])).digest()


def _tell(booking_id: UUID, entry: CalendarEntry, before: Sent | None) -> Invitation | None:
    digest = digest_of(entry)
    if before is None:
        return Invitation(booking_id, AgendaNews.INVITED, entry, digest)
    if before.digest == digest and not before.cancelled:
        return None
    news = AgendaNews.INVITED if before.cancelled else AgendaNews.CHANGED
    return Invitation(booking_id, news, _risen(entry, before), digest)


def _take_out(entry: CalendarEntry, before: Sent) -> Invitation:
    cancelled = replace(entry, status=Status.CANCELLED)
    return Invitation(before.booking_id, AgendaNews.CANCELLED, _risen(cancelled, before), digest_of(cancelled))


def _risen(entry: CalendarEntry, before: Sent) -> CalendarEntry:
    # Not all that changes an entry changes its booking: a unit may let agendas say more, and an export may end.
    return replace(entry, sequence=max(entry.sequence, before.sequence + 1))
