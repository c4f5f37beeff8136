from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.record import record
from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.opening_series import occurrence_on
from models.rules.openings import Proposal
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningAmended
from models.tables import Opening, OpeningChange, Reason
from server.services._colleagues import find_colleague
from server.services._openings import changes_of, lock_opening, proposal_of, write_proposal, zone_of


@dataclass(frozen=True)
class AmendOpening:
    """`proposal` is the opening as the chief wants it, whole."""

    opening_id: UUID
    proposal: Proposal


def amend_opening(session: Session, command: AmendOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Change a proposal before it is decided about. Single occurrences keep what was decided for them, if they remain.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.amend`.
        NotFound, Invalid, Conflict: as `models.rules.openings.propose`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    proposal = command.proposal
    verdict = openings.amend(facts, actor, same=proposal_of(opening) == proposal)
    if verdict is Verdict.NOOP:
        return verdict
    openings.propose(
        proposal,
        actor,
        now,
        reasons=session.scalars(select(Reason.code).where(Reason.active)).all(),
        named=None if proposal.agent_id is None else find_colleague(session, proposal.agent_id),
        zone=zone_of(session, opening.unit_id),
    )
    _forget_changes(session, opening, proposal)
    write_proposal(session, opening, proposal, now)
    opening.amended_by_id, opening.amended_at = actor.agent_id, now
    record(session, OpeningAmended(at=now, unit_id=opening.unit_id, agent_id=actor.agent_id, opening_id=opening.id))
    return verdict


def _forget_changes(session: Session, opening: Opening, proposal: Proposal) -> None:
    """Drop what was decided for days that the opening no longer has, and other times than those that are left."""
    zone = zone_of(session, opening.unit_id)
    times_stay = (opening.starts_at, opening.ends_at) == (proposal.starts_at, proposal.ends_at)
    gone = [
        day
        for day, change in changes_of(session, opening).items()
        if occurrence_on(day, proposal.starts_at, proposal.ends_at, proposal.recurrence, zone) is None
        or (change.starts_at is not None and not times_stay)
    ]
    session.execute(delete(OpeningChange).where(OpeningChange.opening_id == opening.id, OpeningChange.day.in_(gone)))
