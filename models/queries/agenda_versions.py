"""Since which version of an appointment nothing has changed for one of its gendarmes.

Agendas count every change (`CHANGES_FOR_GENDARMES`), also of who else receives. That is nothing to whoever was asked
what they mean by what they did: a colleague who comes or goes changes neither when and where they receive, nor whether.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentAgentsChanged
from models.queries.agenda import CHANGES_FOR_GENDARMES
from models.tables import Event

# The same ones somewhere else.
_COUNTER = "counter"


@dataclass(frozen=True)
class _Change:
    """One change; `agent_ids` who receives from then on, None where it says nothing of that."""

    appointment_id: UUID | None
    agent_ids: frozenset[int] | None = None


def versions_for(session: Session, whose: Collection[tuple[UUID, int]]) -> Mapping[tuple[UUID, int], int]:
    """Return, for each booking and agent, the number (SEQUENCE) of the last change that was one for this agent.

    What was done to an older version was done to another appointment. Who of the unit has come when is read from what
    the history says since: who received before its first word about that counts as having come with it.
    """
    if not whose:
        return {}
    changes: dict[UUID, list[_Change]] = {booking_id: [] for booking_id, _ in whose}
    rows = session.execute(
        select(Event.booking_id, Event.name, Event.appointment_id, Event.data)
        .where(Event.booking_id.in_(changes), Event.name.in_(CHANGES_FOR_GENDARMES))
        .order_by(Event.id)
    )
    for booking_id, name, appointment_id, data in rows:
        is_of_people = name == AppointmentAgentsChanged.name and data["how"] != _COUNTER
        agent_ids = frozenset(data["agent_ids"]) if is_of_people else None
        changes[booking_id].append(_Change(appointment_id, agent_ids))
    return {(booking_id, agent_id): _last_for(changes[booking_id], agent_id) for booking_id, agent_id in whose}


def _last_for(changes: Iterable[_Change], agent_id: int) -> int:
    last, receives = 0, set[UUID | None]()
    for number, change in enumerate(changes):
        received = change.appointment_id in receives
        if change.agent_ids is not None and agent_id in change.agent_ids:
            receives.add(change.appointment_id)
            if received:
                continue
        elif change.agent_ids is not None:
            receives.discard(change.appointment_id)
        last = number
    return last
