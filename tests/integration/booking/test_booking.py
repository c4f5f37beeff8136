from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.queries import followed_booking
from models.rules.actor import CitizenActor, PartnerActor
from models.rules.appointments import State
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound
from models.tables import ApiKey, Booking, ContactVerification, Event, TextMessage
from server.provable_channels import Provable
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.send_verification_code import SendVerificationCode, send_verification_code
from server.services.verify_contact import VerifyContact, verify_contact
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, keep, row
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_unit, send_request


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(8), counters=2)


BOTH = Provable(frozenset({33}))


def confirm(session, held, details=CAMILLE, *, key="key", actor=None, now=NOW, **more):
    command = BookAppointment(held.hold_token, details, "fr", key, **more)
    return book_appointment(session, command, actor or CitizenActor(), now, TOKENS)


def test_a_held_time_becomes_a_booking_that_its_link_opens(session, unit):
    held = keep(session, unit.id)
    booked = confirm(session, held)
    assert (booked.appointment_id, booked.state, booked.again) == (held.appointment_id, State.CONFIRMED, False)
    assert booked.reference.startswith("RV-")
    assert len(booked.follow_code) == 8
    appointment = row(session, booked.appointment_id)
    assert (appointment.state, appointment.booked_at, appointment.held_until) == (State.CONFIRMED, NOW, None)
    event = session.scalars(select(Event)).one()
    assert (event.name, event.booking_id, event.data) == (
        "appointment_booked", booked.booking_id, {"state": "confirmed"},
    )  # fmt: skip
    found = followed_booking.by_token(session, TOKENS.stored_hash("follow-token", booked.follow_token), NOW)
    assert found is not None
    assert (found.id, found.active.starts_at, found.unit.id) == (booked.booking_id, NINE, unit.id)
    assert found.change_until == NINE - timedelta(minutes=240)
    assert found.may_change(found.change_until)
    assert not found.may_change(found.change_until + timedelta(seconds=1))
    assert found.papers["fr"] == "Une pièce d’identité."
    code = TOKENS.stored_hash("follow-code", booked.follow_code)
    assert followed_booking.by_code(session, booked.reference.lower().replace("-", " "), code, NOW) == found
    assert followed_booking.by_code(session, booked.reference, b"another code", NOW) is None
    # What somebody typed is in the booking's own row and nowhere else.
    assert "Camille" not in str(session.execute(select(Event.data)).all())


def test_what_the_chief_approves_one_by_one_is_requested(session, unit):
    seed = keep(session, unit.id, reason="case_follow_up")
    assert confirm(session, seed).state is State.REQUESTED


def test_a_double_tap_is_one_booking(session, unit):
    held = keep(session, unit.id)
    first, again = confirm(session, held), confirm(session, held)
    assert again == replace(first, again=True)
    assert session.scalar(select(func.count()).select_from(Booking)) == 1
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        confirm(session, held, replace(CAMILLE, facts="Autre chose"))


def test_an_answer_that_was_lost_is_given_again_after_the_hold_would_have_run_out(session, unit):
    held = keep(session, unit.id)
    first = confirm(session, held)
    assert confirm(session, held, now=NOW + timedelta(hours=1)).reference == first.reference


@pytest.mark.parametrize("token", [None, "nobody's"])
def test_a_hold_that_is_over_is_not_booked(session, unit, token):
    held = keep(session, unit.id)
    with pytest.raises(Conflict, match="hold_expired"):
        confirm(session, replace(held, hold_token=token or held.hold_token), now=held.held_until)
    assert session.scalar(select(func.count()).select_from(Booking)) == 0


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"caller_name": " "}, {"caller_name": "missing"}),
        ({"phone": "", "email": ""}, {"phone": "missing"}),
        ({"phone": "06 12", "phone_is_valid": False}, {"phone": "unreadable"}),
        ({"email": "camille@"}, {"email": "unreadable"}),
        ({"facts": "x" * 5001}, {"facts": "too_long"}),
        ({"commune_insee": "99999"}, {"commune_insee": "unknown"}),
        ({"caller_name": "", "email": "a@b"}, {"caller_name": "missing", "email": "unreadable"}),
    ],
)
def test_what_is_wrong_is_said_by_field_and_the_hold_stays(session, unit, changes, fields):
    held = keep(session, unit.id)
    with pytest.raises(Invalid) as refused:
        confirm(session, held, replace(CAMILLE, **changes))
    assert refused.value.detail == {"fields": fields}
    assert confirm(session, held).state is State.CONFIRMED


def test_somebody_who_comes_home_needs_the_address(session, unit, chief):
    session.execute(
        Booking.metadata.tables["reasons"].update().where(
            Booking.metadata.tables["reasons"].c.code == "neighbours"
        ).values(place_kinds=["home"])
    )  # fmt: skip
    seed_windows(session, chief, NINE, at(1), place_kind="home")
    held = keep(session, unit.id)
    with pytest.raises(Invalid) as refused:
        confirm(session, held)
    assert refused.value.detail == {"fields": {"address": "missing"}}
    booked = confirm(session, held, replace(CAMILLE, address="3 rue du Lavoir, Belley"))
    found = followed_booking.by_id(session, booked.booking_id, NOW)
    assert (found.address, found.active.place_kind) == ("3 rue du Lavoir, Belley", "home")


@pytest.mark.parametrize("same", [{"phone": CAMILLE.phone}, {"email": "CAMILLE@Example.org"}])
def test_the_second_one_of_a_month_needs_a_proof(session, unit, same):
    book(session, unit.id, phone=CAMILLE.phone, email=CAMILLE.email)
    held = keep(session, unit.id, at(1))
    details = replace(CAMILLE, **{"phone": "", "email": "", **same})
    with pytest.raises(Conflict, match="verification_needed") as refused:
        confirm(session, held, details)
    # A phone can be proved where there is a way to send text messages.
    assert refused.value.detail == {"channels": ["email"] if "email" in same else []}
    with pytest.raises(Conflict, match="verification_needed") as refused:
        confirm(session, held, details, provable=BOTH)
    assert refused.value.detail == {"channels": list(same)}


def test_a_phone_proves_itself_by_text_and_nothing_else(session, unit):
    book(session, unit.id, phone=CAMILLE.phone, email=CAMILLE.email)
    held = keep(session, unit.id, at(1))
    command = SendVerificationCode("phone", CAMILLE.phone, "fr", provable=BOTH)
    sent = send_verification_code(session, command, NOW, TOKENS)
    assert verify_contact(session, VerifyContact(sent, TOKENS.verification_code(sent)), NOW, TOKENS) is None
    with pytest.raises(Conflict, match="verification_needed"):
        confirm(session, held, replace(CAMILLE, phone="+33639980013"), verification_id=sent, provable=BOTH)
    assert confirm(session, held, verification_id=sent, provable=BOTH).state is State.CONFIRMED


def test_a_phone_gets_three_codes_in_a_quarter_of_an_hour_too(session):
    command = SendVerificationCode("phone", CAMILLE.phone, "fr", provable=BOTH)
    for _ in range(3):
        send_verification_code(session, command, NOW, TOKENS)
    with pytest.raises(Exception, match="too_many"), session.begin_nested():
        send_verification_code(session, command, NOW, TOKENS)
    assert session.scalar(select(func.count()).select_from(TextMessage)) == 3


@pytest.mark.parametrize(
    "contact",
    ["+33479810012", "06 39 98 00 12", "camille@example.org", "+33899700000", "+447400123456", "+88216123456", ""],
)
def test_a_code_goes_to_mobile_numbers_only(session, contact):
    with pytest.raises(Invalid) as refused:
        send_verification_code(session, SendVerificationCode("phone", contact, "fr", provable=BOTH), NOW, TOKENS)
    assert refused.value.detail == {"fields": {"contact": "unreadable"}}


def test_a_right_code_opens_the_second_booking_once(session, unit):
    book(session, unit.id, phone=CAMILLE.phone)
    held = keep(session, unit.id, at(1))
    sent = send_verification_code(session, SendVerificationCode("email", CAMILLE.email, "fr"), NOW, TOKENS)
    with pytest.raises(Conflict, match="verification_needed"):
        confirm(session, held, verification_id=sent)
    code = TOKENS.verification_code(sent)
    spaced = f" {code[:3]} {code[3:]} "
    assert verify_contact(session, VerifyContact(sent, spaced), NOW + timedelta(minutes=14), TOKENS) is None
    # The proof is for this address only.
    with pytest.raises(Conflict, match="verification_needed"):
        confirm(session, held, replace(CAMILLE, email="other@example.org"), verification_id=sent)
    assert confirm(session, held, verification_id=sent).state is State.CONFIRMED
    third = keep(session, unit.id, at(2))
    with pytest.raises(Conflict, match="verification_needed"):
        confirm(session, third, key="third", verification_id=sent)


def test_a_wrong_code_counts_and_five_are_the_end(session):
    sent = send_verification_code(session, SendVerificationCode("email", CAMILLE.email, "fr"), NOW, TOKENS)
    right = TOKENS.verification_code(sent)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answers = [verify_contact(session, VerifyContact(sent, wrong), NOW, TOKENS) for _ in range(5)]
    assert [(one.code, one.detail) for one in answers] == [
        *(("wrong_code", {"tries_left": left}) for left in (4, 3, 2, 1)), ("code_expired", {}),
    ]  # fmt: skip
    assert verify_contact(session, VerifyContact(sent, right), NOW, TOKENS).code == "code_expired"


def test_a_code_is_good_for_a_quarter_of_an_hour(session):
    sent = send_verification_code(session, SendVerificationCode("email", CAMILLE.email, "fr"), NOW, TOKENS)
    late = NOW + timedelta(minutes=15)
    code = VerifyContact(sent, TOKENS.verification_code(sent))
    assert verify_contact(session, code, late, TOKENS).code == "code_expired"
    assert verify_contact(session, VerifyContact(uuid4(), "123456"), NOW, TOKENS).code == "code_expired"


def test_a_mailbox_gets_three_codes_in_a_quarter_of_an_hour(session):
    command = SendVerificationCode("email", CAMILLE.email, "fr")
    for _ in range(3):
        send_verification_code(session, command, NOW, TOKENS)
    for spelling in (CAMILLE.email, CAMILLE.email.upper()):
        with pytest.raises(Exception, match="too_many"), session.begin_nested():
            send_verification_code(session, replace(command, contact=spelling), NOW, TOKENS)
    send_verification_code(session, command, NOW + timedelta(minutes=16), TOKENS)
    assert session.scalar(select(func.count()).select_from(ContactVerification)) == 4


@pytest.mark.parametrize(
    ("channel", "contact", "fields"),
    [("phone", "+33639980012", {"channel": "unknown"}), ("email", "camille", {"contact": "unreadable"})],
)
def test_a_code_goes_only_where_it_can(session, channel, contact, fields):
    with pytest.raises(Invalid) as refused:
        send_verification_code(session, SendVerificationCode(channel, contact, "fr"), NOW, TOKENS)
    assert refused.value.detail == {"fields": fields}


def test_another_month_or_a_cancelled_one_asks_for_no_code(session, unit, chief):
    january = NINE + timedelta(days=40)
    seed_windows(session, chief, january, january + timedelta(hours=1))
    first = book(session, unit.id, phone=CAMILLE.phone)
    book(session, unit.id, january, phone=CAMILLE.phone)
    appointment = row(session, first.appointment_id)
    appointment.state, appointment.ended_at = State.CANCELLED, NOW
    session.flush()
    book(session, unit.id, at(1), phone=CAMILLE.phone)


def test_a_gendarme_books_for_a_caller_who_has_neither_phone_nor_address(session, unit):
    actor = actor_of(seed_agent(session, unit))
    request = send_request(session)
    booked = confirm(
        session, keep(session, unit.id), replace(CAMILLE, phone="", email=""), actor=actor,
        request_id=request.request_id,
    )  # fmt: skip
    assert session.get_one(Booking, booked.booking_id).request_id == request.request_id
    assert session.scalars(select(Event.agent_id).where(Event.name == "appointment_booked")).one() == actor.agent_id


def test_only_the_units_own_requests_are_answered_with_an_appointment(session, unit):
    stranger = actor_of(seed_agent(session, seed_unit(session, 2, "Brigade de Culoz")))
    held, request = keep(session, unit.id), send_request(session)
    for actor, request_id in ((stranger, request.request_id), (stranger, uuid4()), (None, request.request_id)):
        with pytest.raises(NotFound, match="no_such_request"):
            confirm(session, held, actor=actor, request_id=request_id)


def test_a_partner_may_keep_the_citizens_data(session, unit):
    key = ApiKey(name="Partenaire", key_hash=b"k", scopes=["bookings:write"], unit_id=None, created_at=NOW)
    session.add(key)
    session.flush()
    nobody = replace(CAMILLE, caller_name="", phone="", email="", facts="")
    partner = PartnerActor(key.id, frozenset({"bookings:write"}))
    held = keep(session, unit.id)
    with pytest.raises(Forbidden, match="scope_missing"):
        confirm(session, held, nobody, actor=replace(partner, scopes=frozenset({"slots:read"})))
    with pytest.raises(NotFound, match="no_such_unit"):
        confirm(session, held, nobody, actor=replace(partner, unit_id=999))
    booking = session.get_one(Booking, confirm(session, held, nobody, actor=partner).booking_id)
    assert (booking.api_key_id, booking.caller_name, booking.phone) == (key.id, None, None)
