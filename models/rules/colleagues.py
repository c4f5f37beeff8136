"""For whom an agent may speak: for themself, and a chief for everybody of the unit."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.actor import AgentActor
from models.rules.errors import Forbidden, NotFound


@dataclass(frozen=True)
class Colleague:
    """An agent as the rules see one; `serves_in_unit` is None for desk roles and closed accounts."""

    agent_id: int
    name: str
    serves_in_unit: int | None


def require_unit(actor: AgentActor) -> int:
    """Return the unit that the actor serves in.

    Raises:
        Forbidden: `not_in_a_unit`.
    """
    if actor.serves_in_unit is None:
        raise Forbidden("not_in_a_unit")
    return actor.serves_in_unit


def require_chief(actor: AgentActor) -> None:
    """Let only chiefs through.

    Raises:
        Forbidden: `chief_only`.
    """
    if not actor.is_chief:
        raise Forbidden("chief_only")


def speak_for(actor: AgentActor, colleague: Colleague | None) -> Colleague:
    """Return `colleague` when the actor may set something in their name.

    Raises:
        Forbidden: `not_in_a_unit`, or `chief_only` for somebody else.
        NotFound: `no_such_agent`: nobody of the actor's unit.
    """
    unit_id = require_unit(actor)
    if colleague is None or colleague.serves_in_unit != unit_id:
        raise NotFound("no_such_agent")
    if colleague.agent_id != actor.agent_id:
        require_chief(actor)
    return colleague
