"""A booking's follow page listens as a request's does: to its own booking, for as long as its link stands."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from models.appointment_events import booking_scope
from models.tables import Booking
from server.context import utc_now
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.live import Listener


def book(site) -> tuple[UUID, str]:
    """A confirmed appointment of next week; returns the booking's id and its follow token."""
    starts_at = (utc_now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    agent = site.agent()
    with site.database.transaction() as session:
        (window,) = seed_windows(session, session.merge(agent), starts_at, starts_at + timedelta(hours=1))
        booking_id = seed_appointment(session, window, starts_at).booking_id
        assert booking_id is not None
        token = site.tokens.follow_token(booking_id, 1)
        session.execute(
            update(Booking)
            .where(Booking.id == booking_id)
            .values(follow_token_hash=site.tokens.stored_hash("follow-token", token))
        )
    return booking_id, token


@pytest.fixture
def follower(stage):
    booking_id, token = book(stage.site)
    listener = Listener("/citizen").join(stage.web.url, auth={"token": token})
    yield listener, booking_id
    listener.leave()


def test_a_follow_page_hears_of_its_own_booking_only(stage, follower):
    listener, booking_id = follower
    other, _ = book(stage.site)
    for which in (other, booking_id):
        with stage.site.database.transaction() as session:
            want_earlier(session, WantEarlier(which, wanted=True), utc_now())
    listener.await_poke(booking_scope(booking_id))
    assert listener.scopes() == {booking_scope(booking_id)}


@pytest.mark.parametrize("column", ["follow_token_hash", "erased_at"])
def test_a_link_revoked_or_a_booking_erased_ends_the_follow_page(stage, follower, column):
    listener, booking_id = follower
    value = b"another" + booking_id.bytes if column == "follow_token_hash" else utc_now()
    with stage.site.database.transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking_id).values({column: value}))
    listener.await_leave()
