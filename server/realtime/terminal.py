"""A terminal's socket: it hears that its unit, or the supervisors' list, has something new, and asks for it."""

from __future__ import annotations

from flask import request
from flask_socketio import disconnect

from server.context import current
from server.identity import session_token
from server.realtime.guarded_namespace import GuardedNamespace
from server.realtime.registry import TerminalTicket


class TerminalNamespace(GuardedNamespace):
    events = frozenset({"still_here"})

    def on_connect(self, _auth: object = None) -> bool:
        token = session_token(request)
        if not token:
            return False
        token_hash = current().tokens.stored_hash("agent-session", token)
        found = self.desk.terminal(token_hash)
        if found is None:
            return False
        agent_id, scope = found
        self.welcome(TerminalTicket(self.sid(), token_hash, agent_id, scope), scope)
        return True

    def on_still_here(self) -> dict[str, bool]:
        """The terminal asks, now and then, whether it may still listen; rights are read again each time."""
        # Handlers see the connect request for ever, so that rights come from the database and not from that request.
        ticket = self.sockets.get(self.sid())
        still = isinstance(ticket, TerminalTicket) and self.desk.terminal(ticket.token_hash) == (
            ticket.agent_id,
            ticket.scope,
        )
        if not still:
            disconnect()
        return {"ok": still}
