"""One host's queue: what waits for it, how much runs at once, and until when it wants to be left alone."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from push.endpoint_guard import AllowedHost, HttpsUrl
from push.web_push_answers import back_off
from push.web_push_values import PushMessage, PushResult, Urgency

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}
# So many failures without one success between them are the host's, not the messages'.
PATIENCE = 8
# Those who were held back do not all return in the instant in which the pause ends.
SPREAD = timedelta(seconds=5)


@dataclass(order=True)
class Errand:
    """A message on its way, and who waits for its result; the urgent first, then in the order of their coming."""

    rank: int = field(init=False)
    number: int
    message: PushMessage = field(compare=False)
    address: HttpsUrl = field(compare=False)
    finish: Callable[[PushResult], None] = field(compare=False)

    def __post_init__(self) -> None:
        self.rank = _RANK[self.message.urgency]


class Lane:
    """The errands for one host and port."""

    def __init__(self, allowed: AllowedHost) -> None:
        self.allowed = allowed
        self.running = 0
        self._waiting: list[Errand] = []
        self._paused_until: datetime | None = None
        self._cause = ""
        self._failures = 0
        self._pauses = 0

    def add(self, errand: Errand) -> None:
        """Put one more into the queue."""
        heapq.heappush(self._waiting, errand)

    def take(self) -> Errand | None:
        """The next one, or None."""
        return heapq.heappop(self._waiting) if self._waiting else None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def forgettable(self) -> bool:
        """Nothing waits or runs, and nothing is known about the host that must be remembered."""
        return not (self._waiting or self.running or self._failures or self._paused_until)

    def held_until(self, now: datetime) -> tuple[datetime, str] | None:
        """Until when nothing should be sent to the host and why; None when it may be sent to."""
        if self._paused_until is None or now >= self._paused_until:
            self._paused_until = None
            return None
        return self._paused_until, self._cause

    def pause(self, until: datetime, cause: str) -> None:
        """Leave the host alone; the longest wish counts."""
        if self._paused_until is None or until > self._paused_until:
            self._paused_until, self._cause = until, cause

    def succeeded(self) -> None:
        """The host has answered as a healthy one does, whatever it thinks of the message."""
        self._failures = self._pauses = 0

    def failed(self, now: datetime, cause: str) -> bool:
        """The host has not answered, or has said that it cannot; True when it is left alone from now on."""
        self._failures += 1
        if self._failures < PATIENCE or self._paused_until is not None:
            return False
        self.pause(now + back_off(self._pauses + 2), cause)
        self._pauses += 1
        return True
