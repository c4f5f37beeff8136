"""Who can sign in to the demonstration: every role, in two units and at the desk; each password is drawn anew."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.rules.references import CALL_BACK_WORDS
from server.services.create_agent import CreateAgent, create_agent

BELLEY = 9001002
AMBERIEU = 9001001


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    role: Role
    unit_id: int | None = None
    unit: str = "brigade numérique"


PEOPLE = (
    Person("lea.marchand", "Léa Marchand", Role.GENDARME, BELLEY, "Belley"),
    Person("hugo.perrin", "Hugo Perrin", Role.GENDARME, BELLEY, "Belley"),
    Person("sophie.girard", "Sophie Girard", Role.CHIEF, BELLEY, "Belley"),
    Person("karim.benali", "Karim Benali", Role.GENDARME, AMBERIEU, "Ambérieu-en-Bugey"),
    Person("anne.rousset", "Anne Rousset", Role.CHIEF, AMBERIEU, "Ambérieu-en-Bugey"),
    Person("nora.fontaine", "Nora Fontaine", Role.OPERATOR),
    Person("marc.delorme", "Marc Delorme", Role.SUPERVISOR),
    Person("ines.vidal", "Inès Vidal", Role.ADMINISTRATOR),
)

# Only words that every keyboard can type.
_WORDS = tuple(word for word in CALL_BACK_WORDS if set(word) <= set(string.ascii_lowercase))


@dataclass(frozen=True)
class DemoSignIn:
    """One line of what `make run` prints; the password is kept nowhere else in clear."""

    role: str
    unit: str
    login: str
    password: str = field(repr=False)


def create_people(session: Session, now: datetime) -> tuple[dict[str, AgentActor], list[DemoSignIn]]:
    """Open the accounts.

    Returns:
        The agents as actors by login, for the stories; and the sign-ins to tell the person who runs this.
    """
    actors: dict[str, AgentActor] = {}
    sign_ins = []
    for person in PEOPLE:
        password = draw_password()
        agent = create_agent(
            session, CreateAgent(person.login, person.name, frozenset({person.role}), person.unit_id, password), now
        )
        actors[person.login] = AgentActor(agent.id, agent.name, agent.unit_id, frozenset({person.role}))
        sign_ins.append(DemoSignIn(person.role.value, person.unit, person.login, password))
    return actors, sign_ins


def draw_password() -> str:
    """Four words and three digits: more than 35 bits, and easy to copy onto a phone."""
    words = "-".join(secrets.choice(_WORDS) for _ in range(4))
    return f"{words}-{secrets.randbelow(900) + 100}"
