"""LISTENs to PostgreSQL and passes on what it hears: pokes for the sockets of this process, and rights that ended."""

from __future__ import annotations

import json
import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import psycopg

from models.database import libpq_url
from models.record import POKE_CHANNEL

log = logging.getLogger(__name__)

# Filled by triggers (migration 0003): whoever ends a right, and in whichever way, the sockets hear of it at commit.
RIGHTS_CHANNEL = "rights"
SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
EVERYBODY = "*"


class Tasks(Protocol):
    """How the async mode in use starts and suspends tasks; Flask-SocketIO's own two methods."""

    def start_background_task(self, target: Callable[..., None], *args: Any) -> Any: ...

    def sleep(self, seconds: float = 0) -> None: ...


class Audience(Protocol):
    """Who is told; none of these may wait for the database, or the listener falls behind."""

    def poke(self, scope: str, version: int | None) -> None:
        """Something new in `scope`, up to `version`."""

    def poke_everybody(self) -> None:
        """Pokes may have been missed: everybody looks for themselves."""

    def rights_changed(self, key: str | None) -> None:
        """The rights of `key` (`sign-in:…`, `agent:…`, `request:…`) changed, or anybody's (None)."""


class PokeRelay:
    """One listener for each web process; whenever it begins to hear, it tells everybody to look again.

    It reconnects by itself. The first time counts as well: after a restart the sockets are often back before it is.

    Args:
        heartbeat: seconds after which a silent connection is asked whether it still lives; one that does not
            answer for as long again is given up.
    """

    def __init__(self, database_url: str, tasks: Tasks, audience: Audience, *, heartbeat: float = 15.0) -> None:
        self._url = libpq_url(database_url)
        self._tasks = tasks
        self._audience = audience
        self._heartbeat = heartbeat
        self._connection: psycopg.Connection[Any] | None = None
        self._heard = time.monotonic()
        self._stopped = False
        self._pending: dict[str, int | None] = {}
        self._flushing = False
        self._lock = threading.Lock()

    def start(self) -> None:
        self._tasks.start_background_task(self._run)
        self._tasks.start_background_task(self._watch)

    def stop(self) -> None:
        """Hear nothing more; the tasks end by themselves."""
        self._stopped = True
        self._hang_up()

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopped:
            try:
                with self._connect() as connection:
                    log.info("poke listener listens")
                    self._audience.poke_everybody()
                    self._audience.rights_changed(None)
                    pause = SHORTEST_PAUSE
                    self._follow(connection)
            except (psycopg.Error, OSError) as error:
                if not self._stopped:
                    log.warning("poke listener lost the database (%s); trying again", type(error).__name__)
            except Exception:
                # Without its listener a process would hold thousands of sockets that never hear anything again.
                log.exception("poke listener failed; trying again")
            finally:
                self._connection = None
            self._tasks.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 -- jitter, not a secret.
            pause = min(pause * 2, LONGEST_PAUSE)

    def _connect(self) -> psycopg.Connection[Any]:
        patience = max(1, round(self._heartbeat))
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            application_name="brigade pokes",
            connect_timeout=max(2, patience),
            # A network that swallows packets says nothing: the kernel has to ask, and to give up by itself.
            keepalives_idle=patience,
            keepalives_interval=max(1, patience // 3),
            keepalives_count=3,
            tcp_user_timeout=patience * 2000,
        )
        self._heard = time.monotonic()
        self._connection = connection
        connection.execute(f"LISTEN {POKE_CHANNEL}")
        connection.execute(f"LISTEN {RIGHTS_CHANNEL}")
        return connection

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopped:
            for notice in connection.notifies(timeout=self._heartbeat):
                self._heard = time.monotonic()
                self._take(notice)
            connection.execute("SELECT 1")
            self._heard = time.monotonic()

    def _watch(self) -> None:
        """End a connection that answers neither notices nor questions: a server that is stuck keeps its TCP alive."""
        while not self._stopped:
            self._tasks.sleep(self._heartbeat / 2)
            if self._connection is not None and time.monotonic() - self._heard > 2 * self._heartbeat:
                log.warning("poke listener's connection is stuck; hanging up")
                self._heard = time.monotonic()
                self._hang_up()

    def _hang_up(self) -> None:
        connection = self._connection
        if connection is None:
            return
        # close() would take the connection's lock, which the stuck task holds; a shutdown wakes it with an error.
        with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def _take(self, notice: psycopg.Notify) -> None:
        if notice.channel == RIGHTS_CHANNEL:
            self._audience.rights_changed(notice.payload)
            return
        try:
            poke = json.loads(notice.payload)
            scope, version = poke["scope"], poke["version"]
        except (ValueError, KeyError, TypeError):
            # Anybody who may write to the database may notify; a slip at the psql prompt must not end the listener.
            log.warning("unreadable poke ignored")
            return
        if scope == EVERYBODY:
            self._audience.poke_everybody()
            return
        # Versions only grow, so that the last of a burst says what all of them said.
        with self._lock:
            self._pending[scope] = version
            if self._flushing:
                return
            self._flushing = True
        self._tasks.start_background_task(self._flush)

    def _flush(self) -> None:
        while True:
            with self._lock:
                if not self._pending:
                    self._flushing = False
                    return
                scope = next(iter(self._pending))
                version = self._pending.pop(scope)
            try:
                self._audience.poke(scope, version)
            except Exception:
                # The next scope's terminals are not to suffer for it.
                log.exception("a poke could not be passed on")
            # Lets the sockets of this scope have their poke before the next scope is looked at.
            self._tasks.sleep(0)
