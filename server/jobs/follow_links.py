"""The link that a notice carries to what it is about."""

from __future__ import annotations

from models.tables import Booking, ContactRequest
from server.context import Context


def follow_url(context: Context, subject: ContactRequest | Booking) -> str:
    """The whole address of the page that follows a request or a booking; a capability.

    A discreet one gets the address at which anybody enters: somebody else may read this mailbox, so that only whoever
    has noted the reference and the code comes in.
    """
    entrance = f"{context.settings.public_url}/{'en/follow' if subject.language == 'en' else 'suivi'}"
    if subject.discreet:
        return entrance
    return f"{entrance}/{context.tokens.follow_token(subject.id, subject.follow_generation)}"


def unsubscribe_url(context: Context, subject: ContactRequest | Booking) -> str | None:
    """Where a mail program says that nobody wants to hear of it any more; None for a discreet one, whose mails must not
    lead to it."""
    if subject.discreet:
        return None
    return f"{follow_url(context, subject)}/{'unsubscribe' if subject.language == 'en' else 'desabonnement'}"


def coming_url(context: Context, booking: Booking) -> str:
    """Where a citizen says that they come; "" for a discreet one, which asks nothing."""
    return _page(context, booking, {"fr": "je-viens", "en": "coming"})


def cancelling_url(context: Context, booking: Booking) -> str:
    """Where a citizen cancels; "" for a discreet one."""
    return _page(context, booking, {"fr": "annuler", "en": "withdraw"})


def _page(context: Context, booking: Booking, name: dict[str, str]) -> str:
    return "" if booking.discreet else f"{follow_url(context, booking)}/{name[booking.language]}"
