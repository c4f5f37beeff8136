"""Everybody who may knock: each role with its cookie, in a world with two units and one request of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models.database import Database
from models.rules.actor import Role
from models.tables import Agent, AgentSession, Unit
from server.services.create_contact_request import CreatedRequest
from tests.support.seed import NOW, TOKENS, seed_agent, seed_sign_in, seed_territory, seed_unit, send_request
from tests.support.terminals import application

UNIT_A, UNIT_B = 1008593, 1008600
SECRET_WORDS = "Un secret que seule l’unité A peut lire."

ANONYMOUS = "anonymous"
GENDARME_A, GENDARME_B, CHIEF_A = "gendarme of A", "gendarme of B", "chief of A"
OPERATOR, SUPERVISOR, ADMINISTRATOR = "operator", "supervisor", "administrator"
REVOKED, CLOSED = "revoked sign-in", "closed account"
ROLES = (
    ANONYMOUS, GENDARME_A, GENDARME_B, CHIEF_A, OPERATOR, SUPERVISOR, ADMINISTRATOR, REVOKED, CLOSED,
)  # fmt: skip
IN_A = (GENDARME_A, CHIEF_A)
IN_A_UNIT = (*IN_A, GENDARME_B)
SIGNED_IN = (*IN_A_UNIT, OPERATOR, SUPERVISOR, ADMINISTRATOR)
NOBODY = (ANONYMOUS, REVOKED, CLOSED)


@dataclass
class World:
    """The application and who is in it; `tokens` has the cookie of each role that holds one."""

    app: Flask
    database: Database
    agents: Mapping[str, Agent]
    tokens: dict[str, str]
    sent: CreatedRequest

    @property
    def request_id(self) -> UUID:
        return self.sent.request_id

    def client(self, role: str) -> FlaskClient:
        """A browser of this role, with its cookie."""
        client = self.app.test_client()
        if role in self.tokens:
            client.set_cookie("agent", self.tokens[role])
        return client

    def proof(self, role: str) -> dict[str, str]:
        """The header that proves that a write comes from our own page."""
        return {"X-CSRF-Token": TOKENS.csrf(self.tokens[role])} if role in self.tokens else {}

    def call(self, role: str, method: str, path: str, **options: Any) -> Any:
        """Call as this role, with all that its own page would send."""
        headers = {**self.proof(role), **options.pop("headers", {})}
        return self.client(role).open(path, method=method, headers=headers, **options)

    def push(self, role: str, op: str, **args: Any) -> Any:
        """Push one mutation from an outbox of its own."""
        mutation = {"seq": 1, "op": op, "args": args}
        return self.call(
            role, "POST", "/api/sync/push", json={"client": str(uuid4()), "schema": 1, "mutations": [mutation]}
        )


@contextmanager
def world_on(database: Database, now: datetime = NOW) -> Iterator[World]:
    """People, units and a request on an empty database; `now` is the present for tests on real processes."""
    with database.transaction() as session:
        unit_a = seed_territory(session)
        unit_b = seed_unit(session, UNIT_B, "Brigade de gendarmerie d’Ambérieu")
        units: dict[str, tuple[Unit | None, Role]] = {
            GENDARME_A: (unit_a, Role.GENDARME),
            GENDARME_B: (unit_b, Role.GENDARME),
            CHIEF_A: (unit_a, Role.CHIEF),
            OPERATOR: (None, Role.OPERATOR),
            SUPERVISOR: (None, Role.SUPERVISOR),
            ADMINISTRATOR: (None, Role.ADMINISTRATOR),
            REVOKED: (unit_a, Role.GENDARME),
            CLOSED: (unit_a, Role.CHIEF),
        }
        agents = {name: seed_agent(session, unit, role, name=name) for name, (unit, role) in units.items()}
        tokens = {name: seed_sign_in(session, agent, now=now) for name, agent in agents.items()}
        session.execute(
            update(AgentSession)
            .where(AgentSession.agent_id == agents[REVOKED].id)
            .values(revoked_at=AgentSession.created_at)
        )
        agents[CLOSED].active = False
        sent = send_request(session, now=now, facts=SECRET_WORDS)
    yield World(application(database), database, agents, tokens, sent)
