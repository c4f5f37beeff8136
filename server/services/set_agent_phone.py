from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from server.services.revoke_sign_ins import find_agent


@dataclass(frozen=True)
class SetAgentPhone:
    """The mobile phone over which the ladder may call an agent; E.164, or None for no calls by text message."""

    login: str
    phone: str | None = field(repr=False)


def set_agent_phone(session: Session, command: SetAgentPhone) -> None:
    """Keep an agent's mobile number, or forget it. No colleague's terminal learns it.

    Raises:
        NotFound: `no_such_agent`.
    """
    find_agent(session, command.login).mobile_phone = command.phone
