from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.tables import AgentSession
from server.tokens import Tokens


@dataclass(frozen=True)
class SignOut:
    token: str = field(repr=False)


def sign_out(session: Session, command: SignOut, now: datetime, tokens: Tokens) -> None:
    """Revoke one sign-in; a second time changes nothing."""
    session.execute(
        update(AgentSession)
        .where(
            AgentSession.token_hash == tokens.stored_hash("agent-session", command.token),
            AgentSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
