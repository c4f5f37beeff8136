"""What a citizen's browser is told: the real job, a real database, a push service that answers as it is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from models.rules.actor import Role
from models.tables import Booking, Event, Notice, Unit
from server.jobs.deliver import DeliverLater, deliver
from server.push_receipts import Kind, read_receipt
from server.services.keep_push_subscription import CitizenOwner
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book
from tests.support.push_service import Say
from tests.support.seed import TOKENS, seed_agent, send_request

pytestmark = pytest.mark.usefixtures("context")


def send(database, **changes):
    with database.transaction() as session:
        return send_request(session, **changes)


def tell(database, name="request_created"):
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == name)).one()
    deliver(event_id=event_id)


def told(database):
    with database.transaction() as session:
        return {one.channel: (one.state, one.cause) for one in session.scalars(select(Notice))}


def test_every_browser_that_follows_shows_it_and_no_mail_is_sent(database, phones, relay):
    created = send(database)
    paths = [phones.follow(CitizenOwner(created.request_id)) for _ in range(2)]
    phones.follow(CitizenOwner(send(database, key="other").request_id))
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.request_id == created.request_id)).one()
    deliver(event_id=event_id)
    deliver(event_id=event_id)
    assert sorted(one.path for one in phones.service.received) == paths
    with database.transaction() as session:
        notice = session.scalars(select(Notice)).one()
    for path in paths:
        (shown,) = phones.shown(path)
        data = shown.pop("data")
        assert read_receipt(TOKENS, data.pop("receipt")) == (Kind.NOTICE, notice.id)
        assert data == {}
        assert shown == {
            "title": "Votre demande est reçue",
            "body": "Touchez pour la suivre.",
            "navigate": f"/suivi/{created.follow_token}",
            "tag": f"follow-{created.request_id}",
            "lang": "fr",
            "silent": False,
            "renotify": True,
        }
    assert (notice.channel, notice.state, notice.cause) == ("push", "sent", None)
    assert relay.messages == []


def test_a_discreet_one_names_nothing(database, phones):
    created = send(database, reason_code="domestic_violence")
    path = phones.follow(CitizenOwner(created.request_id))
    tell(database)
    (shown,) = phones.shown(path)
    assert (shown["title"], shown["body"]) == ("Vous avez un message", "Vous avez un message.")
    assert shown["navigate"] == "/suivi"
    assert created.follow_token not in str(shown)


def test_a_booking_is_told_in_its_own_language(database, phones):
    with database.transaction() as session:
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        booked = book(session, chief.unit_id, language="en")
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    tell(database, "appointment_booked")
    (shown,) = phones.shown(path)
    assert (shown["title"], shown["lang"]) == ("Your appointment", "en")
    assert shown["navigate"] == f"/en/follow/{booked.follow_token}"
    assert shown["tag"] == f"follow-{booked.booking_id}"


def test_browsers_that_are_gone_make_room_for_mail_at_once(database, phones, relay):
    path = phones.follow(CitizenOwner(send(database).request_id))
    phones.service.answer(Say(410), path=path)
    tell(database)
    assert told(database) == {"push": ("failed", "no_address"), "email": ("sent", None)}
    assert phones.kept() == set()
    assert len(relay.messages) == 1


def test_a_push_service_that_is_busy_is_asked_again_for_an_hour(database, phones, relay, clock):
    path = phones.follow(CitizenOwner(send(database).request_id))
    phones.service.answer(*[Say(503)] * 2, path=path)
    with pytest.raises(DeliverLater):
        tell(database)
    assert told(database)["push"][0] == "queued"
    clock.forward(hours=1)
    tell(database)
    assert told(database)["push"][0] == "failed"
    assert told(database)["email"] == ("sent", None)


@pytest.mark.parametrize(("told_by", "expected"), [("email", {"email"}), ("nothing", set()), ("push", {"push"})])
def test_what_was_chosen_counts(database, phones, told_by, expected):
    with database.transaction() as session:
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        booked = book(session, chief.unit_id)
        session.execute(update(Booking).values(told_by=told_by))
    phones.follow(CitizenOwner(booking_id=booked.booking_id))
    tell(database, "appointment_booked")
    assert told(database).keys() == expected
