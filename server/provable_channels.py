"""Over which channels a citizen can prove who they are, for the services that ask and for the page that offers them."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.booking import BookingDetails, channels_to_prove
from server.phone_numbers import can_get_texts
from server.sms_settings import SmsSettings


@dataclass(frozen=True)
class Provable:
    """What a deployment can send codes to: e-mail addresses always, and phones of these calling codes."""

    countries: frozenset[int] = frozenset()

    def reaches(self, phone: str) -> bool:
        """Say whether a code can go to this number by text message; landlines have none."""
        return can_get_texts(phone, self.countries)

    def channels(self, details: BookingDetails) -> list[str]:
        """The channels over which this person can be sent a code."""
        found = channels_to_prove(details, ("email", "phone"))
        return [channel for channel in found if channel != "phone" or self.reaches(details.phone)]


ONLY_EMAIL = Provable()


def provable(sms: SmsSettings | None) -> Provable:
    """What a deployment with these settings can send codes to."""
    return ONLY_EMAIL if sms is None else Provable(sms.countries)
