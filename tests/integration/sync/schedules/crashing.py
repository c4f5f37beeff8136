"""What breaks on the server's side: a process that dies in the middle of a transaction, and a bug in the code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.database import Database
from server.services import mutations

POISONED = "poisoned"


class ServerCrash(BaseException):
    """The process dies: nothing in the application may catch it."""


class CrashingDatabase(Database):
    """Dies before or after the commit of a call's n-th transaction, and never waits long for a lock."""

    _before_commit: int | None = None
    _after_commit: int | None = None

    def crash(self, transaction: int | None, *, after: bool = False) -> None:
        """Die at the commit of the n-th transaction from now; never, when None."""
        self._before_commit = None if after else transaction
        self._after_commit = transaction if after else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with super().transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '15ms'"))
            yield session
            self._before_commit = _count_down(self._before_commit)
        self._after_commit = _count_down(self._after_commit)


def _count_down(left: int | None) -> int | None:
    if left == 1:
        raise ServerCrash
    return None if left is None else left - 1


@contextmanager
def a_bug_in_notes() -> Iterator[None]:
    """Writing a poisoned note fails each time, in a way that nobody thought of."""
    good = mutations.MUTATIONS["request.note"]

    def service(session: Any, command: Any, *others: Any) -> Any:
        if command.text.startswith(POISONED):
            raise RuntimeError("a bug nobody thought of")
        return good.service(session, command, *others)

    mutations.MUTATIONS["request.note"] = replace(good, service=service)
    try:
        yield
    finally:
        mutations.MUTATIONS["request.note"] = good
