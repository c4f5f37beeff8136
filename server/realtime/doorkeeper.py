"""Tells the sockets of this process, and shows out those whose right has ended.

A right can end by a decision (sign-out, a closed account, another unit, a follow link revoked, a request erased) or
by the clock. A decision is heard at once: a trigger notifies at commit, and only the sockets that rest on that very
right are read again. For the clock, and for what was decided while nobody listened, everybody is read again once a
minute, a few hundred at a time. No poke costs a query.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask_socketio import SocketIO
from sqlalchemy.exc import SQLAlchemyError

from models.database import Database
from server.realtime import rights
from server.realtime.registry import LiveSockets, TerminalTicket, Ticket

log = logging.getLogger(__name__)

TERMINAL = "/terminal"
CITIZEN = "/citizen"
# A poke reaches whoever listens to its scope.
NAMESPACE_OF = {"unit": TERMINAL, "supervisors": TERMINAL, "request": CITIZEN, "booking": CITIZEN}

SWEEP_S = 60.0
BATCH = 500
# After a gap everybody pulls. Told all at once, thousands of terminals would ask at once; so many are told each step.
TOLD_AT_ONCE = 200
TELLING_STEP_S = 0.2
# A connection that joins nothing is no terminal and no follow page.
JOIN_WITHIN_S = 10.0


class Doorkeeper:
    """The audience of the poke relay."""

    def __init__(
        self, socketio: SocketIO, sockets: LiveSockets, database: Database, now: Callable[[], datetime]
    ) -> None:
        self._socketio = socketio
        self._sockets = sockets
        self._database = database
        self._now = now

    def start(self) -> None:
        self._socketio.start_background_task(self._sweep_forever)
        self._socketio.start_background_task(self._clear_hallway_forever)

    def poke(self, scope: str, version: int | None) -> None:
        namespace = NAMESPACE_OF.get(scope.partition(":")[0])
        if namespace is not None:
            self._socketio.emit("poke", {"scope": scope, "version": version}, namespace=namespace, to=scope)

    def poke_everybody(self) -> None:
        self._socketio.start_background_task(self._tell_in_turn)

    def rights_changed(self, key: str | None) -> None:
        self._sockets.changes += 1
        tickets = list(self._sockets) if key is None else self._sockets.resting_on(key)
        if tickets:
            self._socketio.start_background_task(self.check, tickets)

    def check(self, tickets: list[Ticket]) -> None:
        """Read the rights of `tickets` again and end those sockets that have none."""
        for start in range(0, len(tickets), BATCH):
            batch = tickets[start : start + BATCH]
            try:
                with self._database.transaction() as session:
                    gone = rights.ended(session, batch, self._now())
            except SQLAlchemyError as error:
                # Nobody can read anything without the database either; the listener's return starts the next check.
                log.warning("rights of %d sockets not checked (%s)", len(batch), type(error).__name__)
                return
            for ticket in gone:
                self.show_out(ticket)
            self._socketio.sleep(0)

    def show_out(self, ticket: Ticket) -> None:
        namespace = TERMINAL if isinstance(ticket, TerminalTicket) else CITIZEN
        self._sockets.drop(ticket.sid)
        # Socket.IO's clients do not come back by themselves from a disconnection that the server has decided.
        self._socketio.server.disconnect(ticket.sid, namespace=namespace)

    def _tell_in_turn(self) -> None:
        for count, ticket in enumerate(self._sockets, start=1):
            if ticket.sid in self._sockets:
                namespace = TERMINAL if isinstance(ticket, TerminalTicket) else CITIZEN
                self._socketio.emit("poke", {"scope": "*", "version": None}, namespace=namespace, to=ticket.sid)
            if count % TOLD_AT_ONCE == 0:
                self._socketio.sleep(TELLING_STEP_S)

    def _sweep_forever(self) -> None:
        while True:
            self._socketio.sleep(SWEEP_S)
            self.check(list(self._sockets))

    def _clear_hallway_forever(self) -> None:
        seen: set[str] = set()
        while True:
            self._socketio.sleep(JOIN_WITHIN_S)
            seen = self.clear_hallway(seen)

    def clear_hallway(self, seen: set[str]) -> set[str]:
        """End the connections that had joined nothing when `seen` was taken and still have not; returns the next."""
        server = self._socketio.server
        idle = {
            sid
            for sid in list(server.eio.sockets)
            if not any(server.manager.sid_from_eio_sid(sid, namespace) for namespace in (TERMINAL, CITIZEN))
        }
        for sid in idle & seen:
            server.eio.disconnect(sid)
        return idle - seen
