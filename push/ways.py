"""How a citizen can be reached, and in which order that is tried. Pure: wishes and addresses in, ways out.

A push is seen at once, costs nothing and only goes where somebody asked for it; a text message reaches the phone that
they gave; a mail waits until somebody opens it. One event is told over one way: the next one is for when the one before
it has failed for good. What keeps a calendar true that was invited by mail goes beside it (`models.rules.telling`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Who(StrEnum):
    CITIZEN = "citizen"


class Channel(StrEnum):
    """In the order in which they are tried for somebody who has not said how they want to hear."""

    PUSH = "push"
    SMS = "sms"
    EMAIL = "email"


NOTHING = "nothing"


@dataclass(frozen=True)
class Recipient:
    """One person over one channel; `address` is what the channel sends to, empty for a push."""

    who: Who
    channel: Channel
    address: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What is known of how to reach a citizen, in this deployment and now.

    Args:
        told_by: a value of `Channel`, `NOTHING`, or None for somebody who leaves it to us.
        follows: a browser of theirs follows it over push.
        phone: that text messages can go to: a mobile one that has not said STOP, where there is a provider.
        may_leave_message: False: others answer this phone, and must not learn that we write to it.
    """

    told_by: str | None = None
    follows: bool = False
    phone: str | None = field(default=None, repr=False)
    may_leave_message: bool = True
    email: str | None = field(default=None, repr=False)


def in_order(ways: Ways) -> tuple[Recipient, ...]:
    """Say over what a citizen is told, the first first; each next one only when those before it have failed for good.

    What they have chosen comes first, and then what they have not: to be heard at all weighs more than the choice of
    the channel. Who chose to hear nothing hears nothing. A phone on which no message may be left gets one only when
    text messages were asked for.
    """
    if ways.told_by == NOTHING:
        return ()
    addresses: dict[Channel, str] = {}
    if ways.follows:
        addresses[Channel.PUSH] = ""
    if ways.phone and (ways.may_leave_message or ways.told_by == Channel.SMS):
        addresses[Channel.SMS] = ways.phone
    if ways.email:
        addresses[Channel.EMAIL] = ways.email
    order = sorted(addresses, key=lambda channel: channel != ways.told_by)
    return tuple(Recipient(Who.CITIZEN, channel, addresses[channel]) for channel in order)
