from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.tables import AgentSession, Terminal
from server.tokens import Tokens


@dataclass(frozen=True)
class SignOut:
    token: str = field(repr=False)


def sign_out(session: Session, command: SignOut, now: datetime, tokens: Tokens) -> None:
    """Revoke one sign-in; a second time changes nothing.

    A terminal that signs out gives its credential up for good: it has to be enrolled anew.
    """
    token_hash = tokens.stored_hash("agent-session", command.token)
    session.execute(
        update(AgentSession)
        .where(AgentSession.token_hash == token_hash, AgentSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(
        update(Terminal)
        .where(Terminal.credential_hash == token_hash, Terminal.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by_id=Terminal.agent_id)
    )
