from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import terminals
from models.rules.actor import AgentActor
from models.rules.errors import NotFound
from models.tables import Terminal
from server.services._colleagues import find_colleague


@dataclass(frozen=True)
class RevokeTerminal:
    terminal_id: UUID


def revoke_terminal(session: Session, command: RevokeTerminal, actor: AgentActor, now: datetime) -> None:
    """End a terminal: its sockets close at once, and at its next contact it wipes what it holds.

    A second time changes nothing.

    Raises:
        NotFound: `no_such_terminal` that the actor may end.
    """
    terminal = session.get(Terminal, command.terminal_id, with_for_update=True)
    owner = None if terminal is None else find_colleague(session, terminal.agent_id)
    if terminal is None or owner is None:
        raise NotFound("no_such_terminal")
    terminals.revoke(actor, owner)
    if terminal.revoked_at is None:
        terminal.revoked_at = now
        terminal.revoked_by_id = actor.agent_id
