from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.record import defer
from models.rules.actor import AgentActor
from models.rules.exports import WANTED_PRIORITY, Kind
from server.services._exports import lock_export, revoke
from server.services.want_export import QUEUE, RUN


@dataclass(frozen=True)
class RevokeCalendarExport:
    export_id: UUID


def revoke_calendar_export(session: Session, command: RevokeCalendarExport, actor: AgentActor, now: datetime) -> None:
    """End an export: a feed is gone at once; what was written into an agenda is taken out, then its address forgotten.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.change`; a second time too.
    """
    export = lock_export(session, command.export_id, actor)
    revoke(session, export, actor.agent_id, now)
    if export.kind != Kind.FEED:
        defer(session, RUN, queue=QUEUE, priority=WANTED_PRIORITY, export_id=str(export.id))
