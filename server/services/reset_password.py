from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.errors import Invalid
from server.services.create_agent import SHORTEST_PASSWORD
from server.services.revoke_sign_ins import end_sign_ins, find_agent
from server.services.sign_in import hash_password


@dataclass(frozen=True)
class ResetPassword:
    login: str
    password: str = field(repr=False)


def reset_password(session: Session, command: ResetPassword, now: datetime) -> int:
    """Give an account a new password and end its sign-ins: whoever knew the old one is out.

    Returns:
        How many open sign-ins ended.

    Raises:
        Invalid: the password is under 12 characters.
        NotFound: `no_such_agent`.
    """
    if len(command.password) < SHORTEST_PASSWORD:
        raise Invalid("invalid_agent", {"fields": {"password": "too_short"}})
    agent = find_agent(session, command.login)
    agent.password_hash = hash_password(command.password)
    return end_sign_ins(session, agent.id, now)
