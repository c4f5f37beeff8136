from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from models.tables import PushTest

# Whatever has arrived proves an earlier failure wrong.
RANKS = ("queued", "sent", "failed", "received", "shown")


@dataclass(frozen=True)
class SettlePushTest:
    """How far a test has come.

    Args:
        cause: why it failed, and only then.
    """

    test_id: UUID
    state: Literal["sent", "failed", "received", "shown"]
    cause: str | None = None


def settle_push_test(session: Session, command: SettlePushTest, now: datetime) -> bool:
    """Write down how far it has come; a repeat or an older word changes nothing. Returns whether anything did."""
    test = session.get(PushTest, command.test_id, with_for_update=True, populate_existing=True)
    if test is None or RANKS.index(command.state) <= RANKS.index(test.state):
        return False
    test.state, test.cause, test.changed_at = command.state, command.cause, now
    return True
