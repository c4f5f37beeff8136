"""What both namespaces share: only known events, no surprise from a client, no personal data in the log."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from flask import request
from flask_socketio import Namespace, join_room

from server.realtime.lean import forget_request
from server.realtime.registry import LiveSockets, Ticket
from server.realtime.rights_desk import RightsDesk

log = logging.getLogger(__name__)


class GuardedNamespace(Namespace):
    """A namespace whose clients may only say what `events` names.

    Socket.IO lets a client send an event that is called "connect" or "disconnect"; here only the server's own ones,
    which come while a socket is on its way in or out, reach their handlers.
    """

    events: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, namespace: str, sockets: LiveSockets, desk: RightsDesk) -> None:
        super().__init__(namespace)
        self.sockets = sockets
        self.desk = desk

    def trigger_event(self, event: str, *args: Any) -> Any:
        sid = args[0]
        inside = self.socketio.server.manager.is_connected(sid, self.namespace)
        if event == "disconnect" and not inside:
            self.sockets.drop(sid)
            return None
        if event == "connect" and not inside:
            return self._admit(*args)
        if not isinstance(event, str) or event not in self.events:
            return None
        try:
            # Whatever else a client sends along is ignored.
            return super().trigger_event(event, sid)
        except Exception as error:
            log.warning("socket event %s failed (%s)", event, type(error).__name__)
            return None

    def _admit(self, *args: Any) -> bool:
        try:
            return bool(super().trigger_event("connect", *args))
        except Exception as error:
            # The client tries again; the cause is most often a database that is away.
            log.warning("socket not admitted to %s (%s)", self.namespace, type(error).__name__)
            return False

    def sid(self) -> str:
        """The id of the socket that is being handled."""
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO puts it there.
        return sid

    def welcome(self, ticket: Ticket, room: str) -> None:
        """Let the socket of this connect request listen to `room`."""
        # The client may have left while its right was being read; its goodbye has been handled by then.
        if self.socketio.server.manager.eio_sid_from_sid(ticket.sid, self.namespace) is None:
            return
        self.sockets.add(ticket)
        join_room(room)
        forget_request(request.environ)
