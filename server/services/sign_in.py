from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.errors import Forbidden
from models.tables import Agent, AgentSession
from server.tokens import Tokens

SESSION_LENGTH = timedelta(hours=14)

_hasher = PasswordHasher()
# Verified when the login is unknown, so that the answer takes as long as for a wrong password.
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe())


@dataclass(frozen=True)
class SignIn:
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    """`token` goes into the cookie and is kept nowhere else."""

    agent: Agent
    token: str = field(repr=False)


def hash_password(password: str) -> str:
    """Hash a password with argon2id at the library's current parameters."""
    return _hasher.hash(password)


def sign_in(session: Session, command: SignIn, now: datetime, tokens: Tokens) -> SignedIn:
    """Open a session for an agent, for one duty and a bit (14 hours).

    Raises:
        Forbidden: `wrong_credentials`, the same for an unknown login, a wrong password and a closed account.
    """
    agent = session.scalar(select(Agent).where(Agent.login == command.login.strip().lower()))
    matches = _verify(agent.password_hash if agent else _NOBODYS_HASH, command.password)
    if agent is None or not agent.active or not matches:
        raise Forbidden("wrong_credentials")
    if _hasher.check_needs_rehash(agent.password_hash):
        agent.password_hash = _hasher.hash(command.password)
    token = secrets.token_urlsafe(32)
    session.add(
        AgentSession(
            token_hash=tokens.stored_hash("agent-session", token),
            agent_id=agent.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    return SignedIn(agent, token)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
