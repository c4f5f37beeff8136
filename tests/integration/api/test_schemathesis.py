"""Schemathesis reads /api/openapi.json and tries, with every check it has, to catch the real application in a lie."""

from __future__ import annotations

import base64
import itertools
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from sqlalchemy.orm import Session

from models.database import Database
from models.rules.actor import Role
from models.rules.api_keys import Scope
from models.tables import Agent, AgentSession, ApiKey, Unit
from push.vapid import VapidKey
from server.app import create_app
from server.config import load_settings
from server.context import Context, install
from server.health import HealthProbe
from server.partners import CONTRACT_HEADER
from server.services.sign_in import SESSION_LENGTH
from tests.support import cluster
from tests.support.kannel import CALLBACK_SECRET
from tests.support.push_subscribers import seed_terminal
from tests.support.seed import NOW, SECRET_KEY, TOKENS, seed_agent, seed_territory
from tests.support.terminals import Clock

EXAMPLES = 400 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 20
CONFIG = SchemathesisConfig.from_dict(
    {
        "operations": [
            {
                # Which communes, reasons and telephone numbers exist no schema can say: these are refused with 422
                # although their shape is right. Every other operation takes whatever its schema allows.
                "include-name": "POST /api/contact-requests",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "422"]}},
            },
            {
                # Nor which units, held times and bookings exist, nor whether a time is free and a day within reach.
                "include-path-regex": "^/api/(v1|visioplainte)/",
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": ["200", "201", "204", "404", "409", "422"]}
                },
            },
            {
                # Nor which day is before which, and how many days between two are too many.
                "include-name": "GET /api/units/{unit_id}/slots/explanation",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["200", "404", "422"]}},
            },
            {
                # Nor where something may be sent, and what is a key.
                "include-name": "PUT /api/terminals/this/push-subscription",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["200", "422", "429"]}},
            },
            {
                # Nor what a cursor looks like, which is ours alone.
                "include-name": "GET /api/late",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["200", "422"]}},
            },
            {
                # What is signed by us no schema can say, and one agent asks for so many tests only.
                "include-name": "POST /api/push/receipts",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["204", "403"]}},
            },
            {
                "include-name": "POST /api/terminals/this/push-tests",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "429"]}},
            },
            {
                # Nor what may be asked for a planning, whose it is, and what a table must be; so many tries only.
                "include-path-regex": "^/api/(plannings|calendar-trials)",
                "checks": {
                    "positive_data_acceptance": {
                        "expected-statuses": ["200", "201", "202", "204", "404", "409", "422", "429"]
                    }
                },
            },
            {
                # Where an agenda may be, who serves in the unit, and how many agendas are enough.
                "include-name": "POST /api/calendar-exports",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "404", "409", "422", "429"]}},
            },
            {
                # Which there are, and where each of them may be.
                "include-path-regex": "^/api/calendar-exports/{export_id}",
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": ["200", "202", "204", "404", "422", "429"]}
                },
            },
            {
                # Who serves in the unit no schema can say either, and one agent asks for so many codes only.
                "include-name": "POST /api/terminals/enrolments",
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "404", "429"]}},
            },
        ]
    }
)


SETTINGS = load_settings(
    # The operations are listed before any test runs, when there is no database yet; `world` brings one.
    {
        "DATABASE_URL": "postgresql://localhost:1/none",
        "SECRET_KEY": SECRET_KEY.decode(),
        "TRUSTED_PROXIES": "1",
        "VAPID_KEYS": VapidKey.make().write(),
        "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr",
        "SMS_KANNEL_URL": "http://brigade:essai@localhost:1/cgi-bin/sendsms",
        "SMS_KANNEL_FROM": "36112",
        "SMS_KANNEL_SECRET": CALLBACK_SECRET,
    }
)
app = create_app(SETTINGS, Database(SETTINGS.database_url), Context(SETTINGS, Database(SETTINGS.database_url), TOKENS))
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=CONFIG)
# Known before any database is: the operations are prepared when the tests are collected.
KEY = "bn_a key that every operation for partners knows"
TOKEN, TOKEN_TO_GIVE_UP = "a sign-in that stays", "a sign-in for each sign-out"
TERMINAL = "the credential of an enrolled terminal"


@schema.auth(refresh_interval=None).apply_to(
    path_regex=(
        "/api/(me|late|sync/.*|(plannings|calendar-trials|calendar-exports|terminals)(/.*)?"
        "|units/(search|.*/slots/explanation)|sign-out)$"
    )
)
class SignIn:
    """The agent's cookie and its proof against foreign pages, on the operations that ask for them."""

    def get(self, case: Any, _context: Any) -> str:
        if case.operation.path.startswith("/api/terminals/this/"):
            return TERMINAL
        return TOKEN_TO_GIVE_UP if case.operation.path == "/api/sign-out" else TOKEN

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.cookies = {**(case.cookies or {}), "agent": data}
        case.headers = {**(case.headers or {}), "X-CSRF-Token": TOKENS.csrf(data)}


@schema.auth(refresh_interval=None).apply_to(path_regex="/api/(v1|visioplainte)/.*$")
class ShowKey:
    """A partner's key with every scope, on the operations for partners."""

    def get(self, _case: Any, _context: Any) -> str:
        return KEY

    def set(self, case: Any, data: str, _context: Any) -> None:
        shown = {"Authorization": f"Bearer {data}", CONTRACT_HEADER: data}
        case.headers = {**(case.headers or {}), **shown}


@schema.auth(refresh_interval=None).apply_to(path_regex="/api/sms/kannel/messages$")
class ShowPassword:
    """Kannel's password, where Kannel hands over what it received."""

    def get(self, _case: Any, _context: Any) -> str:
        return base64.b64encode(f"kannel:{CALLBACK_SECRET}".encode()).decode()

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Basic {data}"}


@pytest.fixture(scope="module")
def world(postgres_url: str) -> Iterator[dict[str, Any]]:
    """A database with one unit and its chief, who has a sign-in to use and others to give up."""
    with cluster.database_copy(postgres_url) as url:
        database = Database(url)
        with database.transaction() as session:
            unit = seed_territory(session)
            agent = seed_agent(session, unit, Role.CHIEF)
            _sign_in(session, agent, TOKEN)
            seed_terminal(session, agent, TERMINAL)
            _give_key(session, unit)
        install(app, Context(SETTINGS, database, TOKENS, Clock()))
        app.extensions["health_probe"] = HealthProbe(url)
        yield {"database": database, "agent": agent}
        database.dispose()


addresses = itertools.count(1)


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    derandomize="CI" in os.environ,
)
def test_it_finds_nothing(world: dict[str, Any], case: Any) -> None:
    if case.operation.path == "/api/sign-out":
        # The one operation that uses its sign-in up.
        with world["database"].transaction() as session:
            _sign_in(session, world["agent"], TOKEN_TO_GIVE_UP)
    number = next(addresses)
    # Each call from an address of its own: the rate limits have a test of their own.
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    # The client that is made for WSGI asks for what is compressed, and cannot read it.
    case.call_and_validate(headers={"X-Forwarded-For": address, "Accept-Encoding": "identity"})


def _give_key(session: Session, unit: Unit) -> None:
    session.add(
        ApiKey(
            name="Schemathesis",
            key_hash=TOKENS.stored_hash("api-key", KEY),
            scopes=sorted(Scope),
            unit_id=unit.id,
            reason_code="other",
            created_at=NOW,
        )
    )


def _sign_in(session: Session, agent: Agent, token: str) -> None:
    session.merge(
        AgentSession(
            token_hash=TOKENS.stored_hash("agent-session", token),
            agent_id=agent.id,
            created_at=NOW,
            last_seen_at=NOW,
            expires_at=NOW + SESSION_LENGTH,
            revoked_at=None,
        )
    )
