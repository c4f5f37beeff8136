"""What the worker does for bookings: mails, the clock's jobs, and forgetting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from models.rules.actor import Role, SystemActor
from models.rules.appointments import State
from models.tables import Appointment, Booking, ContactVerification, Event, FeedEntry, Notice, PushSubscription, Unit
from server.jobs.app import queue
from server.jobs.bookings import erase_bookings, expire_held
from server.jobs.deliver import DeliverLater, deliver
from server.jobs.send_code import send_code
from server.services._offers import offer_instead
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.erase_old_bookings import EraseOldBookings, erase_old_bookings
from server.services.keep_push_subscription import CitizenOwner, KeepPushSubscription, keep_push_subscription
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.send_verification_code import SendVerificationCode, send_verification_code
from server.services.verify_contact import VerifyContact, verify_contact
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen, keep
from tests.support.push_service import Browser
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent
from tests.unit.push.test_messages import plain

ACTOR = SystemActor("test")
LATER = NOW + timedelta(days=91)
RETENTION = EraseOldBookings(after=timedelta(days=90))


@pytest.fixture
def chief(context, database):
    with database.transaction() as session:
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        seed_windows(session, chief, at(24), at(28))
    return chief


def deliver_last(database, name):
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id.desc())).first()
    deliver(event_id=event_id)


def text_of(mail):
    return plain(mail.get_body(("plain",)).get_content())


def test_a_booking_is_confirmed_by_mail_once(context, database, relay, chief):
    with database.transaction() as session:
        booked = book(session, chief.unit_id, email="camille@example.org")
    for _ in range(2):
        deliver_last(database, "appointment_booked")
    (mail,) = relay.messages
    assert mail["To"] == "camille@example.org"
    assert plain(mail["Subject"]) == "Votre rendez-vous, mardi 1er décembre à 9 h"
    assert f"https://rdv.example.org/suivi/{booked.follow_token}" in text_of(mail)
    assert booked.reference in text_of(mail)
    assert "Une pièce d’identité" in text_of(mail)
    # Neither why they come nor who they are.
    assert "vélo" not in text_of(mail)
    assert "Camille Essai" not in text_of(mail)


def test_a_discreet_one_brings_no_link_of_its_own(context, database, relay, chief):
    with database.transaction() as session:
        booked = book(session, chief.unit_id, reason="domestic_violence", email="camille@example.org", language="en")
    deliver_last(database, "appointment_booked")
    (mail,) = relay.messages
    assert mail["Subject"] == "You have a message"
    assert booked.follow_token not in text_of(mail)
    assert "https://rdv.example.org/en/follow" in text_of(mail)


def test_what_the_unit_gives_up_is_told_in_one_mail_with_the_other_times(context, database, relay, chief):
    with database.transaction() as session:
        booked = book(session, chief.unit_id, email="camille@example.org")
        appointment = session.get_one(Appointment, booked.appointment_id)
        offer_instead(session, appointment, [at(1), at(25)], "Une urgence.", actor_of(chief), NOW)
    for name in ("appointment_booked", "appointment_cancelled", "appointment_offered"):
        deliver_last(database, name)
    (mail,) = relay.messages
    body = text_of(mail)
    assert "« Une urgence. »" in body
    assert "– mardi 1er décembre à 10 h" in body
    assert "– mercredi 2 décembre à 10 h" in body
    assert "jusqu’au jeudi 26 novembre à 14 h 30" in body


def test_the_clock_frees_holds_and_offers_them_to_who_waits(context, database, relay, chief, clock):
    with database.transaction() as session:
        change_reason(session, "neighbours", notice_minutes=0)
        held = keep(session, chief.unit_id)
        waiting = book(session, chief.unit_id, at(24), email="camille@example.org")
        want_earlier(session, WantEarlier(waiting.booking_id, True), NOW)
        for hours in (0.5, 1, 1.5, 2, 2.5, 3, 3.5):
            book(session, chief.unit_id, at(hours))
    expire_held(timestamp=0)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).where(Appointment.offer == "earlier")) == 0
    clock.forward(minutes=10)
    expire_held(timestamp=0)
    with database.transaction() as session:
        assert session.get_one(Appointment, held.appointment_id).state == State.EXPIRED
        offer = session.scalars(select(Appointment).where(Appointment.offer == "earlier")).one()
        assert (offer.booking_id, offer.starts_at) == (waiting.booking_id, NINE)
    deliver_last(database, "appointment_offered")
    (mail,) = relay.messages
    assert "Il est gardé pour vous jusqu’au mardi 24 novembre à 16 h 40." in text_of(mail)


def test_a_code_arrives_and_its_address_is_forgotten(context, database, relay):
    with database.transaction() as session:
        sent = send_verification_code(session, SendVerificationCode("email", "camille@example.org", "fr"), NOW, TOKENS)
        args = session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_code'")).one()
    # A job's arguments stay in a table and may be logged.
    assert "camille" not in str(args)
    assert TOKENS.verification_code(sent) not in str(args)
    for _ in range(2):
        send_code(**args)
    (mail,) = relay.messages
    code = mail["Subject"].split()[-1]
    with database.transaction() as session:
        assert session.get_one(ContactVerification, sent).contact is None
        assert verify_contact(session, VerifyContact(sent, code), NOW, TOKENS) is None


def test_a_code_waits_for_the_relay_but_not_longer_than_it_is_good(context, database, relay, clock):
    with database.transaction() as session:
        sent = send_verification_code(session, SendVerificationCode("email", "camille@example.org", "en"), NOW, TOKENS)
    relay.answer("RCPT", "451 try later")
    with pytest.raises(DeliverLater):
        send_code(verification_id=str(sent), language="en", discreet=1)
    clock.forward(minutes=15)
    send_code(verification_id=str(sent), language="en", discreet=1)
    assert relay.envelopes == []


def ended(session, unit_id):
    booked = book(session, unit_id, email="camille@example.org", phone="+33639980012", address="3 rue du Lavoir")
    cancel_booking(session, CancelBooking(booked.booking_id, "je suis malade"), citizen(booked), NOW)
    return booked


def test_after_the_retention_nothing_names_anybody(context, database, chief, clock):
    with database.transaction() as session:
        booked = ended(session, chief.unit_id)
        before = session.scalars(select(FeedEntry.version).where(FeedEntry.document.startswith("appointment/"))).one()
    deliver_last(database, "appointment_cancelled")
    clock.forward(days=89)
    erase_bookings(timestamp=0)
    with database.transaction() as session:
        assert session.get_one(Booking, booked.booking_id).erased_at is None
    with database.transaction() as session:
        subscription = Browser().subscribe("https://push.example/a", "key")
        owner = CitizenOwner(booking_id=booked.booking_id)
        keep_push_subscription(session, KeepPushSubscription(owner, subscription, "fr"), clock.now)
    clock.forward(days=2)
    erase_bookings(timestamp=0)
    with database.transaction() as session:
        assert session.scalars(select(PushSubscription)).all() == []
        booking = session.get_one(Booking, booked.booking_id)
        assert booking.erased_at == clock.now
        everything = ""
        for table in ("bookings", "appointments", "events", "notices", "feed_entries", "contact_verifications"):
            everything += str(session.execute(text(f"SELECT t.* FROM {table} t")).all())
        for secret in ("Camille", "camille", "639980012", "vélo", "Lavoir", "malade"):
            assert secret not in everything
        assert session.scalar(select(func.count()).select_from(Notice)) == 0
        # Terminals learn it at their next pull.
        after = session.scalars(select(FeedEntry.version).where(FeedEntry.document.startswith("appointment/"))).one()
        assert after > before
        for generation in range(4):
            token = TOKENS.follow_token(booking.id, generation)
            assert booking.follow_token_hash != TOKENS.stored_hash("follow-token", token)


def test_what_is_to_come_is_kept_and_what_was_given_up_long_ago_is_not(context, database, chief):
    with database.transaction() as session:
        open_one = book(session, chief.unit_id)
        given_up = book(session, chief.unit_id, at(1))
        offer_instead(
            session, session.get_one(Appointment, given_up.appointment_id), [], "", actor_of(chief), NOW
        )  # fmt: skip
    with database.transaction() as session:
        assert erase_old_bookings(session, RETENTION, ACTOR, LATER) == 1
        assert erase_old_bookings(session, RETENTION, ACTOR, LATER) == 0
        assert session.get_one(Booking, open_one.booking_id).erased_at is None
        erased = session.get_one(Booking, given_up.booking_id)
        assert (erased.erased_at, erased.ended_at) == (LATER, LATER)


def test_what_was_only_held_goes_after_a_day_and_offers_stay_with_their_booking(context, database, chief, clock):
    with database.transaction() as session:
        keep(session, chief.unit_id)
        booked = book(session, chief.unit_id, at(1))
        keep(session, chief.unit_id, at(2), booking_id=booked.booking_id)
        offer_instead(session, session.get_one(Appointment, booked.appointment_id), [at(3)], "", actor_of(chief), NOW)
        send_verification_code(session, SendVerificationCode("email", "a@example.org", "fr"), NOW, TOKENS)
    clock.forward(days=3)
    expire_held(timestamp=0)
    with database.transaction() as session:
        # The one held for the move was let go three days ago; the other one ran out when the job ran.
        found = purge_expired(session, PurgeExpired(), clock.now + timedelta(hours=23))
        assert (found["holds"], found["verifications"]) == (1, 1)
        assert purge_expired(session, PurgeExpired(), clock.now + timedelta(hours=25))["holds"] == 1
        states = session.scalars(select(Appointment.state).order_by(Appointment.starts_at)).all()
        assert states == [State.CANCELLED, State.EXPIRED]


def test_a_time_that_a_move_only_held_is_purged_after_its_booking_was_erased(context, database, chief, clock):
    with database.transaction() as session:
        booked = book(session, chief.unit_id, commune_insee="01034")
        held = keep(session, chief.unit_id, at(2), booking_id=booked.booking_id)
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)
    with database.transaction() as session:
        assert session.get_one(Appointment, held.appointment_id).booking_id == booked.booking_id
        assert erase_old_bookings(session, RETENTION, ACTOR, LATER) == 1
        assert session.get_one(Booking, booked.booking_id).commune_insee is None
    with database.transaction() as session:
        assert purge_expired(session, PurgeExpired(), LATER)["holds"] == 1
        assert session.get(Appointment, held.appointment_id) is None


def test_the_worker_knows_these_tasks():
    queue.perform_import_paths()
    assert {"send_code", "expire_held", "erase_bookings"} <= queue.tasks.keys()
