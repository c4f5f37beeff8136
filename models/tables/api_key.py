from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ApiKey(Base):
    """A key of a partner's machine: its hash, what it may do, and for which one unit (None: any)."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY['slots:read', 'bookings:write', 'visioplainte']", name="scopes"
        ),
        CheckConstraint(
            "(unit_id IS NOT NULL AND reason_code IS NOT NULL) OR NOT ('visioplainte' = ANY (scopes))",
            name="unit_and_reason_for_visioplainte",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    # The reason that its bookings have where the interface does not name one.
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reasons.code"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
