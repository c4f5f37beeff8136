"""What every provider of text messages has in common: one method to send, one map from its codes to our states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from models.rules.text_messages import TextState
from push.failures import TemporaryFailure

CONNECT_WITHIN_S = 3.0
ANSWER_WITHIN_S = 10.0


class MayHaveLeft(TemporaryFailure):
    """The provider fell silent after it was asked: it may have taken the message, so nobody else is asked at once."""


@dataclass(frozen=True)
class OutgoingText:
    """One text message on its way out.

    Args:
        text_id: ours; goes with the message, so that reports come back with it and a repeat is recognisable.
        phone: E.164.
        report_url: where the provider reports what became of it; proves by itself that it comes from us.
        good_for: afterwards nobody needs it any more.
    """

    text_id: UUID
    phone: str = field(repr=False)
    body: str = field(repr=False)
    report_url: str = field(repr=False)
    good_for: timedelta


@dataclass(frozen=True)
class Report:
    """What a provider says of a message.

    Args:
        provider_id: the provider's own name for it, if it has said so.
        state: None when it is no news to us.
        cause: a short code of a failure; never the provider's own words.
    """

    provider_id: str | None
    state: TextState | None
    cause: str | None = None


class Gateway(Protocol):
    """One provider, with what its segments cost in euros and how much of the traffic it should have."""

    @property
    def name(self) -> str: ...
    @property
    def weight(self) -> int: ...
    @property
    def price(self) -> Decimal: ...

    def send(self, text: OutgoingText) -> str | None:
        """Give one message to the provider. Returns the provider's id of it, when it tells one.

        Raises:
            MayHaveLeft: it fell silent after it was asked.
            TemporaryFailure: it has not taken the message, and another provider or another time may be better.
            PermanentFailure: nobody will ever carry this message to this number.
        """
        ...
