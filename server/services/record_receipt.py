from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.notices import NoticeState
from models.tables import LadderCall
from server.push_receipts import Kind
from server.services.raise_notice import RaiseNotice, raise_notice
from server.services.settle_call import RANKS, SettleCall, settle_call
from server.services.settle_push_test import SettlePushTest, settle_push_test


class What(StrEnum):
    """What a browser says of a message: its worker has it, it is on the screen, somebody has tapped it."""

    RECEIVED = "received"
    SHOWN = "shown"
    OPENED = "opened"


@dataclass(frozen=True)
class RecordReceipt:
    """A receipt that `server.push_receipts.read_receipt` has proved to be ours."""

    kind: Kind
    of_id: UUID
    what: What


def record_receipt(session: Session, command: RecordReceipt, now: datetime) -> None:
    """Write down how far a push has come. A repeat, an older word, or one about what is gone changes nothing.

    A call that was opened is delivered, no more: that its request was read, the terminal says by itself.
    """
    match command.kind:
        case Kind.TEST:
            settle_push_test(session, SettlePushTest(command.of_id, _state_of_test(command.what)), now)
        case Kind.NOTICE:
            state = NoticeState.SEEN if command.what is What.OPENED else NoticeState.DELIVERED
            raise_notice(session, RaiseNotice(command.of_id, state), now)
        case Kind.CALL:
            call = session.get(LadderCall, command.of_id, with_for_update=True)
            if call is not None and RANKS.index(call.state) < RANKS.index("delivered"):
                settle_call(session, SettleCall(call.id, "delivered"), now)


def _state_of_test(what: What) -> Literal["received", "shown"]:
    return "received" if what is What.RECEIVED else "shown"
