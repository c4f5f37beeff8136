from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.record import defer
from models.tables import PushTest


@dataclass(frozen=True)
class AskPushTest:
    terminal_id: UUID


def ask_push_test(session: Session, command: AskPushTest, now: datetime) -> PushTest:
    """Have a message sent to a terminal for no other reason than to see how far it comes."""
    test = PushTest(id=uuid4(), terminal_id=command.terminal_id, state="queued", created_at=now, changed_at=now)
    session.add(test)
    session.flush()
    defer(session, "try_push", queue="calls", test_id=str(test.id))
    return test
