"""Whether a citizen hears of what becomes of their appointment without anybody calling, and over which channel."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING = "nothing"


def reached_by(
    *, told_by: str | None, follows: bool, email: bool, last: Mapping[str, str], stopped: bool
) -> str | None:
    """Say over what they hear, or None: somebody must call.

    Args:
        told_by: what they have chosen: a channel, `nothing`, or None for whatever is best.
        follows: a browser of theirs follows it over push.
        email: they gave an address.
        last: the state of the last notice on each channel. A text message counts once one has been queued: whether
            this deployment can send any to this phone shows by that alone.
        stopped: the phone that got it has answered STOP since.

    Returns:
        `push`, `sms` or `email`.
    """
    if told_by == NOTHING:
        return None
    possible = {"push": follows, "sms": "sms" in last and not stopped, "email": email}
    for channel in sorted(possible, key=lambda one: one != told_by):
        if possible[channel] and last.get(channel) != "failed":
            return channel
    return None
