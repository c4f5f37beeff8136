"""A gendarme's appointments for a calendar that subscribes to them, at an address that is a secret of theirs.

Calendars are programs: they bring no cookie and read no page. Whoever has the address reads the feed and can do nothing
else with it; it ends with its terminal, its agent's account, and when somebody pauses or revokes it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from models.queries.agenda import held_by
from models.queries.exports import open_feed
from server.calendars.entries import Shown
from server.calendars.feed import answer_feed, write_feed
from server.calendars.held import FEED_NAME, entries_of
from server.context import current
from server.rate_limits import limit_by_address, limit_by_feed
from server.services.add_calendar_export import FEED
from server.services.note_feed_read import NoteFeedRead, note_feed_read

blueprint = Blueprint("agenda_feed", __name__, url_prefix="/agenda")

# Whoever reads too much is sent away before their appointments are read, and costs no write either (`limit_rate`).
# Some services fetch the calendars of everybody from a handful of addresses, every few minutes each: whoever knows a
# feed is counted by the feed, and only whoever guesses by the address.
READS_OF_ONE = 120
GUESSES_BY_ADDRESS = 1_200
WINDOW = timedelta(minutes=15)
_TOKEN = 22


@blueprint.get("/<token>.ics")
def feed(token: str) -> Response:
    """The feed, or 304 for who has it; 404 for whatever is no feed, or no longer one."""
    context = current()
    now = context.now()
    with context.database.transaction() as session:
        found = open_feed(session, context.tokens.stored_hash(FEED, token), now) if len(token) == _TOKEN else None
    if found is None:
        limit_by_address("agenda-feed", limit=GUESSES_BY_ADDRESS, window=WINDOW)
        return Response(status=404, mimetype="text/plain", headers={"Cache-Control": "no-store"})
    limit_by_feed(found.export.id, limit=READS_OF_ONE, window=WINDOW)
    with context.database.transaction() as session:
        appointments = held_by(session, found.unit, found.export.agent_id, now)
        note_feed_read(session, NoteFeedRead(found.export.id), now)
    shown = Shown(subject=found.unit.agendas_show_subject, place=found.unit.agendas_show_place)
    host = urlsplit(context.settings.public_url).hostname or "localhost"
    entries = entries_of(appointments, shown, host, found.export.id)
    said = answer_feed(write_feed(entries, FEED_NAME), request.headers.get("If-None-Match"))
    response = Response(said.body, status=said.status)
    # What it is called when somebody opens the address in a browser.
    response.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    response.headers.extend(said.headers)
    response.headers["Content-Type"] = said.headers.get("Content-Type", "text/calendar; charset=utf-8")
    return response
