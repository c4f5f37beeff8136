"""How the remote complaints' client writes days and instants, and how it reads what we answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.queries.partner_bookings import PartnerBooking
from models.rules.appointments import State
from models.rules.errors import Invalid
from models.rules.slots import Slot
from models.tables import Counter, OpeningWindow, Unit
from server.api.partner_access import read_instant
from server.api.visioplainte_schemas import status_of


def read_days(query: dict[str, Any]) -> tuple[date, date]:
    """The first and the last day; `Invalid` when they are reversed."""
    first, last = query["date_debut"], query["date_fin"]
    if last < first:
        raise Invalid("invalid_arguments", {"fields": {"date_fin": "before_from"}})
    return first, last


def read_range(query: dict[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The first and the last instant, None unless both are given; `Invalid` when they are reversed or unreadable."""
    if query["date_debut"] is None or query["date_fin"] is None:
        return None
    first, last = (read_time(name, query[name], zone) for name in ("date_debut", "date_fin"))
    if last < first:
        raise Invalid("invalid_arguments", {"fields": {"date_fin": "before_from"}})
    return first, last


def read_time(name: str, value: str, zone: ZoneInfo) -> datetime:
    """An instant in UTC; without an offset it is the unit's own time. `Invalid` when it is none."""
    # The `+` of an offset that was not escaped arrives as a space.
    instant = read_instant(value.replace(" ", "+") if "T" in value else value, zone)
    if instant is None:
        raise Invalid("invalid_arguments", {"fields": {name: "unreadable"}})
    return instant


def local(instant: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 with the zone's offset, to the second, as the client knows it."""
    return instant.astimezone(zone).isoformat(timespec="seconds")


def present_slot(slot: Slot, unit: Unit) -> dict[str, Any]:
    """A free time, as `Creneau`."""
    return {
        "starts_at": local(slot.starts_at, ZoneInfo(unit.time_zone)),
        "duration_in_min": _minutes(slot.ends_at - slot.starts_at),
    }


def present_counter(counter: Counter) -> dict[str, Any]:
    """A counter, as `Guichet`."""
    return {"id": counter.id, "name": f"Guichet {counter.number}"}


def present_rdv(found: PartnerBooking) -> dict[str, Any]:
    """A booking, as `Rdv`."""
    booking, appointment, zone = found.booking, found.appointment, ZoneInfo(found.unit.time_zone)
    return {
        "id": booking.number,
        # Of the person nothing is known here; each booking has an anonymous one of its own.
        "user_id": booking.number,
        "created_at": local(booking.created_at, zone),
        "starts_at": local(appointment.starts_at, zone),
        "ends_at": local(appointment.ends_at, zone),
        "duration_in_min": _minutes(appointment.ends_at - appointment.starts_at),
        "status": status_of(State(appointment.state), appointment.ended_by),
        "guichet": present_counter(found.counter),
    }


def present_window(window: OpeningWindow, zone: ZoneInfo) -> dict[str, Any]:
    """A counter's open time, as `PlageOuverture`."""
    # The database keeps no window without its ends.
    assert window.during.lower is not None
    assert window.during.upper is not None
    return {
        "id": window.id,
        "starts_at": local(window.during.lower, zone),
        "ends_at": local(window.during.upper, zone),
        "guichet_id": window.counter_id,
    }


def _minutes(duration: timedelta) -> int:
    return duration // timedelta(minutes=1)
