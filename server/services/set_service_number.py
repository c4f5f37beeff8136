from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.rules.errors import Conflict, Invalid
from server.services._plannings import match_people_next
from server.services.revoke_sign_ins import find_agent_in_unit

_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True)
class SetServiceNumber:
    """What planning tools call an agent (NIGEND), with or without leading zeros; None: nothing."""

    login: str
    number: str | None


def set_service_number(session: Session, command: SetServiceNumber) -> str | None:
    """Keep the number by which tables of positions name an agent, or forget it; the unit's tables are read again.

    Returns:
        The number as it is kept.

    Raises:
        NotFound: `no_such_agent`.
        Invalid: `number` is `unreadable`: 1 to 10 digits beside leading zeros.
        Conflict: `number_taken` by somebody else.
    """
    agent = find_agent_in_unit(session, command.login)
    number = None
    if command.number is not None:
        number = command.number.strip().lstrip("0") or "0"
        if not _NUMBER.fullmatch(command.number.strip()) or len(number) > 10:
            raise Invalid("invalid_arguments", {"fields": {"number": "unreadable"}})
    agent.service_number = number
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("number_taken") from None
    match_people_next(session, agent.unit_id)
    return number
