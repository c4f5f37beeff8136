"""Reads the rights of sockets that join at the same moment in one query.

After a restart every terminal comes back at once. One transaction for each would keep the process and the database
busy for a minute; those who wait while a query runs share the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_socketio import SocketIO

from models.database import Database
from server.realtime import rights
from server.realtime.registry import LiveSockets

# A statement with more values gains nothing more.
LARGEST_BATCH = 200


class _Question:
    def __init__(self, token_hash: bytes, answered: Any) -> None:
        self.token_hash = token_hash
        self.answered = answered
        self.answer: Any = None
        self.error: Exception | None = None


class RightsDesk:
    """Answers who may listen to what, for the sockets of one process."""

    def __init__(
        self, socketio: SocketIO, sockets: LiveSockets, database: Database, now: Callable[[], datetime]
    ) -> None:
        self._socketio = socketio
        self._sockets = sockets
        self._database = database
        self._now = now
        self._waiting: dict[Any, list[_Question]] = {rights.terminals: [], rights.citizens: []}
        self._working = False

    def terminal(self, token_hash: bytes) -> tuple[int, str] | None:
        """The agent behind a sign-in and the scope that they may listen to now, or None."""
        answer: tuple[int, str] | None = self._ask(rights.terminals, token_hash)
        return answer

    def citizen(self, token_hash: bytes) -> str | None:
        """The scope of the request or the booking that a follow link may listen to now, or None."""
        answer: str | None = self._ask(rights.citizens, token_hash)
        return answer

    def _ask(self, read: Any, token_hash: bytes) -> Any:
        while True:
            changes = self._sockets.changes
            question = _Question(token_hash, self._socketio.server.eio.create_event())
            self._waiting[read].append(question)
            if not self._working:
                self._working = True
                self._socketio.start_background_task(self._work)
            question.answered.wait()
            if question.error is not None:
                raise question.error
            # A right that ended meanwhile was reported before there was a ticket to find: look again.
            if question.answer is None or changes == self._sockets.changes:
                return question.answer

    def _work(self) -> None:
        while any(self._waiting.values()):
            for read, waiting in self._waiting.items():
                batch = [waiting.pop() for _ in range(min(len(waiting), LARGEST_BATCH))]
                if batch:
                    self._answer(read, batch)
        # In threads, somebody may have come between the last look and here; the next one who asks starts the work.
        self._working = False
        if any(self._waiting.values()):
            self._socketio.start_background_task(self._work)

    def _answer(self, read: Any, batch: list[_Question]) -> None:
        try:
            with self._database.transaction() as session:
                found = read(session, [question.token_hash for question in batch], self._now())
            for question in batch:
                question.answer = found.get(question.token_hash)
        except Exception as error:
            for question in batch:
                question.error = error
        finally:
            for question in batch:
                question.answered.set()
