"""What a booking must hold, until when it may be changed, how long an offer stands and who proves an address first.

A booking is a citizen's wish; the states of its appointments are in `models.rules.appointments`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.appointments import BOOKED, Offer, State
from models.rules.contact_details import looks_like_address
from models.rules.errors import Conflict

LONGEST = {"caller_name": 120, "facts": 5000, "address": 300, "email": 254}
# An earlier time is offered to one person at a time, so it cannot stand for long; the unit's own offers can.
STANDS = {Offer.EARLIER: timedelta(hours=2), Offer.INSTEAD: timedelta(hours=48)}
# Whoever could not answer in time is not an audience: an offer shorter than this is not made.
SHORTEST_OFFER = timedelta(minutes=15)
# Who let an earlier time go is left in peace, and the next in line hears of it.
PAUSE_BETWEEN_OFFERS = timedelta(hours=12)
# Nobody has to answer at night.
OFFERS_FROM, OFFERS_UNTIL = time(8), time(20)
MOST_OFFERS = 3

CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5

# An appointment of these counts when the same person books again in its month; one that was cancelled does not.
COUNTED = frozenset({State.REQUESTED, State.CONFIRMED, State.HONOURED, State.NO_SHOW})


class ToConfirm(StrEnum):
    """Why an appointment is requested first: its reason asks for it, or nobody knows who will be there."""

    REASON = "reason"
    PLANNING_SILENT = "planning_silent"


@dataclass(frozen=True)
class BookingDetails:
    """Who comes, as an edge has read it.

    Args:
        phone: E.164 when the number could be read, else what was typed (`phone_is_valid` tells which).
        facts: what it is about, in the citizen's words; may be empty.
        address: where the gendarme comes to; needed for an appointment at home.
    """

    caller_name: str = ""
    phone: str = ""
    email: str = ""
    facts: str = ""
    address: str = ""
    commune_insee: str | None = None
    may_leave_message: bool = True
    phone_is_valid: bool = True


def problems(details: BookingDetails, *, place_kind: str, name_needed: bool, reachable: bool) -> dict[str, str]:
    """Name what is wrong, by field; an empty result means that the details can be booked.

    Args:
        name_needed: false for a partner that keeps the citizen's data itself.
        reachable: a phone number or an e-mail address is needed.

    Returns:
        Field name → `missing`, `unreadable` or `too_long`.
    """
    found: dict[str, str] = {}
    if name_needed and not details.caller_name.strip():
        found["caller_name"] = "missing"
    if place_kind == "home" and not details.address.strip():
        found["address"] = "missing"
    if details.phone and not details.phone_is_valid:
        found["phone"] = "unreadable"
    if details.email and not looks_like_address(details.email):
        found["email"] = "unreadable"
    if reachable and not details.phone and not details.email:
        found["phone"] = "missing"
    for field, longest in LONGEST.items():
        if len(getattr(details, field)) > longest:
            found[field] = "too_long"
    return found


def first_state(*, needs_approval: bool) -> State:
    """What booking makes of a held time."""
    return State.REQUESTED if needs_approval else State.CONFIRMED


def change_until(starts_at: datetime, change_notice: timedelta) -> datetime:
    """Until when (inclusive) a citizen may move or cancel an appointment."""
    return starts_at - change_notice


def require_changeable(
    state: State, starts_at: datetime, change_notice: timedelta, now: datetime, *, phone: str | None
) -> None:
    """Let a citizen move or cancel an appointment that is still to come, in time.

    Args:
        phone: of the unit, for whoever comes too late.

    Raises:
        Conflict: `already_ended` (with `state`) or `too_late` (with `until` and `phone`).
    """
    if state not in BOOKED:
        raise Conflict("already_ended", {"state": state.value})
    until = change_until(starts_at, change_notice)
    if now > until:
        raise Conflict("too_late", {"until": until.isoformat(), "phone": phone})


def offer_until(offer: Offer, starts_at: datetime, notice: timedelta, now: datetime) -> datetime:
    """Until when an offer that is made now stands.

    The unit's own offers stand until they begin at the latest; an earlier time ends with the reason's notice, because
    the unit must know who comes.
    """
    latest = starts_at - notice if offer is Offer.EARLIER else starts_at
    return min(now + STANDS[offer], latest)


def is_worth_offering(until: datetime, now: datetime) -> bool:
    """Say whether somebody has the time to answer."""
    return until - now >= SHORTEST_OFFER


def may_be_disturbed(zone: str, now: datetime) -> bool:
    """Say whether an earlier time may be offered now: by day in the unit's zone."""
    return OFFERS_FROM <= now.astimezone(ZoneInfo(zone)).time() < OFFERS_UNTIL


def month_of(instant: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar month of `instant` in a zone, from its first instant up to, not including, the next month's."""
    local = instant.astimezone(ZoneInfo(zone))
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following


def channels_to_prove(details: BookingDetails, possible: Collection[str]) -> list[str]:
    """The channels over which this person can be sent a code, of those that the deployment has."""
    given = {"email": details.email, "phone": details.phone}
    return [channel for channel in ("email", "phone") if channel in possible and given[channel]]


def normalise_contact(channel: str, contact: str) -> str:
    """A phone number or an address as two spellings of it are compared."""
    return contact.strip().lower() if channel == "email" else contact.strip()
