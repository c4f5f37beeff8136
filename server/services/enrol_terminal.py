from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.rules.errors import Forbidden
from models.rules.terminals import normalise_code
from models.tables import Agent, Terminal, TerminalEnrolment
from server.services._colleagues import colleague_of
from server.tokens import Tokens

# As long as browsers keep a cookie at all (RFC 6265bis, section 5.5: 400 days).
CREDENTIAL_LASTS = timedelta(days=400)


@dataclass(frozen=True)
class EnrolTerminal:
    """`name` is what people recognise the device by, such as « NEOGEND de Martin »."""

    code: str = field(repr=False)
    name: str


@dataclass(frozen=True)
class EnrolledAs:
    """`credential` goes into the cookie and is kept nowhere else."""

    terminal: Terminal
    agent: Agent
    credential: str = field(repr=False)


def enrol_terminal(session: Session, command: EnrolTerminal, now: datetime, tokens: Tokens) -> EnrolledAs:
    """Make a device a terminal of the agent for whom the code was made, and use the code up.

    Raises:
        Forbidden: `wrong_code`, the same for one that is unknown, used, replaced or over, and for one whose agent
            serves in no unit any more.
    """
    # Deleting is the proof: of two devices that send one code at once, one finds nothing left to delete.
    row = session.execute(
        delete(TerminalEnrolment)
        .where(
            TerminalEnrolment.code_hash == tokens.stored_hash("terminal-enrolment", normalise_code(command.code)),
            TerminalEnrolment.expires_at > now,
        )
        .returning(TerminalEnrolment.agent_id, TerminalEnrolment.asked_by_id)
    ).one_or_none()
    agent = None if row is None else session.get(Agent, row.agent_id)
    if row is None or agent is None or colleague_of(agent).serves_in_unit is None:
        raise Forbidden("wrong_code")
    credential = secrets.token_urlsafe(32)
    terminal = Terminal(
        id=uuid4(),
        agent_id=agent.id,
        name=command.name.strip(),
        # The purpose of every token of the sign-in cookie: who reads one need not know which kind it is.
        credential_hash=tokens.stored_hash("agent-session", credential),
        enrolled_at=now,
        enrolled_by_id=row.asked_by_id,
        expires_at=now + CREDENTIAL_LASTS,
    )
    session.add(terminal)
    session.flush()
    return EnrolledAs(terminal, agent, credential)
