from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.booking import CODE_LASTS, CODE_TRIES
from models.rules.errors import Conflict
from models.tables import ContactVerification
from server.tokens import Tokens


@dataclass(frozen=True)
class VerifyContact:
    """`code` as the citizen typed it; spaces do not matter."""

    verification_id: UUID
    code: str


def verify_contact(session: Session, command: VerifyContact, now: datetime, tokens: Tokens) -> Conflict | None:
    """Check a code. The edge gives a transaction of its own, so that a wrong try counts although it is refused.

    Returns:
        None when the code is right, now or before; else the refusal for the edge to raise once the try is committed:
        `wrong_code` with `tries_left`, or `code_expired` (too late, five wrong tries, or no such code).
    """
    found = session.scalar(
        select(ContactVerification)
        .where(ContactVerification.id == command.verification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.expires_at <= now or found.wrong_tries >= CODE_TRIES:
        return Conflict("code_expired")
    typed = tokens.stored_hash("verification-code", "".join(command.code.split()))
    if hmac.compare_digest(typed, found.code_hash):
        if found.verified_at is None:
            # Who has typed the code at the last moment still needs the time to book.
            found.verified_at, found.expires_at = now, now + CODE_LASTS
        return None
    found.wrong_tries += 1
    left = CODE_TRIES - found.wrong_tries
    return Conflict("wrong_code", {"tries_left": left}) if left else Conflict("code_expired")
