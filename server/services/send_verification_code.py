from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.record import defer
from models.rules.booking import CODE_LASTS, normalise_contact
from models.rules.contact_details import looks_like_address
from models.rules.errors import Invalid
from models.rules.text_messages import Purpose, TextState
from models.tables import ContactVerification
from server.provable_channels import ONLY_EMAIL, Provable
from server.services._verification import contact_hash
from server.services.limit_rate import RateLimitOn, limit_rate
from server.services.queue_text import QueueText, queue_text
from server.tokens import Tokens

# Nobody's mailbox or phone is filled with codes, whoever asks for them.
LIMITS = (("code-quarter", 3, CODE_LASTS), ("code-day", 10, timedelta(days=1)))


@dataclass(frozen=True)
class SendVerificationCode:
    """Sends six digits to a citizen, who gives them back to show that they read that mailbox or have that phone.

    Args:
        channel: one of those that `verification_needed` named.
        contact: an e-mail address, or a mobile number in E.164.
        discreet: what they book must not be guessed from the message; a text message never tells.
        provable: what the deployment can send a code to.
    """

    channel: str
    contact: str
    language: str
    discreet: bool = False
    provable: Provable = ONLY_EMAIL


def send_verification_code(session: Session, command: SendVerificationCode, now: datetime, tokens: Tokens) -> UUID:
    """Defer a message with a code that is good for fifteen minutes. Returns the id that goes with the code.

    The edge limits how often one network address asks; here it is how often one contact is written to.

    Raises:
        Invalid: by field: `unknown` (channel), `unreadable` (contact), `stopped` (a phone that wants no more texts).
        TooMany: three codes in a quarter of an hour or ten in a day went to this contact.
    """
    by_phone = command.channel == "phone"
    if command.channel != "email" and not (by_phone and command.provable.countries):
        raise Invalid("invalid_details", {"fields": {"channel": "unknown"}})
    contact = command.contact.strip()
    if not (command.provable.reaches(contact) if by_phone else looks_like_address(contact)):
        raise Invalid("invalid_details", {"fields": {"contact": "unreadable"}})
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
            # A phone's number is kept by its text message, and only until that has left.
            contact=None if by_phone else contact,
            contact_hash=contact_hash(tokens, command.channel, command.contact),
            code_hash=tokens.stored_hash("verification-code", tokens.verification_code(verification_id)),
            wrong_tries=0,
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    session.flush()
    if by_phone:
        purpose = Purpose.VERIFICATION_CODE
        text = QueueText(verification_id, purpose, contact, command.language, now + CODE_LASTS)
        if queue_text(session, text, now, tokens) is TextState.FAILED:
            raise Invalid("invalid_details", {"fields": {"contact": "stopped"}})
        return verification_id
    defer(
        session,
        "send_code",
        queue="delivery",
        verification_id=str(verification_id),
        language=command.language,
        discreet=int(command.discreet),
    )
    return verification_id
