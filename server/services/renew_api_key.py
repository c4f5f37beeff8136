from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.rules.api_keys import draw_key
from models.rules.errors import NotFound
from models.tables import ApiKey
from server.services.create_api_key import CreatedApiKey, hash_key
from server.tokens import Tokens


@dataclass(frozen=True)
class RenewApiKey:
    api_key_id: int


def renew_api_key(session: Session, command: RenewApiKey, tokens: Tokens) -> CreatedApiKey:
    """Give a key another secret, the only one from now on; its scopes and its bookings stay.

    Raises:
        NotFound: `no_such_api_key`, also for a revoked one.
    """
    row = session.get(ApiKey, command.api_key_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise NotFound("no_such_api_key")
    key = draw_key(secrets.token_urlsafe)
    row.key_hash = hash_key(key, tokens)
    session.flush()
    return CreatedApiKey(row.id, key)
