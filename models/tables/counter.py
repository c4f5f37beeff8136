from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Counter(Base):
    """A place at which a unit receives one citizen at a time, known by its number; who sits there is decided later."""

    __tablename__ = "counters"
    __table_args__ = (
        UniqueConstraint("unit_id", "number", name="uq_counters_number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    number: Mapped[int]
