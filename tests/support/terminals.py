"""A terminal without a browser: signs in by cookie, pushes and pulls through the real application."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from models.database import Database
from models.tables import Agent
from server.app import create_app
from server.config import load_settings
from server.context import Context
from tests.support.seed import NOW, SECRET_KEY, TOKENS, seed_sign_in


class Clock:
    """A clock that tests set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def application(database: Database, clock: Clock | None = None, **environment: str) -> Any:
    """The real application on a test database, with the tests' own clock and further settings."""
    settings = load_settings({"DATABASE_URL": database.url, "SECRET_KEY": SECRET_KEY.decode(), **environment})
    return create_app(settings, database, Context(settings, database, TOKENS, clock or Clock()))


class Terminal:
    """One outbox of one agent."""

    def __init__(self, app: Any, database: Database, agent: Agent, now: datetime = NOW) -> None:
        self.client_id = str(uuid4())
        self.http: FlaskClient = app.test_client()
        with database.transaction() as session:
            self.token = seed_sign_in(session, agent, now=now)
        self.http.set_cookie("agent", self.token)
        self._numbers = count(1)
        self.cursor = ""
        self.docs: dict[str, Any] = {}

    def mutation(self, op: str, **args: Any) -> dict[str, Any]:
        return {"seq": next(self._numbers), "op": op, "args": args, "at": NOW.isoformat()}

    def push(self, *mutations: dict[str, Any], client: str | None = None) -> Any:
        return self.http.post(
            "/api/sync/push",
            json={"client": client or self.client_id, "schema": 1, "mutations": list(mutations)},
            headers={"X-CSRF-Token": TOKENS.csrf(self.token)},
        )

    def do(self, op: str, **args: Any) -> dict[str, Any]:
        """Push one mutation and return its result."""
        response = self.push(self.mutation(op, **args))
        assert response.status_code == 200, response.json
        (result,) = response.json["results"]
        return dict(result)

    def pull(self) -> dict[str, Any]:
        """Pull until there is no more, and keep the documents as a terminal does."""
        while True:
            response = self.http.get("/api/sync/pull", query_string={"client": self.client_id, "cursor": self.cursor})
            assert response.status_code == 200, response.json
            page: dict[str, Any] = response.json
            if page["reset"]:
                self.docs = {}
            for doc in page["docs"]:
                if doc["body"] is None:
                    self.docs.pop(doc["k"], None)
                else:
                    self.docs[doc["k"]] = doc["body"]
            self.cursor = page["cursor"]
            if not page["more"]:
                return page
