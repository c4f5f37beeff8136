from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Reason(Base):
    """Why a citizen comes; `discreet` ones change the journey, the notices and the titles."""

    __tablename__ = "reasons"
    __table_args__ = (CheckConstraint("due_minutes > 0", name="due_minutes"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label_fr: Mapped[str]
    label_en: Mapped[str]
    hint_fr: Mapped[str]
    hint_en: Mapped[str]
    discreet: Mapped[bool]
    due_minutes: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
