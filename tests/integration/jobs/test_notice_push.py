"""What a citizen's browser is told: the real job, a real database, a push service that answers as it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.appointment_events import AppointmentReminded
from models.record import record
from models.rules.actor import CitizenActor, Role
from models.rules.notices import NoticeState
from models.rules.reminders import BEFORE, Ahead
from models.tables import Booking, ContactRequest, Event, Notice, Unit
from server.jobs.deliver import DeliverLater, deliver
from server.jobs.upkeep import fail_unheard
from server.push_receipts import Kind, read_receipt
from server.services.keep_push_subscription import CitizenOwner
from server.services.raise_notice import RaiseNotice, raise_notice
from server.services.withdraw_request import WithdrawRequest, withdraw_request
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


@pytest.mark.parametrize(("ahead", "answers"), [("two_days", ["je-viens", "annuler"]), ("two_hours", ["je-viens"])])
def test_a_reminder_has_a_button_for_each_answer_that_is_still_possible(database, phones, clock, ahead, answers):
    with database.transaction() as session:
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        booked = book(session, chief.unit_id)
        clock.now = NINE - BEFORE[Ahead(ahead)] + timedelta(minutes=1)
        event = AppointmentReminded(
            at=clock.now,
            unit_id=chief.unit_id,
            booking_id=booked.booking_id,
            appointment_id=booked.appointment_id,
            ahead=ahead,
        )
        record(session, event)
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    tell(database, "appointment_reminded")
    (shown,) = phones.shown(path)
    named = [one["action"] for one in shown["actions"]]
    assert [one["title"] for one in shown["actions"]] == ["Je viens", "J’annule"][: len(answers)]
    assert [shown["data"][one] for one in named] == [f"/suivi/{booked.follow_token}/{page}" for page in answers]


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


def hear_nothing(clock, **how):
    """So long after it was sent, the job by the clock looks, and the next delivery is run."""
    clock.forward(**how)
    fail_unheard(timestamp=0)


@pytest.mark.parametrize(
    ("changes", "hours", "expected"),
    [
        ({}, 3, {"push": ("sent", None)}),
        ({}, 4, {"push": ("failed", "no_receipt"), "email": ("sent", None)}),
        # Nobody waits for it any more.
        ({}, 29, {"push": ("sent", None)}),
        # There is no other way.
        ({"email": None, "phone": None}, 4, {"push": ("sent", None)}),
    ],
)
def test_what_no_browser_has_confirmed_is_told_over_another_way(database, phones, clock, changes, hours, expected):
    created = send(database)
    with database.transaction() as session:
        session.execute(update(ContactRequest).values(told_by=None, **changes))
    phones.follow(CitizenOwner(created.request_id))
    tell(database)
    hear_nothing(clock, hours=hours)
    tell(database)
    assert told(database) == expected


def test_what_a_browser_has_confirmed_or_what_is_over_is_not_told_again(database, phones, relay, clock):
    heard, over = send(database), send(database, key="other")
    for one in (heard, over):
        phones.follow(CitizenOwner(one.request_id))
    with database.transaction() as session:
        event_ids = session.scalars(select(Event.id).order_by(Event.id)).all()
    for event_id in event_ids:
        deliver(event_id=event_id)
    with database.transaction() as session:
        notice_id = session.scalars(select(Notice.id).where(Notice.event_id == event_ids[0])).one()
        raise_notice(session, RaiseNotice(notice_id, NoticeState.DELIVERED), clock())
        withdraw_request(session, WithdrawRequest(over.request_id), CitizenActor(over.request_id), clock())
    hear_nothing(clock, hours=5)
    for event_id in event_ids:
        deliver(event_id=event_id)
    with database.transaction() as session:
        states = session.scalars(select(Notice.state).order_by(Notice.event_id)).all()
    assert (states, relay.messages) == (["delivered", "failed"], [])
