from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Jurisdiction(Base):
    """Who is competent for a commune between two dates; `valid_until` is exclusive, null while it lasts."""

    __tablename__ = "jurisdictions"
    __table_args__ = (
        CheckConstraint("institution IN ('GN', 'PN')", name="institution"),
        CheckConstraint("valid_from < valid_until", name="dates_in_order"),
        Index("ix_jurisdictions_commune_insee", "commune_insee"),
        Index(
            "uq_jurisdictions_in_force",
            "commune_insee",
            "unit_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_insee: Mapped[str]
    institution: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    service_name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
