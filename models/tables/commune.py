from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Commune(Base):
    """A commune by its INSEE code; one that has merged stays, and points to today's."""

    __tablename__ = "communes"
    __table_args__ = (
        CheckConstraint("insee <> merged_into", name="not_merged_into_itself"),
        Index("ix_communes_postcodes", "postcodes", postgresql_using="gin"),
    )

    insee: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    departement: Mapped[str]
    departement_name: Mapped[str]
    population: Mapped[int]
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    merged_into: Mapped[str | None]
