"""Whoever opens the page of a request or a booking has read what they were told of it."""

from __future__ import annotations

from uuid import UUID

from flask import request

from server.context import current
from server.services.see_notices import SeeNotices, has_unseen, see_notices


def page_was_opened(subject_id: UUID) -> None:
    """Raise the notices about it to seen. Most visits change nothing, and take no lock; nor does one that only asks
    whether the page is there (HEAD)."""
    if request.method != "GET":
        return
    context, command = current(), SeeNotices(subject_id)
    with context.database.snapshot() as session:
        if not has_unseen(session, command, context.now()):
            return
    with context.database.transaction() as session:
        see_notices(session, command, context.now())
