from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.queries.ladders import current_wait
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.errors import NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import LadderCall, LadderSight
from server.services._ladders import hold_ladder
from server.services._requests import lock_request


@dataclass(frozen=True)
class SeeRequest:
    request_id: UUID


def see_request(session: Session, command: SeeRequest, actor: AgentActor, now: datetime) -> Verdict:
    """Write down that the actor has opened a request that waits; what climbs then spares the rest of the unit.

    No document changes and nobody hears of it: it is a fact about the calls, not about the request. One that is not
    there (any more) is not refused: nobody is to be told that what they looked at went elsewhere before they did.

    Raises:
        Forbidden: the actor serves in no unit.
    """
    try:
        request, facts = lock_request(session, command.request_id)
        verdict = request_lifecycle.see(facts, actor)
    except NotFound:
        return Verdict.NOOP
    wait = current_wait(session, request.id) if verdict is Verdict.APPLY else None
    ladder = None if wait is None else hold_ladder(session, wait, now)
    if ladder is None:
        return Verdict.NOOP
    first = session.scalar(
        insert(LadderSight)
        .values(ladder_id=ladder.id, agent_id=actor.agent_id, seen_at=now)
        .on_conflict_do_nothing()
        .returning(LadderSight.agent_id)
    )
    session.execute(
        update(LadderCall)
        .where(
            LadderCall.ladder_id == ladder.id,
            LadderCall.agent_id == actor.agent_id,
            LadderCall.state != "seen",
        )
        .values(state="seen", seen_at=now, changed_at=now)
    )
    return Verdict.NOOP if first is None else Verdict.APPLY
