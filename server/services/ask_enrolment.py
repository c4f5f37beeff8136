from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.rules import terminals
from models.rules.actor import AgentActor
from models.rules.colleagues import Colleague
from models.tables import TerminalEnrolment
from server.services._colleagues import find_colleague
from server.tokens import Tokens

CODE_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class AskEnrolment:
    """`agent_id` None: for the actor."""

    agent_id: int | None = None


@dataclass(frozen=True)
class Enrolment:
    """`code` is shown once, in words and as a QR code, and kept nowhere but as a hash."""

    owner: Colleague
    code: str = field(repr=False)
    expires_at: datetime


def ask_enrolment(
    session: Session, command: AskEnrolment, actor: AgentActor, now: datetime, tokens: Tokens
) -> Enrolment:
    """Make a code with which one device becomes a terminal of the agent, once and within ten minutes.

    An earlier code of the same agent that nobody used ends.

    Raises:
        Forbidden, NotFound: as `models.rules.terminals.enrol`.
    """
    agent_id = actor.agent_id if command.agent_id is None else command.agent_id
    owner = terminals.enrol(actor, find_colleague(session, agent_id))
    code = terminals.draw_code(secrets.randbelow)
    values = {
        "code_hash": tokens.stored_hash("terminal-enrolment", code),
        "asked_by_id": actor.agent_id,
        "expires_at": now + CODE_LASTS,
    }
    session.execute(
        insert(TerminalEnrolment)
        .values(agent_id=owner.agent_id, **values)
        .on_conflict_do_update(index_elements=[TerminalEnrolment.agent_id], set_=values)
    )
    return Enrolment(owner, code, now + CODE_LASTS)
