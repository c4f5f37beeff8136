"""LISTENs to PostgreSQL and relays each poke to the sockets of this process."""

from __future__ import annotations

import json
import logging
import random

import psycopg
from flask_socketio import SocketIO

from models.database import libpq_url
from models.record import POKE_CHANNEL

log = logging.getLogger(__name__)

# A poke reaches whoever listens to its scope; the citizen learns no more than "come and look".
NAMESPACE_OF = {"unit": "/terminal", "request": "/citizen"}
LONGEST_PAUSE = 5.0


class PokeRelay:
    """One background listener for each web process; it reconnects by itself, then tells everybody to look again."""

    def __init__(self, database_url: str, socketio: SocketIO) -> None:
        self._url = libpq_url(database_url)
        self._socketio = socketio

    def start(self) -> None:
        self._socketio.start_background_task(self._run)

    def _run(self) -> None:
        pause = 0.1
        missed = False
        while True:
            try:
                with psycopg.connect(self._url, autocommit=True, application_name="brigade pokes") as connection:
                    connection.execute(f"LISTEN {POKE_CHANNEL}")
                    if missed:
                        self._tell_everybody()
                    pause, missed = 0.1, True
                    for notice in connection.notifies():
                        self._relay(notice.payload)
            except psycopg.OperationalError as error:
                log.warning("poke listener lost the database (%s); trying again", type(error).__name__)
                missed = True
            self._socketio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 -- jitter, not a secret.
            pause = min(pause * 2, LONGEST_PAUSE)

    def _relay(self, payload: str) -> None:
        poke = json.loads(payload)
        kind = poke["scope"].partition(":")[0]
        self._socketio.emit("poke", poke, namespace=NAMESPACE_OF[kind], to=poke["scope"])

    def _tell_everybody(self) -> None:
        # Pokes that fired while the listener was away are lost; the feeds are not.
        for namespace in NAMESPACE_OF.values():
            self._socketio.emit("poke", {"scope": "*", "version": None}, namespace=namespace)
