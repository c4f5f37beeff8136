"""Who may have a terminal enrolled, and who may see and revoke one."""

from __future__ import annotations

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague, require_unit, speak_for
from models.rules.errors import NotFound


def enrol(actor: AgentActor, owner: Colleague | None) -> Colleague:
    """Return the agent for whom a terminal may be enrolled: the actor, somebody of a chief's unit, or, for an
    administrator, anybody who serves in a unit.

    Raises:
        Forbidden: `not_in_a_unit` (a terminal is for those who serve in one), or `chief_only`.
        NotFound: `no_such_agent`.
    """
    if Role.ADMINISTRATOR in actor.roles and owner is not None and owner.agent_id != actor.agent_id:
        if owner.serves_in_unit is None:
            raise NotFound("no_such_agent")
        return owner
    require_unit(actor)
    return speak_for(actor, owner)


def revoke(actor: AgentActor, owner: Colleague) -> None:
    """Let the owner, the chief of the owner's unit and administrators end a terminal.

    Raises:
        NotFound: `no_such_terminal`: for everybody else there is none.
    """
    if owner.agent_id == actor.agent_id or Role.ADMINISTRATOR in actor.roles:
        return
    if actor.is_chief and owner.serves_in_unit is not None and owner.serves_in_unit == actor.serves_in_unit:
        return
    raise NotFound("no_such_terminal")
