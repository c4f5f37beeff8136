"""The partners' keys, for whoever manages them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import ApiKey


def list_api_keys(session: Session, *, with_revoked: bool = False) -> list[ApiKey]:
    """Keys in the order in which they were made; no key can be read from them, only its hash is kept."""
    statement = select(ApiKey).order_by(ApiKey.id)
    if not with_revoked:
        statement = statement.where(ApiKey.revoked_at.is_(None))
    return list(session.scalars(statement))
