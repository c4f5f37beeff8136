"""A follow page's socket: it hears that its request has something new, and fetches the page's state again."""

from __future__ import annotations

from flask_socketio import Namespace, join_room
from sqlalchemy import select

from models.events import request_scope
from models.tables import ContactRequest
from server.context import current


class CitizenNamespace(Namespace):
    def on_connect(self, auth: object = None) -> bool:
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str):
            return False
        context = current()
        with context.database.transaction() as session:
            request_id = session.scalar(
                select(ContactRequest.id).where(
                    ContactRequest.follow_token_hash == context.tokens.stored_hash("follow-token", token)
                )
            )
        if request_id is None:
            return False
        join_room(request_scope(request_id))
        return True
