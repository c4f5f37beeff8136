"""What a step of the ladder hands to a channel, and what the channel answers. A new channel is one class with `send`.

A channel finds where an agent can be reached by itself (their subscriptions, their number); only a mailbox comes with
its address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from push.call_messages import CallWords, mailbox_message
from push.email import EmailChannel
from push.failures import PermanentFailure


@dataclass(frozen=True, kw_only=True)
class OutgoingCall:
    """One call to one person over one channel.

    Args:
        id: the call's own identity, for a channel that can tell a repeat by it.
        agent_id: whom of the unit it is for; None for the unit's mailbox, whose `address` is given.
        quiet: nothing may ring.
        tried_for: how long attempts at this call have failed so far.
        good_until: afterwards it is of no use any more.
    """

    id: UUID
    unit_id: int
    agent_id: int | None
    address: str | None = field(repr=False)
    words: CallWords
    quiet: bool
    tried_for: timedelta
    good_until: datetime


class Outcome(StrEnum):
    """What a channel knows when `send` returns: somebody else carries it further, or it is there."""

    SENT = "sent"
    DELIVERED = "delivered"


class CallChannel(Protocol):
    """Carries calls to people."""

    def send(self, call: OutgoingCall, now: datetime) -> Outcome:
        """Carry one call. It is made once: a channel does not try again by itself after it may have left.

        Raises:
            TemporaryFailure: it has certainly not left; later may be better.
            PermanentFailure: it never will, or nobody can be reached (`no_address`).
        """
        ...


@dataclass(frozen=True)
class MailboxChannel:
    """The unit's mailbox, through the relay that citizens' mails take."""

    email: EmailChannel

    def send(self, call: OutgoingCall, now: datetime) -> Outcome:
        """Send the call as a mail.

        Raises:
            TemporaryFailure, PermanentFailure: as `EmailChannel.send`; `no_address` when the unit has no mailbox.
        """
        if not call.address:
            raise PermanentFailure("no_address")
        self.email.send(call.address, mailbox_message(call.words), call.id, now)
        return Outcome.SENT
