"""The named mutations of the terminals: each op's arguments, and the service that the online path calls too.

Its twin is `pwa/sync/mutations.js`; a table test proves that the two lists are the same. docs/sync-documents.md has
the arguments and the refusals of each for whoever writes screens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.duty import Status
from models.rules.openings import PlaceKind, Proposal
from models.rules.request_lifecycle import Outcome, Verdict
from server.services._arguments import (
    Args,
    read_instant,
    read_optional_instant,
    read_optional_whole,
    read_text,
    read_uuid,
    read_whole,
    read_word,
    read_words,
)
from server.services.accept_request import AcceptRequest, accept_request
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.close_request import CloseRequest, close_request
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.note_request import NoteRequest, note_request
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.refuse_opening import RefuseOpening, refuse_opening
from server.services.release_request import ReleaseRequest, release_request
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_opening import WithdrawOpening, withdraw_opening

LONGEST_NOTE = 5000
LONGEST_WORD = 500
LONGEST_ABSENCE_WORD = 80
LONGEST_PLACE = 200
MOST_REASONS = 50


@dataclass(frozen=True)
class Mutation:
    """One op.

    Args:
        command: reads the arguments; raises `Invalid` naming the field.
        service: applies the command.
        other_units: units besides the actor's own whose lock the service will need.
    """

    command: Callable[[Args], Any]
    service: Callable[[Session, Any, AgentActor, datetime], Verdict]
    other_units: Callable[[Any], tuple[int, ...]] = lambda _command: ()


def _transfer(args: Args) -> TransferRequest:
    return TransferRequest(
        read_uuid(args, "request_id"),
        read_whole(args, "to_unit_id"),
        read_text(args, "word", LONGEST_WORD, required=False),
    )


def _note(args: Args) -> NoteRequest:
    return NoteRequest(read_uuid(args, "request_id"), read_text(args, "text", LONGEST_NOTE, required=True))


def _duty(args: Args) -> SetDutyStatus:
    return SetDutyStatus(
        read_word(args, "status", Status), read_optional_instant(args, "until"), read_optional_whole(args, "agent_id")
    )


def _absence(args: Args) -> DeclareAbsence:
    return DeclareAbsence(
        read_uuid(args, "absence_id"),
        read_instant(args, "starts_at"),
        read_instant(args, "ends_at"),
        read_text(args, "word", LONGEST_ABSENCE_WORD, required=False),
        read_optional_whole(args, "agent_id"),
    )


def _proposal(args: Args) -> ProposeOpening:
    return ProposeOpening(
        read_uuid(args, "opening_id"),
        Proposal(
            starts_at=read_instant(args, "starts_at"),
            ends_at=read_instant(args, "ends_at"),
            counters=read_whole(args, "counters"),
            reason_codes=read_words(args, "reasons", MOST_REASONS),
            place_kind=read_word(args, "place_kind", PlaceKind),
            place_name=read_text(args, "place_name", LONGEST_PLACE, required=False),
            agent_id=read_optional_whole(args, "agent_id"),
        ),
    )


def _refusal(args: Args) -> RefuseOpening:
    return RefuseOpening(read_uuid(args, "opening_id"), read_text(args, "word", LONGEST_WORD, required=True))


def _withdrawal(args: Args) -> WithdrawOpening:
    return WithdrawOpening(read_uuid(args, "opening_id"), read_text(args, "word", LONGEST_WORD, required=False))


MUTATIONS: dict[str, Mutation] = {
    "request.accept": Mutation(lambda args: AcceptRequest(read_uuid(args, "request_id")), accept_request),
    "request.release": Mutation(lambda args: ReleaseRequest(read_uuid(args, "request_id")), release_request),
    "request.transfer": Mutation(_transfer, transfer_request, other_units=lambda command: (command.to_unit_id,)),
    "request.note": Mutation(_note, note_request),
    "request.close": Mutation(
        lambda args: CloseRequest(read_uuid(args, "request_id"), read_word(args, "outcome", Outcome)), close_request
    ),
    "duty.set": Mutation(_duty, set_duty_status),
    "absence.declare": Mutation(_absence, declare_absence),
    "absence.cancel": Mutation(lambda args: CancelAbsence(read_uuid(args, "absence_id")), cancel_absence),
    "opening.propose": Mutation(_proposal, propose_opening),
    "opening.approve": Mutation(lambda args: ApproveOpening(read_uuid(args, "opening_id")), approve_opening),
    "opening.refuse": Mutation(_refusal, refuse_opening),
    "opening.withdraw": Mutation(_withdrawal, withdraw_opening),
}
