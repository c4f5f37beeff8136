"""Socket.IO namespaces: they relay pokes, never data."""

from __future__ import annotations

from flask import Flask
from flask_socketio import SocketIO

from server.config import Settings
from server.live import PokeRelay
from server.realtime.citizen import CitizenNamespace
from server.realtime.terminal import TerminalNamespace


def create_socketio(app: Flask, settings: Settings) -> SocketIO:
    """Put both namespaces on the application and start relaying pokes to their rooms."""
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode,
        transports=["websocket"],
        # Sign-in is checked on each event from the cookie's token, not from Flask's own session.
        manage_session=False,
        cors_allowed_origins=[settings.public_url],
    )
    socketio.on_namespace(TerminalNamespace("/terminal"))
    socketio.on_namespace(CitizenNamespace("/citizen"))
    PokeRelay(settings.database_url, socketio).start()
    return socketio
