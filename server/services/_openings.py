"""How each use case takes hold of an opening before it decides, and writes the decision down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import NotFound
from models.rules.occurrences import HolidayRule, OccurrenceChange
from models.rules.opening_series import series_end
from models.rules.openings import OpeningFacts, PlaceKind, Proposal, State
from models.rules.recurrence import Recurrence
from models.rules.recurrence_text import read_recurrence, write_recurrence
from models.service_events import OpeningEvent
from models.tables import Agent, Opening, OpeningChange, Unit


def lock_opening(session: Session, opening_id: UUID, actor: AgentActor) -> tuple[Opening, OpeningFacts]:
    """Lock the actor's unit, then return the opening and what the rules need of it.

    An opening never moves to another unit, so that the actor's own lock is enough: rules refuse any other's.

    Raises:
        Forbidden: the actor serves in no unit.
        NotFound: there is no such opening.
    """
    lock_scopes(session, {unit_scope(require_unit(actor))})
    opening = session.get(Opening, opening_id, populate_existing=True)
    if opening is None:
        raise NotFound("no_such_opening")
    decided_by = None if opening.decided_by_id is None else session.get_one(Agent, opening.decided_by_id).name
    facts = OpeningFacts(
        unit_id=opening.unit_id,
        state=State(opening.state),
        proposed_by_id=opening.proposed_by_id,
        ends_at=opening.last_ends_at or (opening.ends_at if opening.recurrence is None else None),
        decided_by_name=decided_by,
        decided_at=opening.decided_at,
    )
    return opening, facts


def decide(
    session: Session,
    opening: Opening,
    state: State,
    word: str,
    actor: AgentActor,
    now: datetime,
    event: type[OpeningEvent],
    occurrence_ids: Sequence[UUID] = (),
) -> None:
    """Write the decision on the opening and record its event."""
    opening.state = state
    opening.decided_by_id = actor.agent_id
    opening.decided_at = now
    opening.decision_word = word or None
    record(
        session,
        event(
            at=now,
            unit_id=opening.unit_id,
            agent_id=actor.agent_id,
            opening_id=opening.id,
            occurrence_ids=tuple(str(one) for one in occurrence_ids),
        ),
    )


def proposal_of(opening: Opening) -> Proposal:
    """What an opening's row says, as whoever proposed it would."""
    return Proposal(
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        counters=opening.counters,
        reason_codes=tuple(opening.reason_codes),
        place_kind=PlaceKind(opening.place_kind),
        place_name=opening.place_name or "",
        agent_id=opening.agent_id,
        recurrence=recurrence_of(opening),
        holiday_rule=HolidayRule(opening.holiday_rule),
    )


def write_proposal(session: Session, opening: Opening, proposal: Proposal, now: datetime) -> None:
    """Let the opening's row say what the proposal does; what was decided for single occurrences stays."""
    opening.agent_id = proposal.agent_id
    opening.starts_at = proposal.starts_at
    opening.ends_at = proposal.ends_at
    opening.counters = proposal.counters
    opening.reason_codes = list(proposal.reason_codes)
    opening.place_kind = proposal.place_kind
    opening.place_name = proposal.place_name or None
    opening.recurrence = None if proposal.recurrence is None else write_recurrence(proposal.recurrence)
    opening.holiday_rule = proposal.holiday_rule
    set_end(session, opening, now)


def set_end(session: Session, opening: Opening, now: datetime) -> None:
    """Write down when the last occurrence is over, single changes included."""
    changes = changes_of(session, opening)
    zone = zone_of(session, opening.unit_id)
    opening.last_ends_at = series_end(opening.starts_at, opening.ends_at, recurrence_of(opening), zone, now, changes)


def recurrence_of(opening: Opening) -> Recurrence | None:
    return None if opening.recurrence is None else read_recurrence(opening.recurrence)


def changes_of(session: Session, opening: Opening) -> dict[date, OccurrenceChange]:
    """What was decided for single occurrences of the opening, by the day that its recurrence gives."""
    rows = session.scalars(select(OpeningChange).where(OpeningChange.opening_id == opening.id))
    return {row.day: OccurrenceChange(row.starts_at, row.ends_at) for row in rows}


def zone_of(session: Session, unit_id: int) -> ZoneInfo:
    return ZoneInfo(session.get_one(Unit, unit_id).time_zone)
