from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class UnitHoliday(Base):
    """A day on which a unit differs from its zone's calendar: a holiday of its own, or (no name) an ordinary day."""

    __tablename__ = "unit_holidays"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str | None]
