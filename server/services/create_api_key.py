from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.api_keys import Scope, draw_key, key_problems
from models.rules.errors import Invalid
from models.tables import ApiKey, Reason, Unit
from server.tokens import Tokens


@dataclass(frozen=True)
class CreateApiKey:
    """A key for a partner's machine.

    Args:
        name: whose it is, for whoever lists or revokes keys.
        unit_id: the one unit that it knows of; None: every unit.
        reason_code: the reason of its bookings where the interface names none (scope `visioplainte`).
    """

    name: str
    scopes: frozenset[Scope]
    unit_id: int | None = None
    reason_code: str | None = None


@dataclass(frozen=True)
class CreatedApiKey:
    """`key` is shown once: only its hash is kept."""

    api_key_id: int
    key: str = field(repr=False)


def create_api_key(session: Session, command: CreateApiKey, now: datetime, tokens: Tokens) -> CreatedApiKey:
    """Make a key.

    Raises:
        Invalid: `invalid_api_key`: a field is `missing`, `too_long` or, for a unit or a reason, `unknown`.
    """
    found = key_problems(command.name, command.scopes, command.unit_id, command.reason_code)
    if command.unit_id is not None and session.get(Unit, command.unit_id) is None:
        found["unit"] = "unknown"
    if command.reason_code is not None:
        reason = session.get(Reason, command.reason_code)
        if reason is None or not reason.active or not reason.bookable:
            found["reason"] = "unknown"
    if found:
        raise Invalid("invalid_api_key", {"fields": found})
    key = draw_key(secrets.token_urlsafe)
    row = ApiKey(
        name=command.name.strip(),
        key_hash=hash_key(key, tokens),
        scopes=sorted(command.scopes),
        unit_id=command.unit_id,
        reason_code=command.reason_code,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return CreatedApiKey(row.id, key)


def hash_key(key: str, tokens: Tokens) -> bytes:
    """What the database keeps of a key; without SECRET_KEY nobody can tell which key it was made from."""
    return tokens.stored_hash("api-key", key)
