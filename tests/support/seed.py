"""Rows that tests begin with: a unit, a commune, an agent, a request, each with sensible values of our own."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Text, cast, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.rules.commune_names import fold, search_words, without_article
from models.rules.contact_details import ContactDetails
from models.tables import Agent, AgentSession, Commune, CommuneName, ContactRequest, Jurisdiction, Unit
from server.services.create_contact_request import CreateContactRequest, CreatedRequest, create_contact_request
from server.services.sign_in import SESSION_LENGTH, hash_password
from server.tokens import Tokens

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
SECRET_KEY = b"a key that only the tests know, 32+ characters"
TOKENS = Tokens(SECRET_KEY)
PASSWORD = "un mot de passe d’essai"

_numbers = itertools.count(1)
_password_hashes: dict[str, str] = {}


def seed_commune(session: Session, insee: str = "01034", name: str = "Belley", postcode: str = "01300") -> Commune:
    commune = Commune(
        insee=insee,
        name=name,
        search_name=fold(name),
        kind="commune-actuelle",
        departement=insee[:2],
        departement_name="Ain",
        region="84",
        population=9000,
        postcodes=[postcode],
        merged_into=None,
    )
    session.add(commune)
    session.flush()
    session.add(
        CommuneName(
            insee=insee,
            name=name,
            search_name=fold(name),
            short_name=without_article(fold(name)),
            words=func.array_to_tsvector(cast([*search_words(fold(name)), postcode, insee], ARRAY(Text))),
            population=commune.population,
            is_current=True,
        )
    )
    session.flush()
    return commune


def seed_unit(session: Session, unit_id: int = 1008593, name: str = "Brigade de gendarmerie de Belley") -> Unit:
    unit = Unit(
        id=unit_id,
        directory_id=None,
        name=name,
        kind="brigade",
        institution="GN",
        address="9 rue Mante",
        postcode="01300",
        commune_insee="01034",
        commune_name="Belley",
        latitude=45.7555,
        longitude=5.6827,
        phone="+33465710012",
        phone_as_printed="04 65 71 00 12",
        email=None,
        url=None,
        time_zone="Europe/Paris",
        holiday_zone="Métropole",
        opening_hours=None,
        opening_hours_as_printed="",
        grouping=None,
        receives_contact_requests=True,
    )
    session.add(unit)
    session.flush()
    return unit


def seed_jurisdiction(session: Session, commune: Commune, unit: Unit | None, institution: str = "GN") -> Jurisdiction:
    jurisdiction = Jurisdiction(
        commune_insee=commune.insee,
        institution=institution,
        service_id="" if unit is None else str(unit.id),
        service_name="" if unit is None else unit.name,
        valid_from=date(2020, 1, 1),
        valid_until=None,
    )
    session.add(jurisdiction)
    session.flush()
    return jurisdiction


def seed_territory(session: Session) -> Unit:
    """One unit that is competent for one commune: the least that a contact request needs."""
    unit = seed_unit(session)
    seed_jurisdiction(session, seed_commune(session), unit)
    return unit


def seed_agent(
    session: Session, unit: Unit | None, *roles: Role, name: str | None = None, login: str | None = None
) -> Agent:
    number = next(_numbers)
    agent = Agent(
        login=login or f"agent{number}",
        name=name or f"Agent {number}",
        unit_id=None if unit is None else unit.id,
        roles=sorted(roles or (Role.GENDARME,)),
        # Argon2 is slow on purpose; one hash serves every agent of a test run.
        password_hash=_password_hashes.setdefault(PASSWORD, "") or _hash_once(),
        active=True,
        created_at=NOW,
    )
    session.add(agent)
    session.flush()
    return agent


def seed_sign_in(session: Session, agent: Agent, *, now: datetime = NOW, tokens: Tokens = TOKENS) -> str:
    """Sign an agent in without the cost of a password; returns the cookie's token."""
    token = f"test-token-{uuid4()}"
    session.add(
        AgentSession(
            token_hash=tokens.stored_hash("agent-session", token),
            agent_id=agent.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    session.flush()
    return token


def actor_of(agent: Agent) -> AgentActor:
    return AgentActor(agent.id, agent.name, agent.unit_id, frozenset(Role(role) for role in agent.roles))


def details(**changes: object) -> ContactDetails:
    """The answers of a citizen of Belley, with `changes`."""
    values: dict[str, object] = {
        "commune_insee": "01034",
        "reason_code": "complaint",
        "channel": "phone",
        "call_window": "asap",
        "safe_time": "",
        "may_leave_message": True,
        "facts": "On a volé mon vélo devant la gare.",
        "place": "Gare de Belley",
        "caller_name": "Camille Essai",
        "phone": "+33639980012",
        "phone_is_valid": True,
        "email": "camille@example.org",
        **changes,
    }
    return ContactDetails(**values)  # type: ignore[arg-type]


def send_request(
    session: Session,
    *,
    key: str | None = None,
    unit: int | None = None,
    now: datetime = NOW,
    tokens: Tokens = TOKENS,
    **changes: object,
) -> CreatedRequest:
    """Send a request through the service, as an edge does; `unit` is one that the citizen chose themselves."""
    command = CreateContactRequest(details(**changes), "fr", key or str(uuid4()), chosen_unit_id=unit)
    return create_contact_request(session, command, now, tokens)


def request_row(session: Session, created: CreatedRequest) -> ContactRequest:
    return session.get_one(ContactRequest, created.request_id, populate_existing=True)


def _hash_once() -> str:
    _password_hashes[PASSWORD] = hash_password(PASSWORD)
    return _password_hashes[PASSWORD]
