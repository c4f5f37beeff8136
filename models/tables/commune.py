from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Commune(Base):
    """A commune by its INSEE code; one that has merged stays, and points to today's."""

    __tablename__ = "communes"
    __table_args__ = (
        CheckConstraint("insee <> merged_into", name="not_merged_into_itself"),
        Index("ix_communes_postcodes", "postcodes", postgresql_using="gin"),
        # Finds at once the old codes of one commune, which the jurisdiction file may still use.
        Index("ix_communes_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    insee: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    kind: Mapped[str]
    departement: Mapped[str]
    departement_name: Mapped[str]
    region: Mapped[str]
    population: Mapped[int]
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    merged_into: Mapped[str | None]


class CommuneName(Base):
    """A name under which today's commune is looked for: its own, or that of a former or delegated commune.

    A commune can share its code with one of its own delegated communes, so that names cannot live in `communes`.
    `words` are the folded words of `search_name`; a GIN index finds them by prefix without any extension.
    """

    __tablename__ = "commune_names"
    __table_args__ = (
        Index("ix_commune_names_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_commune_names_search_name", "search_name", postgresql_ops={"search_name": "text_pattern_ops"}),
        Index("ix_commune_names_short_name", "short_name", postgresql_ops={"short_name": "text_pattern_ops"}),
    )

    insee: Mapped[str] = mapped_column(ForeignKey("communes.insee", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    search_name: Mapped[str]
    short_name: Mapped[str]
    words: Mapped[str] = mapped_column(TSVECTOR)
    population: Mapped[int]
    is_current: Mapped[bool]
