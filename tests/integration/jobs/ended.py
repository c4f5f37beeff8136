"""Requests that are over, for the tests of what becomes of them."""

from __future__ import annotations

from datetime import timedelta

from models.rules.actor import CitizenActor, SystemActor
from server.services.add_citizen_word import AddCitizenWord, add_citizen_word
from server.services.erase_old_requests import EraseOldRequests
from server.services.note_request import NoteRequest, note_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.seed import NOW, actor_of, seed_agent, send_request

ACTOR = SystemActor("test")
LATER = NOW + timedelta(days=91)
RETENTION = EraseOldRequests(after=timedelta(days=90))


def ended_request(session, unit, **changes):
    """A request with words from everybody, withdrawn at NOW."""
    created = send_request(session, **changes)
    citizen = CitizenActor(created.request_id)
    add_citizen_word(session, AddCitizenWord(created.request_id, "après 17 h"), citizen, NOW)
    agent = actor_of(seed_agent(session, unit))
    note_request(session, NoteRequest(created.request_id, "rappelé sans succès"), agent, NOW)
    withdraw_request(session, WithdrawRequest(created.request_id), citizen, NOW)
    return created
