from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Scope(Base):
    """A stream of versions (`unit:1008600`, `request:<uuid>`); its row lock makes visible order commit order."""

    __tablename__ = "scopes"

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class FeedEntry(Base):
    """The version of a scope in which a document last changed; the body is read from the tables at pull time."""

    __tablename__ = "feed_entries"
    __table_args__ = (Index("ix_feed_entries_scope_version", "scope", "version"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class FeedEpoch(Base):
    """One row; changed by hand after a restore from backup, so that every terminal starts over."""

    __tablename__ = "feed_epoch"

    epoch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
