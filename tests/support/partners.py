"""Partners' machines: keys, and a program that knows nothing but an address and its key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from models.database import Database
from models.rules.api_keys import Scope
from server.services.create_api_key import CreateApiKey, CreatedApiKey, create_api_key
from tests.support.seed import NOW, TOKENS
from tests.support.terminals import Clock, application

BOTH = (Scope.SLOTS_READ, Scope.BOOKINGS_WRITE)


def make_key(
    database: Database, scopes: Iterable[Scope] = BOTH, *, unit_id: int | None = None, reason: str | None = None
) -> CreatedApiKey:
    with database.transaction() as session:
        return create_api_key(session, CreateApiKey("A partner", frozenset(scopes), unit_id, reason), NOW, TOKENS)


class Machine:
    """A partner's program; `headers` show its key."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    def __call__(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Any:
        return self.app.test_client().open(path, method=method, headers={**self.headers, **(headers or {})}, **options)


def bearer(app: Any, key: str) -> Machine:
    return Machine(app, {"Authorization": f"Bearer {key}"})


def visioplainte(app: Any, key: str) -> Machine:
    return Machine(app, {"X-VISIOPLAINTE-API-KEY": key})


def clocked(database: Database) -> tuple[Any, Clock]:
    """The application with a clock that the test sets."""
    clock = Clock()
    return application(database, clock), clock


class RemoteComplaints:
    """The calling service, over real HTTP; an address and a key are all that its configuration holds."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url, self.key = base_url, key

    def call(self, method: str, path: str, **query: Any) -> tuple[int, Any]:
        address = f"{self.base_url}/api/visioplainte{path}"
        if query:
            address += "?" + urlencode(query, doseq=True)
        request = Request(address, method=method, headers={"X-VISIOPLAINTE-API-KEY": self.key})
        try:
            with urlopen(request, timeout=30) as answer:
                body = answer.read()
                return answer.status, json.loads(body) if body else None
        except HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read())
