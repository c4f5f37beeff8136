from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Jurisdiction(Base):
    """Who is competent for a commune between two dates.

    `commune_insee` and `service_id` are kept as the official file prints them: the file may name a commune that has
    merged since, a unit that was not imported, or no unit at all, and each of these must be told, not lost.
    `valid_from` is null when the first file did not say since when; `valid_until` is exclusive, null while it lasts.
    """

    __tablename__ = "jurisdictions"
    __table_args__ = (
        CheckConstraint("institution IN ('GN', 'PN')", name="institution"),
        CheckConstraint("valid_from < valid_until", name="dates_in_order"),
        Index("ix_jurisdictions_commune_insee", "commune_insee"),
        Index(
            "uq_jurisdictions_in_force",
            "commune_insee",
            "institution",
            "service_id",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_insee: Mapped[str]
    institution: Mapped[str]
    service_id: Mapped[str]
    service_name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
