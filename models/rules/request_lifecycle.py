"""What may happen to a contact request, and to whom it is allowed.

                 accept            close
    waiting ───────────▶ accepted ───────▶ done
     │  ▲ ◀─────────────  │
     │  │     release     │ transfer
     │  └─────────────────┘ (to another unit, waiting again)
     │
     ├── withdraw (also from accepted) ──▶ withdrawn
     └── expire ─────────────────────────▶ expired

First commit wins. Doing again what one has already done is a `Noop`, so that a repeated tap is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.rules.actor import AgentActor, CitizenActor, SystemActor
from models.rules.errors import Conflict, Forbidden, NotFound


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """How an accepted request ended, as the gendarme closes it."""

    HANDLED = "handled"
    APPOINTMENT = "appointment"
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"
    MISTAKE = "mistake"


OPEN_STATES = frozenset({State.WAITING, State.ACCEPTED})


@dataclass(frozen=True)
class RequestFacts:
    """What the rules need to know of a request; the owner's name is there to explain a conflict."""

    unit_id: int
    state: State
    accepted_by_id: int | None
    accepted_by_name: str | None
    accepted_at: datetime | None
    ended_at: datetime | None


class Verdict(StrEnum):
    APPLY = "apply"
    NOOP = "noop"


def accept(request: RequestFacts, actor: AgentActor) -> Verdict:
    """Decide whether `actor` becomes the owner.

    Raises:
        NotFound: the request is another unit's.
        Conflict: `already_accepted` (with `by` and `at`), or `already_ended` (with `state` and `at`).
    """
    _require_own_unit(request, actor)
    _require_open(request)
    if request.state is State.WAITING:
        return Verdict.APPLY
    if request.accepted_by_id == actor.agent_id:
        return Verdict.NOOP
    raise _already_accepted(request)


def release(request: RequestFacts, actor: AgentActor) -> Verdict:
    """Decide whether `actor` may put the request back to waiting: its owner, or the unit's chief.

    Raises:
        NotFound: the request is another unit's.
        Conflict: `already_accepted` by somebody else (and the actor is no chief), or `already_ended`.
    """
    _require_own_unit(request, actor)
    _require_open(request)
    if request.state is State.WAITING:
        return Verdict.NOOP
    _require_owner_or_chief(request, actor)
    return Verdict.APPLY


def transfer(request: RequestFacts, actor: AgentActor, *, to_unit_id: int, to_unit_receives: bool) -> Verdict:
    """Decide whether the request goes to another unit, where it waits again.

    Raises:
        NotFound: the request is another unit's, or the target does not receive requests (`no_such_unit`).
        Conflict: `already_accepted` by somebody else (and the actor is no chief), or `already_ended`.
    """
    _require_own_unit(request, actor)
    _require_open(request)
    if to_unit_id == request.unit_id:
        return Verdict.NOOP
    if not to_unit_receives:
        raise NotFound("no_such_unit")
    _require_owner_or_chief(request, actor)
    return Verdict.APPLY


def close(request: RequestFacts, actor: AgentActor) -> Verdict:
    """Decide whether `actor` may end the request with an outcome: its owner, or the unit's chief.

    Raises:
        NotFound: the request is another unit's.
        Conflict: `not_accepted` (nobody owns it yet), `already_accepted` by somebody else, or `already_ended`.
    """
    _require_own_unit(request, actor)
    if request.state is State.DONE and request.accepted_by_id == actor.agent_id:
        return Verdict.NOOP
    _require_open(request)
    if request.state is State.WAITING:
        raise Conflict("not_accepted")
    _require_owner_or_chief(request, actor)
    return Verdict.APPLY


def note(request: RequestFacts, actor: AgentActor) -> Verdict:
    """Decide whether `actor` may add a note: anybody of the unit, also after the end.

    Raises:
        NotFound: the request is another unit's.
    """
    _require_own_unit(request, actor)
    return Verdict.APPLY


def see(request: RequestFacts, actor: AgentActor) -> Verdict:
    """Decide whether it matters that `actor` has opened the request: as long as it waits.

    Raises:
        NotFound: the request is another unit's.
    """
    _require_own_unit(request, actor)
    return Verdict.APPLY if request.state is State.WAITING else Verdict.NOOP


def withdraw(request: RequestFacts, actor: CitizenActor) -> Verdict:
    """Decide whether the citizen takes the request back.

    Raises:
        Conflict: `already_ended`, done or expired meanwhile.
    """
    del actor  # Whoever holds the follow link may; the edge has checked the link.
    if request.state is State.WITHDRAWN:
        return Verdict.NOOP
    _require_open(request)
    return Verdict.APPLY


def add_word(request: RequestFacts, actor: CitizenActor, *, word: str, last_word: str | None) -> Verdict:
    """Decide whether the citizen adds a word; the very word they added last is a second tap, not a second word.

    Raises:
        Conflict: `already_ended`; a new request is the way then.
    """
    del actor
    _require_open(request)
    return Verdict.NOOP if word == last_word else Verdict.APPLY


def expire(request: RequestFacts, actor: SystemActor) -> Verdict:
    """Decide whether a request that nobody took comes to its end; only waiting ones do."""
    del actor
    return Verdict.APPLY if request.state is State.WAITING else Verdict.NOOP


def _require_own_unit(request: RequestFacts, actor: AgentActor) -> None:
    if actor.serves_in_unit is None:
        raise Forbidden("not_in_a_unit")
    if actor.serves_in_unit != request.unit_id:
        raise NotFound("no_such_request")


def _require_open(request: RequestFacts) -> None:
    if request.state not in OPEN_STATES:
        at = request.ended_at.isoformat() if request.ended_at else None
        raise Conflict("already_ended", {"state": request.state.value, "by": request.accepted_by_name, "at": at})


def _require_owner_or_chief(request: RequestFacts, actor: AgentActor) -> None:
    if request.state is State.ACCEPTED and request.accepted_by_id != actor.agent_id and not actor.is_chief:
        raise _already_accepted(request)


def _already_accepted(request: RequestFacts) -> Conflict:
    at = request.accepted_at.isoformat() if request.accepted_at else None
    return Conflict("already_accepted", {"by": request.accepted_by_name, "at": at})
