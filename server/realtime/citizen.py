"""A follow page's socket: it hears that its request or booking has something new, and fetches its state again."""

from __future__ import annotations

from flask import request

from server.context import current
from server.realtime.guarded_namespace import GuardedNamespace
from server.realtime.registry import CitizenTicket

# A follow token has 22 characters; whatever is much longer is not worth a query.
LONGEST_TOKEN = 64


class CitizenNamespace(GuardedNamespace):
    def on_connect(self, auth: object = None) -> bool:
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
            return False
        context = current()
        address = request.remote_addr or ""
        if self.sockets.citizens_from(address) >= context.settings.max_sockets_per_address:
            return False
        token_hash = context.tokens.stored_hash("follow-token", token)
        scope = self.desk.citizen(token_hash)
        if scope is None:
            return False
        self.welcome(CitizenTicket(self.sid(), token_hash, scope, address), scope)
        return True
