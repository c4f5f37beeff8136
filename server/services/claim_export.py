from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.agenda import HeldAppointment, held_by
from models.queries.silent_hosts import is_host_silent
from models.rules.exports import LEASE, Kind
from models.tables import CalendarExport, Unit


@dataclass(frozen=True)
class ClaimExport:
    """`anyway`: somebody waits for it, whatever is known of its server."""

    export_id: UUID
    anyway: bool = False


@dataclass(frozen=True)
class ClaimedExport:
    """An export in the hands of one worker, and what its agenda ought to hold.

    Args:
        wanted: what is done once the agenda holds that.
        until: when another worker may take it in hand; names this claim.
        sealed: where it goes.
        known: the names of our events that stood in the agenda, as far as they ought to stay.
        ending: it was revoked: the agenda ought to hold nothing of ours.
        shows_subject, shows_place: what the unit lets agendas say.
        host_is_silent: others have just waited for its server in vain: it fares as they did, and is not visited.
    """

    export_id: UUID
    kind: Kind
    unit_id: int
    agent_id: int
    wanted: int
    until: datetime
    sealed: bytes = field(repr=False)
    known: frozenset[str]
    ending: bool
    appointments: tuple[HeldAppointment, ...]
    shows_subject: bool
    shows_place: bool
    host_is_silent: bool


def claim_export(session: Session, command: ClaimExport, now: datetime) -> ClaimedExport | None:
    """Take an export in hand if its time has come and nobody else has it; None when there is nothing to do.

    Whoever dies with it loses nothing: it is due again when the claim runs out.
    """
    export = session.scalar(
        select(CalendarExport)
        .where(
            CalendarExport.id == command.export_id,
            CalendarExport.run_at <= now,
            CalendarExport.address_sealed.is_not(None),
            # One that was paused while a worker had it in hand that died is in nobody's any more, and stays as it is.
            CalendarExport.paused_at.is_(None) | CalendarExport.revoked_at.is_not(None),
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if export is None or export.address_sealed is None:
        return None
    # A look of which nobody has said that it is wanted is one too, so that an export in hand always wants something.
    export.wanted = max(export.wanted, export.done + 1)
    host = export.host if export.kind == Kind.CALDAV and not command.anyway else None
    silent = host is not None and is_host_silent(session, host, now)
    export.run_at = now + LEASE
    if not silent:
        export.tried_at = now
    unit = session.get_one(Unit, export.unit_id)
    ending = export.revoked_at is not None
    # Read after what is wanted: whatever led to it has been committed.
    appointments = () if ending else tuple(held_by(session, unit, export.agent_id, now))
    # What is about to be taken out is no longer known from here on: whoever dies after taking it out would otherwise
    # leave it to be taken for something that the gendarme has deleted, once it is wanted there again.
    if export.kind == Kind.CALDAV and not ending:
        wanted = {str(one.booking_id) for one in appointments}
        export.known = [name for name in export.known if name.partition(".")[0] in wanted]
    return ClaimedExport(
        export_id=export.id,
        kind=Kind(export.kind),
        unit_id=export.unit_id,
        agent_id=export.agent_id,
        wanted=export.wanted,
        until=export.run_at,
        sealed=export.address_sealed,
        known=frozenset(export.known),
        ending=ending,
        appointments=appointments,
        shows_subject=unit.agendas_show_subject,
        shows_place=unit.agendas_show_place,
        host_is_silent=silent,
    )
