"""The named mutations of the terminals: each op's arguments, and the service that the online path calls too.

Its twin is `pwa/sync/mutations.js`; a table test proves that the two lists are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.errors import Invalid
from models.rules.request_lifecycle import Outcome, Verdict
from server.services.accept_request import AcceptRequest, accept_request
from server.services.close_request import CloseRequest, close_request
from server.services.note_request import NoteRequest, note_request
from server.services.release_request import ReleaseRequest, release_request
from server.services.transfer_request import TransferRequest, transfer_request

Args = Mapping[str, Any]
LONGEST_NOTE = 5000
LONGEST_WORD = 500


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


def _request_id(args: Args) -> UUID:
    try:
        return UUID(str(args["request_id"]))
    except (KeyError, ValueError) as error:
        raise Invalid("invalid_arguments", {"fields": {"request_id": "unreadable"}}) from error


def _text(args: Args, name: str, longest: int, *, required: bool) -> str:
    value = args.get(name, "")
    # No database keeps a NUL or half of a surrogate pair; told here, it is a refusal and no accident.
    if not isinstance(value, str) or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise Invalid("invalid_arguments", {"fields": {name: "unreadable"}})
    if required and not value.strip():
        raise Invalid("invalid_arguments", {"fields": {name: "missing"}})
    if len(value) > longest:
        raise Invalid("invalid_arguments", {"fields": {name: "too_long"}})
    return value.strip()


def _unit_id(args: Args) -> int:
    value = args.get("to_unit_id")
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31:
        raise Invalid("invalid_arguments", {"fields": {"to_unit_id": "unreadable"}})
    return value


def _outcome(args: Args) -> Outcome:
    try:
        return Outcome(str(args.get("outcome")))
    except ValueError as error:
        raise Invalid("invalid_arguments", {"fields": {"outcome": "unknown"}}) from error


MUTATIONS: dict[str, Mutation] = {
    "request.accept": Mutation(lambda args: AcceptRequest(_request_id(args)), accept_request),
    "request.release": Mutation(lambda args: ReleaseRequest(_request_id(args)), release_request),
    "request.transfer": Mutation(
        lambda args: TransferRequest(
            _request_id(args), _unit_id(args), _text(args, "word", LONGEST_WORD, required=False)
        ),
        transfer_request,
        other_units=lambda command: (command.to_unit_id,),
    ),
    "request.note": Mutation(
        lambda args: NoteRequest(_request_id(args), _text(args, "text", LONGEST_NOTE, required=True)), note_request
    ),
    "request.close": Mutation(lambda args: CloseRequest(_request_id(args), _outcome(args)), close_request),
}
