"""Citizens' mails about their appointment as their calendars read them: over a real relay, by two programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import icalendar
import pytest
from sqlalchemy import select

from models.appointment_events import AppointmentLate, AppointmentReminded
from models.record import record
from models.rules.actor import Role, SystemActor
from models.tables import Appointment, Booking, Event, Unit
from server.jobs.deliver import DeliverLater, deliver
from server.services._offers import offer_instead
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.keep_push_subscription import CitizenOwner
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent

LATER = at(24)


@pytest.fixture
def brigade(context, database):
    """A chief with two mornings, and a way to change things, each as a request of its own would."""
    with database.transaction() as session:
        for reason in ("neighbours", "domestic_violence"):
            change_reason(session, reason, notice_minutes=0)
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        seed_windows(session, chief, LATER, at(28))
    return SimpleNamespace(database=database, chief=chief, unit_id=chief.unit_id)


def make(brigade, **more):
    with brigade.database.transaction() as session:
        return book(session, brigade.unit_id, **more)


def needs_approval(brigade):
    with brigade.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)


def move(brigade, booked, starts_at=LATER):
    with brigade.database.transaction() as session:
        asked = HoldSlot(brigade.unit_id, "neighbours", starts_at, booking_id=booked.booking_id)
        held = hold_slot(session, asked, NOW, TOKENS)
        move_appointment(session, MoveAppointment(booked.booking_id, held.hold_token), citizen(booked), NOW, TOKENS)


def cancel(brigade, booked):
    with brigade.database.transaction() as session:
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)


def active(session):
    return session.scalars(select(Appointment).where(Appointment.state.in_(("requested", "confirmed")))).one()


def tell(brigade):
    """Deliver what has happened last."""
    with brigade.database.transaction() as session:
        deliverable = ("appointment_booked", "appointment_moved", "appointment_approved", "appointment_cancelled")
        event_id = session.scalar(
            select(Event.id).where(Event.name.in_(deliverable)).order_by(Event.id.desc()).limit(1)
        )
    deliver(event_id=event_id)


def parts(mail):
    return {part.get_content_type(): part for part in mail.walk()}


def read(mail, ical_js):
    """What both readers found in a mail, which must be the same; and that the file beside it is the same again."""
    found = parts(mail)
    content = found["text/calendar"].get_payload(decode=True)
    assert found["application/ics"].get_payload(decode=True) == content
    calendar = icalendar.Calendar.from_ical(content)
    assert [component.errors for component in calendar.walk() if component.errors] == []
    [event] = calendar.walk("VEVENT")
    other = ical_js(content)
    assert other["warnings"] == []
    [theirs] = other["events"]
    assert not theirs["floating"]
    said = {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "starts_at": event.start.astimezone(UTC),
        "location": str(event.get("LOCATION", "")),
    }
    assert found["text/calendar"]["Content-Type"].params["method"] == said["method"] == other["method"]
    assert said == {
        "method": other["method"],
        "uid": theirs["uid"],
        "sequence": theirs["sequence"],
        "status": theirs["status"],
        "starts_at": datetime.fromtimestamp(theirs["starts_at"], UTC),
        "location": theirs["location"] or "",
    }
    assert theirs["organizer"]["address"] == "mailto:ne-pas-repondre@example.org"
    assert theirs["attendee"]["address"] == f"mailto:{mail['To']}"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    return said


def test_one_entry_follows_the_appointment_to_its_end(brigade, relay, ical_js):
    booked = make(brigade)
    tell(brigade)
    move(brigade, booked)
    tell(brigade)
    cancel(brigade, booked)
    tell(brigade)
    said = [read(mail, ical_js) for mail in relay.messages]
    assert [(one["method"], one["status"], one["starts_at"], one["sequence"]) for one in said] == [
        ("REQUEST", "CONFIRMED", NINE, 0),
        ("REQUEST", "CONFIRMED", LATER, 1),
        ("CANCEL", "CANCELLED", LATER, 2),
    ]
    assert {one["uid"] for one in said} == {f"{booked.booking_id}@rdv.example.org"}
    assert said[0]["location"] == "Brigade de gendarmerie de Belley, 9 rue Mante, 01300 Belley"


def test_what_the_chief_has_yet_to_confirm_is_tentative_also_after_a_move(brigade, relay, ical_js):
    needs_approval(brigade)
    booked = make(brigade)
    tell(brigade)
    with brigade.database.transaction() as session:
        approve_appointment(session, ApproveAppointment(active(session).id), actor_of(brigade.chief), NOW)
    tell(brigade)
    move(brigade, booked)
    tell(brigade)
    said = [read(mail, ical_js) for mail in relay.messages]
    assert [(one["method"], one["status"], one["sequence"]) for one in said] == [
        ("REQUEST", "TENTATIVE", 0),
        ("REQUEST", "CONFIRMED", 1),
        ("REQUEST", "TENTATIVE", 2),
    ]


def test_what_nobody_confirmed_in_time_is_taken_out(brigade, relay, clock, ical_js):
    needs_approval(brigade)
    make(brigade)
    tell(brigade)
    clock.now = NINE + timedelta(minutes=1)
    with brigade.database.transaction() as session:
        expire_holds(session, ExpireHolds(), SystemActor("test"), clock.now)
    tell(brigade)
    said = [read(mail, ical_js) for mail in relay.messages]
    assert [(one["method"], one["sequence"]) for one in said] == [("REQUEST", 0), ("CANCEL", 1)]


def test_what_the_unit_gives_up_is_taken_out_and_comes_back_with_the_time_that_is_chosen(brigade, relay, ical_js):
    booked = make(brigade)
    tell(brigade)
    with brigade.database.transaction() as session:
        offer_instead(session, active(session), [], "Une intervention.", SystemActor("test"), NOW)
    tell(brigade)
    move(brigade, booked)
    tell(brigade)
    said = [read(mail, ical_js) for mail in relay.messages]
    assert [(one["method"], one["sequence"], one["starts_at"]) for one in said] == [
        ("REQUEST", 0, NINE),
        ("CANCEL", 1, NINE),
        ("REQUEST", 2, LATER),
    ]
    assert len({one["uid"] for one in said}) == 1


def test_it_says_nothing_that_a_shared_calendar_must_not_show(brigade, relay):
    booked = make(brigade, facts="Le voisin menace mon chien.")
    tell(brigade)
    [mail] = relay.messages
    calendar = parts(mail)["text/calendar"].get_payload(decode=True).decode().replace("\r\n ", "")
    assert "SUMMARY:Rendez-vous\r\n" in calendar
    assert "CLASS:PRIVATE\r\n" in calendar
    with brigade.database.transaction() as session:
        name = session.get_one(Booking, booked.booking_id).caller_name
    for secret in (name, "voisin", "Conflit", booked.follow_token, "Roux"):
        assert secret not in calendar


def test_a_mail_is_as_readable_where_nobody_knows_calendars(brigade, relay):
    make(brigade, language="en")
    tell(brigade)
    [mail] = relay.messages
    plain = mail.get_body(("plain",)).get_content()
    assert plain.startswith("Your appointment with the ")
    assert "VCALENDAR" not in plain + mail.get_body(("html",)).get_content()
    assert "SUMMARY:Appointment\r\n" in parts(mail)["text/calendar"].get_payload(decode=True).decode()
    # The alternatives by rising faithfulness (RFC 2046, section 5.1.4), the file for who reads none of the last.
    assert [part.get_content_type() for part in mail.walk()][1:] == [
        "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip


def test_a_discreet_mail_brings_nothing_into_a_calendar(brigade, relay):
    booked = make(brigade, reason="domestic_violence")
    tell(brigade)
    cancel(brigade, booked)
    tell(brigade)
    for mail in relay.messages:
        assert [part.get_content_type() for part in mail.walk()] == [
            "multipart/alternative", "text/plain", "text/html",
        ]  # fmt: skip
    assert len(relay.messages) == 2


@pytest.mark.parametrize(
    ("kind", "own", "approval"), [(AppointmentReminded, {"ahead": "two_days"}, False), (AppointmentLate, {}, True)]
)
def test_what_changes_nothing_brings_no_invitation(brigade, relay, kind, own, approval):
    if approval:
        needs_approval(brigade)
    booked = make(brigade)
    with brigade.database.transaction() as session:
        event_id = record(
            session,
            kind(
                at=NOW,
                unit_id=brigade.unit_id,
                booking_id=booked.booking_id,
                appointment_id=booked.appointment_id,
                **own,
            ),
        )
    deliver(event_id=event_id)
    [mail] = relay.messages
    assert "text/calendar" not in parts(mail)


def test_a_mail_that_waited_says_what_is_true_when_it_leaves(brigade, relay, ical_js):
    """The relay was away while the appointment moved: the old mail is dropped, the new one has the higher number."""
    booked = make(brigade)
    with brigade.database.transaction() as session:
        first = session.scalars(select(Event.id).where(Event.name == "appointment_booked")).one()
    move(brigade, booked)
    deliver(event_id=first)
    assert relay.messages == []
    tell(brigade)
    [mail] = relay.messages
    assert read(mail, ical_js)["sequence"] == 1


def test_a_calendar_that_was_told_once_follows_although_its_owner_is_told_otherwise(brigade, relay, phones, ical_js):
    booked = make(brigade)
    tell(brigade)
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    move(brigade, booked)
    # The relay does not want it yet: the push has left and is not sent again.
    relay.answer("DATA", "451 4.3.0 later")
    with pytest.raises(DeliverLater):
        tell(brigade)
    tell(brigade)
    cancel(brigade, booked)
    tell(brigade)
    tell(brigade)
    assert len(phones.shown(path)) == 2
    said = [read(mail, ical_js) for mail in relay.messages]
    assert [(one["method"], one["starts_at"], one["sequence"]) for one in said] == [
        ("REQUEST", NINE, 0),
        ("REQUEST", LATER, 1),
        ("CANCEL", LATER, 2),
    ]


def test_a_calendar_that_was_told_nothing_is_told_nothing(brigade, relay, phones):
    booked = make(brigade)
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    tell(brigade)
    move(brigade, booked)
    tell(brigade)
    assert len(phones.shown(path)) == 2
    assert relay.messages == []


def test_who_wants_to_hear_nothing_more_hears_nothing_in_the_calendar_either(brigade, relay, phones):
    booked = make(brigade)
    tell(brigade)
    with brigade.database.transaction() as session:
        session.get_one(Booking, booked.booking_id).told_by = "nothing"
    cancel(brigade, booked)
    tell(brigade)
    assert len(relay.messages) == 1
