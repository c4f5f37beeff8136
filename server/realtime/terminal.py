"""A terminal's socket: it hears that its unit has something new, and pulls."""

from __future__ import annotations

from flask import request
from flask_socketio import Namespace, disconnect, join_room

from models.events import unit_scope
from models.rules.actor import AgentActor
from server.context import current
from server.identity import load_actor, session_token


class TerminalNamespace(Namespace):
    def on_connect(self, _auth: object = None) -> bool:
        actor = _actor()
        if actor is None or actor.serves_in_unit is None:
            return False
        join_room(unit_scope(actor.serves_in_unit))
        return True

    def on_still_here(self) -> dict[str, bool]:
        """The terminal asks, now and then, whether it may still listen; rights are read again each time."""
        actor = _actor()
        if actor is None or actor.serves_in_unit is None:
            disconnect()
            return {"ok": False}
        return {"ok": True}


def _actor() -> AgentActor | None:
    # Handlers see the connect request for ever, so that rights come from the database and not from that request.
    context = current()
    with context.database.transaction() as session:
        return load_actor(session, session_token(request), context.tokens, context.now())
