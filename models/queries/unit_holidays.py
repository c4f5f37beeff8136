"""The public holidays of a unit: its zone's calendar, and its own word about single days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.holiday_calendar import holidays_between
from models.tables import Unit, UnitHoliday


def holidays_of(session: Session, unit: Unit, first: date, last: date) -> dict[date, str]:
    """Return the holidays that the unit keeps from `first` to `last`, both included, with their names, in order."""
    rows = session.execute(select(UnitHoliday.day, UnitHoliday.name).where(UnitHoliday.unit_id == unit.id))
    return holidays_between(unit.holiday_zone, first, last, {row.day: row.name for row in rows})
