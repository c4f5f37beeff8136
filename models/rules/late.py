"""Who may read what climbs and what is late, and how much of it."""

from __future__ import annotations

from models.rules.actor import AgentActor, Role
from models.rules.errors import Forbidden


def unit_in_sight(actor: AgentActor) -> int | None:
    """The unit whose waits the actor may read: a chief's own; None for a supervisor, who reads those of every unit.

    Raises:
        Forbidden: `answers_for_nobody`.
    """
    if Role.SUPERVISOR in actor.roles:
        return None
    if actor.is_chief and actor.unit_id is not None:
        return actor.unit_id
    raise Forbidden("answers_for_nobody")


def may_know_reason(actor: AgentActor, unit_id: int) -> bool:
    """Say whether the actor may read why somebody waits in the unit: load and deadlines need no reason."""
    return actor.serves_in_unit == unit_id
