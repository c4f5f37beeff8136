from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ContactVerification(Base):
    """A code sent to a phone or an e-mail address, to prove that whoever books again in the same month reads it there.

    Only keyed hashes of the address and of the code are kept once the message has left; until then, where it goes.
    """

    __tablename__ = "contact_verifications"
    __table_args__ = (
        CheckConstraint("channel IN ('phone', 'email')", name="channel"),
        Index("ix_contact_verifications_contact_hash", "contact_hash", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    contact: Mapped[str | None]
    contact_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
