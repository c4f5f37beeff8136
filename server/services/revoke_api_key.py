from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.errors import NotFound
from models.tables import ApiKey


@dataclass(frozen=True)
class RevokeApiKey:
    api_key_id: int


def revoke_api_key(session: Session, command: RevokeApiKey, now: datetime) -> ApiKey:
    """End a key: its next call is refused. What was booked with it stays; a second time changes nothing.

    Raises:
        NotFound: `no_such_api_key`.
    """
    key = session.get(ApiKey, command.api_key_id, with_for_update=True)
    if key is None:
        raise NotFound("no_such_api_key")
    if key.revoked_at is None:
        key.revoked_at = now
    return key
