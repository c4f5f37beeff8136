"""Who may have a terminal enrolled, who may see and revoke one, and the code that a device is enrolled with."""

from __future__ import annotations

from collections.abc import Callable

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague, require_unit, speak_for
from models.rules.errors import NotFound
from models.rules.references import ALPHABET

_GROUPS, _GROUP = 4, 4


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


def draw_code(below: Callable[[int], int]) -> str:
    """Draw a code such as `7K4Q-29PX-MW3T-H8RD`: 78 bits, and short enough to be typed where no camera reads it.

    Args:
        below: returns a random integer in [0, n), such as `secrets.randbelow`.
    """
    groups = ("".join(ALPHABET[below(len(ALPHABET))] for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def normalise_code(typed: str) -> str:
    """Return a code as it was drawn from what somebody typed: any case, spaces or missing hyphens."""
    bare = "".join(char for char in typed.upper() if char.isalnum())
    return "-".join(bare[start : start + _GROUP] for start in range(0, len(bare), _GROUP))
