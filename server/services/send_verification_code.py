from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.record import defer
from models.rules.booking import CODE_LASTS, normalise_contact
from models.rules.contact_details import looks_like_address
from models.rules.errors import Invalid
from models.tables import ContactVerification
from server.services._verification import POSSIBLE_CHANNELS, contact_hash
from server.services.limit_rate import RateLimitOn, limit_rate
from server.tokens import Tokens

# Nobody's mailbox is filled with codes, whoever asks for them.
LIMITS = (("code-quarter", 3, CODE_LASTS), ("code-day", 10, timedelta(days=1)))


@dataclass(frozen=True)
class SendVerificationCode:
    """Sends six digits to a citizen, who gives them back to show that they read that mailbox.

    Args:
        channel: one of those that `verification_needed` named.
        discreet: what they book must not be guessed from the message.
    """

    channel: str
    contact: str
    language: str
    discreet: bool = False


def send_verification_code(session: Session, command: SendVerificationCode, now: datetime, tokens: Tokens) -> UUID:
    """Defer a message with a code that is good for fifteen minutes. Returns the id that goes with the code.

    The edge limits how often one network address asks; here it is how often one contact is written to.

    Raises:
        Invalid: by field: `unknown` (channel), `unreadable` (contact).
        TooMany: three codes in a quarter of an hour or ten in a day went to this contact.
    """
    fields = {}
    if command.channel not in POSSIBLE_CHANNELS:
        fields["channel"] = "unknown"
    elif not looks_like_address(command.contact.strip()):
        fields["contact"] = "unreadable"
    if fields:
        raise Invalid("invalid_details", {"fields": fields})
    who = f"{command.channel}:{normalise_contact(command.channel, command.contact)}"
    for kind, limit, window in LIMITS:
        # A refusal undoes its own count only: what was sent stays counted, so that the next try is refused as well.
        if refusal := limit_rate(session, RateLimitOn(kind, who, limit, window), now, tokens):
            raise refusal
    verification_id = uuid4()
    session.add(
        ContactVerification(
            id=verification_id,
            channel=command.channel,
            contact=command.contact.strip(),
            contact_hash=contact_hash(tokens, command.channel, command.contact),
            code_hash=tokens.stored_hash("verification-code", tokens.verification_code(verification_id)),
            wrong_tries=0,
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    session.flush()
    defer(
        session,
        "send_code",
        queue="delivery",
        verification_id=str(verification_id),
        language=command.language,
        discreet=int(command.discreet),
    )
    return verification_id
