"""How each use case takes hold of an opening before it decides, and writes the decision down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import NotFound
from models.rules.openings import OpeningFacts, State
from models.service_events import OpeningEvent
from models.tables import Agent, Opening


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
        ends_at=opening.ends_at,
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
) -> None:
    """Write the decision on the opening and record its event."""
    opening.state = state
    opening.decided_by_id = actor.agent_id
    opening.decided_at = now
    opening.decision_word = word or None
    record(session, event(at=now, unit_id=opening.unit_id, agent_id=actor.agent_id, opening_id=opening.id))
