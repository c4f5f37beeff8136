"""What changes with imports and settings: the own unit, the units around it, the reasons, public holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from math import cos, radians
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.feed.view import Bodies, View
from models.queries.unit_holidays import holidays_of
from models.tables import Reason, Unit

MOST_NEIGHBOURS = 15
A_YEAR = timedelta(days=366)


def unit_body(session: Session, unit_id: int) -> dict[str, Any]:
    """The terminal's own unit: what the screens print, and the zone of every time they show."""
    unit = session.get_one(Unit, unit_id)
    return {
        "id": unit.id,
        "name": unit.name,
        "phone": unit.phone,
        "time_zone": unit.time_zone,
        "latitude": unit.latitude,
        "longitude": unit.longitude,
    }


def unit_bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """The same, when the unit has changed a setting of its own."""
    return {one: unit_body(session, view.unit_id) for one in ids if one == str(view.unit_id)}


def neighbours_body(session: Session, unit_id: int) -> dict[str, Any]:
    """The 15 units that receive requests and are likeliest to be handed one: its own grouping, then the nearest."""
    own = session.get_one(Unit, unit_id)
    statement = select(Unit.id, Unit.name, Unit.commune_name, Unit.phone).where(
        Unit.receives_contact_requests, Unit.id != unit_id
    )
    if own.grouping is not None:
        # NULL sorts before true in a descending order, and a unit without a grouping is no sibling.
        statement = statement.order_by((Unit.grouping == own.grouping).is_not_distinct_from(True).desc())
    if own.latitude is not None and own.longitude is not None:
        # Flat enough between neighbours; a degree of longitude shrinks towards the poles.
        width = cos(radians(own.latitude))
        north = Unit.latitude - own.latitude
        # Wallis and New Caledonia lie on either side of the 180th meridian.
        degrees = func.abs(Unit.longitude - own.longitude)
        east = func.least(degrees, 360 - degrees) * width
        statement = statement.order_by((north * north + east * east).asc().nulls_last())
    else:
        statement = statement.where(Unit.postcode.startswith(own.postcode[:2]))
    found = session.execute(statement.order_by(Unit.id).limit(MOST_NEIGHBOURS))
    return {
        "units": [
            {"id": row.id, "name": row.name, "commune_name": row.commune_name, "phone": row.phone} for row in found
        ]
    }


def reasons_body(session: Session) -> dict[str, Any]:
    """The reasons that citizens may choose, in the order of the form, so that an opening can name some offline.

    Durations, pauses and notices are in minutes.
    """
    found = session.scalars(select(Reason).where(Reason.active).order_by(Reason.position))
    return {
        "reasons": [
            {
                "code": one.code,
                "fr": one.label_fr,
                "en": one.label_en,
                "bookable": one.bookable,
                "duration": one.duration_minutes,
                "buffer": one.buffer_minutes,
                "notice": one.notice_minutes,
                "place_kinds": one.place_kinds,
                "needs_approval": one.needs_approval,
                "agents_needed": one.agents_needed,
                "papers_fr": one.papers_fr,
                "papers_en": one.papers_en,
            }
            for one in found
        ]
    }


def holidays_body(session: Session, view: View) -> dict[str, Any]:
    """The public holidays of the coming year as the unit keeps them, so that a terminal can say when it closes."""
    unit = session.get_one(Unit, view.unit_id)
    found = holidays_of(session, unit, view.day, view.day + A_YEAR)
    return {"days": [{"day": day.isoformat(), "name": name} for day, name in found.items()]}


def holidays_bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """The same, when the unit has changed a day of its own."""
    return {one: holidays_body(session, view) for one in ids if one == str(view.unit_id)}
