"""What changes with imports and settings, not with events: the own unit, the units around it, the reasons."""

from __future__ import annotations

from math import cos, radians
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables import Reason, Unit

MOST_NEIGHBOURS = 15


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
    """The reasons that citizens may choose, in the order of the form, so that an opening can name some offline."""
    found = session.scalars(select(Reason).where(Reason.active).order_by(Reason.position))
    return {"reasons": [{"code": one.code, "fr": one.label_fr, "en": one.label_en} for one in found]}
