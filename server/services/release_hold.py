from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.appointments import EndedBy, State
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from server.services._holds import let_go
from server.services.hold_slot import held_by_token
from server.tokens import Tokens


@dataclass(frozen=True)
class ReleaseHold:
    hold_token: str


def release_hold(session: Session, command: ReleaseHold, now: datetime, tokens: Tokens) -> Verdict:
    """Give a held time back; one that is over already, or was booked, stays as it is (`NOOP`)."""
    try:
        appointment = held_by_token(session, command.hold_token, tokens, now)
    except Conflict:
        return Verdict.NOOP
    let_go(session, appointment, State.CANCELLED, EndedBy.CITIZEN, now)
    return Verdict.APPLY
