"""A terminal's socket: it hears that its unit has something new, and pulls."""

from __future__ import annotations

from flask import request
from flask_socketio import disconnect

from models.events import unit_scope
from server.context import current
from server.identity import session_token
from server.realtime import rights
from server.realtime.guarded_namespace import GuardedNamespace
from server.realtime.registry import TerminalTicket


class TerminalNamespace(GuardedNamespace):
    events = frozenset({"still_here"})

    def on_connect(self, _auth: object = None) -> bool:
        token = session_token(request)
        if not token:
            return False
        context = current()
        token_hash = context.tokens.stored_hash("agent-session", token)
        while True:
            changes = self.sockets.changes
            with context.database.transaction() as session:
                found = rights.read_terminal(session, token_hash, context.now())
            if found is None:
                return False
            # A right that ended since then was reported before there was a ticket to find: look again.
            if changes == self.sockets.changes:
                break
        agent_id, unit_id = found
        self.welcome(TerminalTicket(self.sid(), token_hash, agent_id, unit_id), unit_scope(unit_id))
        return True

    def on_still_here(self) -> dict[str, bool]:
        """The terminal asks, now and then, whether it may still listen; rights are read again each time."""
        # Handlers see the connect request for ever, so that rights come from the database and not from that request.
        context = current()
        ticket = self.sockets.get(self.sid())
        with context.database.transaction() as session:
            still = ticket is not None and not rights.ended(session, [ticket], context.now())
        if not still:
            disconnect()
        return {"ok": still}
