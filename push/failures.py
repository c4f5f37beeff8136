"""How a channel says that a notice did not leave. The cause is a short code: it is stored and logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class SendingFailed(Exception):
    """The notice did not leave.

    Args:
        cause: a code such as `smtp_451` or `timeout`; never an address, never the other side's own words.
    """

    cause: str

    def __str__(self) -> str:
        return self.cause


@dataclass
class TemporaryFailure(SendingFailed):
    """Later may be better: the network, the relay or our own settings are at fault.

    Args:
        retry_at: before then no attempt is welcome; None: the caller knows best.
    """

    retry_at: datetime | None = None

    def __str__(self) -> str:
        return self.cause


class PermanentFailure(SendingFailed):
    """It will never reach this recipient; trying again would only annoy the relay."""
