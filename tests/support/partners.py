"""Partners' machines: keys, and a program that knows nothing but an address and its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
