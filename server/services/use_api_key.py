from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.rules.actor import PartnerActor
from models.rules.api_keys import LAST_USE_STEP, Scope, use_is_due
from models.rules.errors import Forbidden
from models.tables import ApiKey
from server.services.create_api_key import hash_key
from server.tokens import Tokens


@dataclass(frozen=True)
class UseApiKey:
    key: str = field(repr=False)
    scope: Scope


@dataclass(frozen=True)
class Partner:
    """Whose key it is; `reason_code` is the reason of bookings that name none."""

    actor: PartnerActor
    reason_code: str | None


def use_api_key(session: Session, command: UseApiKey, now: datetime, tokens: Tokens) -> Partner:
    """Find out whose key was shown, and write down that it was used, once a minute at most.

    Raises:
        Forbidden: `unknown_api_key`, the same for one that is unknown and one that was revoked; `scope_missing` with
            the `scope` that it lacks.
    """
    key_hash = hash_key(command.key, tokens)
    row = session.scalars(select(ApiKey).where(ApiKey.key_hash == key_hash)).one_or_none()
    # The index compares hashes that nobody can aim at without SECRET_KEY; this comparison takes the same time anyway.
    if row is None or not hmac.compare_digest(row.key_hash, key_hash) or row.revoked_at is not None:
        raise Forbidden("unknown_api_key")
    if command.scope not in row.scopes:
        raise Forbidden("scope_missing", {"scope": command.scope.value})
    if use_is_due(row.last_used_at, now):
        # Of many calls at once one writes: the others find the row changed when they get to it.
        session.execute(
            update(ApiKey)
            .where(ApiKey.id == row.id)
            .where(ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at <= now - LAST_USE_STEP))
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )
    return Partner(PartnerActor(row.id, frozenset(row.scopes), row.unit_id), row.reason_code)
