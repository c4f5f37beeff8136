"""Over which channels a citizen can prove who they are, for the service that asks and for the page that offers them."""

from __future__ import annotations

from collections.abc import Collection

from models.rules.booking import BookingDetails, channels_to_prove
from server.phone_numbers import can_get_texts


def provable_channels(details: BookingDetails, channels: Collection[str]) -> list[str]:
    """The channels over which this person can be sent a code.

    Args:
        channels: those that the deployment has; a landline has no text messages.
    """
    found = channels_to_prove(details, channels)
    return [channel for channel in found if channel != "phone" or can_get_texts(details.phone)]
