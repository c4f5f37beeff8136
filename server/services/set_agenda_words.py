from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.export_events import AgendaWordsSet
from models.record import lock_scopes, record
from models.rules import exports
from models.rules.actor import AgentActor
from models.tables import CalendarExport, Unit
from server.services.want_export import begin


@dataclass(frozen=True)
class SetAgendaWords:
    """How much of an appointment the unit lets its gendarmes' own agendas say."""

    subject: bool
    place: bool


def set_agenda_words(session: Session, command: SetAgendaWords, actor: AgentActor, now: datetime) -> None:
    """Let the unit's agendas say more or less; those that are written by us say so at once.

    Raises:
        Forbidden: as `models.rules.exports.set_shown`.
    """
    unit_id = exports.set_shown(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    unit = session.get_one(Unit, unit_id, populate_existing=True)
    if (unit.agendas_show_subject, unit.agendas_show_place) == (command.subject, command.place):
        return
    unit.agendas_show_subject, unit.agendas_show_place = command.subject, command.place
    session.flush()
    record(
        session,
        AgendaWordsSet(
            at=now, unit_id=unit_id, agent_id=actor.agent_id, shows_subject=command.subject, shows_place=command.place
        ),
    )
    rows = session.scalars(
        select(CalendarExport.id)
        .where(CalendarExport.unit_id == unit_id, CalendarExport.kind != "feed", CalendarExport.revoked_at.is_(None))
        .order_by(CalendarExport.id)
        .with_for_update()
    ).all()
    begin(session, list(rows), now)
