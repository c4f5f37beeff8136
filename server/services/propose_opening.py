from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import Conflict
from models.rules.openings import Proposal, State
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningProposed
from models.tables import Opening, Reason
from server.services._colleagues import find_colleague
from server.services._inserts import insert_unless_refused
from server.services._openings import proposal_of, write_proposal, zone_of


@dataclass(frozen=True)
class ProposeOpening:
    """`opening_id` is made by the terminal, so that it can withdraw offline what it proposed offline."""

    opening_id: UUID
    proposal: Proposal


def propose_opening(session: Session, command: ProposeOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Propose a time in which the actor's unit receives; citizens see nothing of it before the chief approves.

    Raises:
        Forbidden, NotFound, Invalid, Conflict: as `models.rules.openings.propose`; also `id_taken`.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    proposal = command.proposal
    if earlier := session.get(Opening, command.opening_id):
        if earlier.proposed_by_id == actor.agent_id and proposal_of(earlier) == proposal:
            return Verdict.NOOP
        raise Conflict("id_taken")
    openings.propose(
        proposal,
        actor,
        now,
        reasons=session.scalars(select(Reason.code).where(Reason.active)).all(),
        named=None if proposal.agent_id is None else find_colleague(session, proposal.agent_id),
        zone=zone_of(session, unit_id),
    )
    opening = Opening(
        id=command.opening_id,
        unit_id=unit_id,
        state=State.PROPOSED,
        proposed_by_id=actor.agent_id,
        proposed_at=now,
    )
    write_proposal(session, opening, proposal, now)
    if insert_unless_refused(session, opening) is not None:
        raise Conflict("id_taken")
    record(session, OpeningProposed(at=now, unit_id=unit_id, agent_id=actor.agent_id, opening_id=opening.id))
    return Verdict.APPLY
