"""Who books twice in a month shows with a code that the mailbox is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import Booking, ContactVerification, TextMessage, TextStop
from server.context import current, install
from server.pages.booking import prove
from tests.integration.pages.booking_support import WHO, book, seed_openings, to_who
from tests.support.seed import NOW, TOKENS
from tests.support.texts import with_sms


@pytest.fixture
def second(citizen, app, database):
    """The second booking of the month, as far as the question for a code."""
    seed_openings(database)
    book(citizen)
    to_who(citizen).press(**WHO, facts="Encore du bruit.")
    return citizen


def code_of(database) -> str:
    with database.transaction() as session:
        newest = select(ContactVerification).order_by(ContactVerification.created_at.desc()).limit(1)
        return TOKENS.verification_code(session.scalars(newest).one().id)


def bookings(database) -> int:
    with database.transaction() as session:
        return len(session.scalars(select(Booking)).all())


def test_the_right_code_books(second, database):
    assert "Vérifions que c’est bien vous" in second.text
    assert "Recevoir un code à camille@example.org" in second.text
    assert "Gardé pour vous jusqu’à 14 h 40." in second.text
    second.press("code-email")
    assert "Le code est parti" in second.text
    second.press(code=code_of(database))
    assert second.path.startswith("/suivi/")
    assert bookings(database) == 2


def test_a_wrong_code_is_explained_and_nothing_is_lost(second, database):
    second.press("code-email").press(code="")
    assert second.text.count("Écrivez les six chiffres du code reçu.") == 2
    right = code_of(database)
    second.press(code="000000" if right != "000000" else "111111")
    assert second.response.status_code == 422
    assert second.text.count("Ce n’est pas le bon code") == 2
    assert second.form.values["facts"] == "Encore du bruit."
    second.press(code=f"{right[:3]} {right[3:]}")
    assert second.path.startswith("/suivi/")


def test_an_old_code_is_replaced_by_a_new_one(second, database, clock):
    second.press("code-email")
    old = code_of(database)
    clock.now += timedelta(minutes=9)
    second.press("code-email")
    second.press(code=code_of(database))
    assert second.path.startswith("/suivi/")
    assert old


def test_a_hold_that_ran_out_meanwhile_is_kept_anew(second, database, clock):
    second.press("code-email")
    clock.now += timedelta(minutes=11)
    second.press(code=code_of(database))
    assert "Nous gardons de nouveau votre horaire" in second.text
    assert second.form.values["facts"] == "Encore du bruit."
    # The code was right, so that nobody asks for another one.
    second.press()
    assert bookings(database) == 2


def test_going_back_changes_the_contact_details(second):
    second.press("back")
    assert second.form.values["email"] == "camille@example.org"
    assert second.step == "who"


def test_a_phone_alone_leads_to_the_unit(citizen, app, database):
    seed_openings(database)
    book(citizen)
    to_who(citizen).press(**{**WHO, "email": ""})
    assert "Ajoutez une adresse électronique" in citizen.text
    # No screen of the unit books for a caller.
    assert "prend ce rendez-vous par téléphone" not in citizen.text
    assert "04 65 71 00 12" in citizen.text
    assert not citizen.buttons("code-")


def test_the_language_changes_there_too(second):
    second.press("code-email").press("language", to="/en/appointment")
    assert "Let us check that it is you" in second.text
    assert second.form.values["verification_id"]


def test_too_many_codes_wait(second, monkeypatch):
    monkeypatch.setattr(prove, "CODES", 1)
    second.press("code-email").press("code-email")
    assert second.response.status_code == 429
    assert "Trop de codes demandés" in second.text


@pytest.mark.parametrize("go", ["code-pigeon", "code-phone"])
def test_a_made_up_channel_sends_nothing(second, go):
    second.press(go)
    assert second.response.status_code == 200
    assert second.step == "who"


def test_a_made_up_verification_asks_again(second):
    second.press(verification_id="nonsense", code="123456")
    assert "Recevoir un code à camille@example.org" in second.text


@pytest.fixture
def with_texts(app):
    """The same application in a deployment that can send text messages."""
    provider = {"SMS_TWILIO_URL": "http://AC1:jeton@127.0.0.1:9", "SMS_TWILIO_FROM": "+33644600000"}
    with app.app_context():
        install(app, with_sms(current(), **provider))


def test_a_phone_alone_gets_its_code_by_text(citizen, app, database, with_texts):
    seed_openings(database)
    book(citizen)
    to_who(citizen).press(**{**WHO, "email": ""})
    assert "Recevoir un code par SMS au 06 39 98 00 12" in citizen.text
    citizen.press("code-phone")
    assert "Le code est parti" in citizen.text
    with database.transaction() as session:
        (text,) = session.scalars(select(TextMessage)).all()
        assert (text.phone, text.state, text.purpose) == ("+33639980012", "queued", "verification_code")
        assert session.scalars(select(ContactVerification)).one().contact is None
    citizen.press(code=code_of(database))
    assert citizen.path.startswith("/suivi/")
    assert bookings(database) == 2


def test_both_ways_are_offered_and_told_apart(citizen, app, database, with_texts):
    seed_openings(database)
    book(citizen)
    to_who(citizen).press(**WHO)
    assert citizen.buttons("code-") == ["code-email", "code-phone"]
    citizen.press("code-phone")
    assert "Recevoir un code à camille@example.org" in citizen.text
    assert "Recevoir un code par SMS au 06 39 98 00 12" in citizen.text


def test_a_landline_is_sent_no_text(citizen, app, database, with_texts):
    seed_openings(database)
    landline = {**WHO, "phone": "04 79 81 00 12", "email": ""}
    book(citizen, **landline)
    to_who(citizen).press(**landline)
    assert "Donnez une adresse électronique" in citizen.text
    assert not citizen.buttons("code-")


def test_a_phone_that_said_stop_is_told_so(citizen, app, database, with_texts):
    seed_openings(database)
    book(citizen)
    with database.transaction() as session:
        session.add(TextStop(phone_hash=TOKENS.stored_hash("phone", "+33639980012"), at=NOW))
    to_who(citizen).press(**WHO).press("code-phone")
    assert "Ce numéro ne reçoit plus nos SMS" in citizen.text
    assert "Répondez START" in citizen.text
    with database.transaction() as session:
        assert session.scalars(select(ContactVerification)).all() == []
    # The other way stays open, and nothing is lost.
    citizen.press("code-email").press(code=code_of(database))
    assert citizen.path.startswith("/suivi/")
