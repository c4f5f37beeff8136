from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.events import RequestCreated, unit_scope
from models.queries.competence import find_competent
from models.record import lock_scopes, record
from models.rules.contact_details import ContactDetails, problems
from models.rules.errors import Conflict, Invalid
from models.rules.jurisdiction import Competent, Police, Unknown
from models.rules.references import draw_call_back_word, draw_reference
from models.rules.request_lifecycle import State
from models.rules.time_zones import local_day
from models.tables import ContactRequest, Reason
from server.tokens import Tokens

REFERENCE_DRAWS = 5


@dataclass(frozen=True)
class CreateContactRequest:
    """One citizen's request.

    Args:
        idempotency_key: the same key with the same details is the same request, however often it arrives.
        chosen_unit_id: the unit that the citizen chose themselves, where we could not tell which one is competent.
        language: `fr` or `en`, for the answers they will get.
    """

    details: ContactDetails
    language: str
    idempotency_key: str
    chosen_unit_id: int | None = None


@dataclass(frozen=True)
class CreatedRequest:
    """What the citizen takes away; `again` is true when this very request was already there."""

    request_id: UUID
    reference: str
    follow_token: str
    follow_code: str
    call_back_word: str
    again: bool


def create_contact_request(
    session: Session, command: CreateContactRequest, now: datetime, tokens: Tokens
) -> CreatedRequest:
    """Store the request with the competent unit, poke its terminals and defer the confirmation.

    Raises:
        Invalid: fields are missing or wrong (`details["fields"]`), or no unit could be named for this commune.
        Conflict: `idempotency_key_reused` for other details.
    """
    reasons = {reason.code: reason for reason in session.scalars(select(Reason).where(Reason.active))}
    found = problems(command.details, reason_codes=reasons.keys())
    if found:
        raise Invalid("invalid_details", {"fields": found})

    key_hash = tokens.stored_hash("idempotency-key", command.idempotency_key)
    submission_hash = tokens.stored_hash("submission", _canonical(command))
    if earlier := _by_key(session, key_hash):
        return _same_again(earlier, submission_hash, tokens)

    unit_id = _unit_for(session, command, now)
    lock_scopes(session, {unit_scope(unit_id)})
    # A double tap waits here for the first one's commit, and then finds it.
    if earlier := _by_key(session, key_hash):
        return _same_again(earlier, submission_hash, tokens)

    try:
        request = _insert(
            session, command, reasons[command.details.reason_code], unit_id, key_hash, submission_hash, now, tokens
        )
    except IntegrityError as error:
        # The same key raced us towards another unit, whose lock is not ours; the database decided who was first.
        if "uq_contact_requests_idempotency_hash" not in str(error):
            raise
        raise Conflict("idempotency_key_reused") from error
    record(session, RequestCreated(at=now, unit_id=unit_id, request_id=request.id))
    return _created(request, tokens, again=False)


def _insert(
    session: Session,
    command: CreateContactRequest,
    reason: Reason,
    unit_id: int,
    key_hash: bytes,
    submission_hash: bytes,
    now: datetime,
    tokens: Tokens,
) -> ContactRequest:
    details = command.details
    request_id = uuid4()
    for attempt in range(REFERENCE_DRAWS):
        request = ContactRequest(
            id=request_id,
            reference=draw_reference(secrets.randbelow),
            unit_id=unit_id,
            commune_insee=details.commune_insee,
            reason_code=reason.code,
            discreet=reason.discreet,
            language=command.language,
            state=State.WAITING,
            caller_name=details.caller_name.strip(),
            phone=details.phone or None,
            email=details.email or None,
            channel=details.channel,
            call_window=details.call_window,
            safe_time=details.safe_time.strip() or None,
            may_leave_message=details.may_leave_message,
            facts=details.facts.strip(),
            place=details.place.strip() or None,
            call_back_word=draw_call_back_word(secrets.randbelow),
            follow_generation=1,
            follow_token_hash=tokens.stored_hash("follow-token", tokens.follow_token(request_id, 1)),
            follow_code_hash=tokens.stored_hash("follow-code", tokens.follow_code(request_id, 1)),
            idempotency_hash=key_hash,
            submission_hash=submission_hash,
            created_at=now,
            due_at=now + timedelta(minutes=reason.due_minutes),
        )
        try:
            with session.begin_nested():
                session.add(request)
        except IntegrityError as error:
            # Of the unique columns only the reference is short enough to be drawn twice.
            if "uq_contact_requests_reference" not in str(error) or attempt == REFERENCE_DRAWS - 1:
                raise
        else:
            return request
    raise AssertionError("unreachable: the last draw returns or raises")


def _unit_for(session: Session, command: CreateContactRequest, now: datetime) -> int:
    """The competent unit; where we cannot tell, the candidate that the citizen chose; never a guess of ours."""
    insee = command.details.commune_insee
    match find_competent(session, insee, local_day(insee, now)):
        case Competent(unit=unit):
            return unit.id
        case Unknown(candidates=candidates, why=why):
            if command.chosen_unit_id in {unit.id for unit in candidates if unit.receives_contact_requests}:
                assert command.chosen_unit_id is not None
                return command.chosen_unit_id
            field = "commune_insee" if command.chosen_unit_id is None else "chosen_unit_id"
            raise Invalid("no_competent_unit", {"fields": {field: why.value}})
        case Police():
            raise Invalid("no_competent_unit", {"fields": {"commune_insee": "police"}})


def _by_key(session: Session, key_hash: bytes) -> ContactRequest | None:
    return session.scalar(select(ContactRequest).where(ContactRequest.idempotency_hash == key_hash))


def _same_again(earlier: ContactRequest, submission_hash: bytes, tokens: Tokens) -> CreatedRequest:
    if earlier.submission_hash != submission_hash:
        raise Conflict("idempotency_key_reused")
    return _created(earlier, tokens, again=True)


def _created(request: ContactRequest, tokens: Tokens, *, again: bool) -> CreatedRequest:
    return CreatedRequest(
        request_id=request.id,
        reference=request.reference,
        follow_token=tokens.follow_token(request.id, request.follow_generation),
        follow_code=tokens.follow_code(request.id, request.follow_generation),
        call_back_word=request.call_back_word,
        again=again,
    )


def _canonical(command: CreateContactRequest) -> str:
    content = {**asdict(command.details), "language": command.language, "chosen_unit_id": command.chosen_unit_id}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
