"""Which ways there are to tell a citizen of their request or booking, and which one is taken.

`push.ways` sends by the same rule: what was chosen comes first; without a choice a push, then a text message, then a
mail. Whoever chose to hear nothing hears nothing. Mails that keep a calendar true go beside the way that is taken, to
whoever has not left mail or wants them all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Way(StrEnum):
    """In the order in which they are taken for somebody who has not chosen."""

    PUSH = "push"
    SMS = "sms"
    EMAIL = "email"
    NOTHING = "nothing"


def ways_to_tell(*, browsers: int, texts: bool, email: bool) -> tuple[Way, ...]:
    """The ways that somebody may choose between; hearing nothing is always one of them.

    Args:
        browsers: how many of theirs are reached over web push.
        texts: their phone can get text messages, and we can send some.
        email: they gave an address.
    """
    there_is = {Way.PUSH: browsers > 0, Way.SMS: texts, Way.EMAIL: email, Way.NOTHING: True}
    return tuple(way for way in Way if there_is[way])


def way_taken(told_by: str | None, ways: Sequence[Way], *, may_leave_message: bool) -> Way:
    """The way over which they are told now.

    Args:
        told_by: what they have chosen; None leaves it to us.
        ways: as `ways_to_tell` gives them.
        may_leave_message: False: others answer their phone, which gets text messages only if they chose that.
    """
    for way in ways:
        if way == told_by:
            return way
    return next(way for way in ways if way is not Way.SMS or may_leave_message)


def keeps_calendar(told_by: str | None, wanted: bool | None) -> bool:
    """Whether mails keep the calendar of somebody who was invited by mail, although they are told otherwise now.

    Args:
        told_by: what they have chosen; who chose another way than mail may have left it because others read it there.
        wanted: what they have said of these mails; None: nothing.
    """
    return told_by in (None, Way.EMAIL) if wanted is None else wanted
