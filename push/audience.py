"""Who must hear of an event outside the terminals, over which channels. Pure: event and situation in, people out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.events import (
    RequestAccepted,
    RequestClosed,
    RequestCreated,
    RequestEvent,
    RequestExpired,
    RequestLate,
    RequestOpinionAsked,
    RequestTransferred,
    RequestWithdrawn,
)
from models.rules.request_lifecycle import OPEN_STATES, State
from push.ways import Recipient, Ways, in_order


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is true of the request when the notice is about to leave, which may be hours after the event."""

    state: State
    erased: bool
    accepted_at: datetime | None
    transferred_at: datetime | None
    ways: Ways


def audience(event: RequestEvent, situation: Situation) -> tuple[Recipient, ...]:
    """Say who must hear of `event` now.

    Returns:
        The same person over each way that there is, in the order of `push.ways.in_order`; nobody when the event
        concerns nobody outside, when later events have overtaken it (each of those has its own notice), when the
        request has been erased, or when they do not want to hear of it.
    """
    still_true = _STILL_TRUE.get(type(event))
    if still_true is None or situation.erased or not still_true(event, situation):
        return ()
    return in_order(situation.ways)


def _still_open(_event: RequestEvent, situation: Situation) -> bool:
    return situation.state in OPEN_STATES


def _still_with_this_agent(event: RequestEvent, situation: Situation) -> bool:
    # Given back or passed on meanwhile, "somebody takes care of it" would be untrue.
    return situation.state is State.ACCEPTED and situation.accepted_at == event.at


def _still_waiting_there(event: RequestEvent, situation: Situation) -> bool:
    return situation.state is State.WAITING and situation.transferred_at == event.at


def _still_waiting(_event: RequestEvent, situation: Situation) -> bool:
    return situation.state is State.WAITING


def _still_done(_event: RequestEvent, situation: Situation) -> bool:
    return situation.state is State.DONE


def _always(_event: RequestEvent, _situation: Situation) -> bool:
    return True


_STILL_TRUE: dict[type[RequestEvent], Callable[[RequestEvent, Situation], bool]] = {
    RequestCreated: _still_open,
    RequestAccepted: _still_with_this_agent,
    RequestTransferred: _still_waiting_there,
    RequestClosed: _always,
    RequestWithdrawn: _always,
    RequestExpired: _always,
    RequestLate: _still_waiting,
    RequestOpinionAsked: _still_done,
}
