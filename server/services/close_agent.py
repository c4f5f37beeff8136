from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server.services._clashes import weighs_once
from server.services._plannings import match_people_next
from server.services._receivers import release_appointments
from server.services.create_agent import tell_colleagues
from server.services.revoke_planning_source import end_calendars_of
from server.services.revoke_sign_ins import end_sign_ins, find_agent_in_unit

# No appointment is made further ahead.
FOR_GOOD = timedelta(days=3660)


@dataclass(frozen=True)
class CloseAgent:
    login: str


@weighs_once
def close_agent(session: Session, command: CloseAgent, now: datetime) -> int:
    """Close an account: its sign-ins end at once, its phone is forgotten, its name stays in the history.

    Its appointments to come are released to colleagues, and the openings that name it offer no time any more: the
    database leaves them out of `free_times` as long as the account is closed. Their calendars are read no longer.

    Returns:
        How many open sign-ins ended.

    Raises:
        NotFound: `no_such_agent`.
    """
    agent = find_agent_in_unit(session, command.login)
    if agent.active:
        agent.active = False
        agent.mobile_phone = None
        session.flush()
        release_appointments(session, agent.id, now, now + FOR_GOOD, None, now)
        end_calendars_of(session, agent.id, now)
        match_people_next(session, agent.unit_id)
        tell_colleagues(session, agent, now)
    return end_sign_ins(session, agent.id, now)
