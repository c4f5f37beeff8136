from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.services.create_agent import tell_colleagues
from server.services.revoke_sign_ins import end_sign_ins, find_agent


@dataclass(frozen=True)
class CloseAgent:
    login: str


def close_agent(session: Session, command: CloseAgent, now: datetime) -> int:
    """Close an account: its sign-ins end at once, its name stays in the history.

    Returns:
        How many open sign-ins ended.

    Raises:
        NotFound: `no_such_agent`.
    """
    agent = find_agent(session, command.login)
    if agent.active:
        agent.active = False
        tell_colleagues(session, agent, now)
    return end_sign_ins(session, agent.id, now)
