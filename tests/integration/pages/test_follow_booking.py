"""The page behind a booking's follow link: what it says in each state, and what one can still do there."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import icalendar
import pytest
from sqlalchemy import select, update

from models.rules.actor import SystemActor
from models.rules.appointments import Offer, State
from models.tables import Appointment, Booking, Reason, Resource
from server.services._holds import Hold, hold
from server.services._offers import offer_instead, reoffer
from tests.integration.pages.booking_support import BELLEY, appointments, book, only_booking, paris, post, seed_openings
from tests.support.bookings import change_reason
from tests.support.seed import NOW, TOKENS, send_request

JOB = SystemActor("test")


def active(session) -> Appointment:
    return session.scalars(select(Appointment).where(Appointment.state.in_(["requested", "confirmed"]))).one()


def test_the_confirmation_says_all_that_one_needs(citizen, database, booked):
    stored = only_booking(database)
    assert "Votre rendez-vous est pris" in citizen.text
    assert stored.reference in citizen.text
    assert "Jeudi 26 novembre à 9 h" in citizen.text
    assert "La brigade de Belley vous attend." in citizen.text
    assert "À apporter Une pièce d’identité." in citizen.text
    assert "Motif : " in citizen.text
    assert "04 65 71 00 12" in citizen.text
    code = TOKENS.follow_code(stored.id, stored.follow_generation)
    assert f"{code[:4]} {code[4:]}" in citizen.text
    citizen.get(booked)
    assert "Votre rendez-vous est pris" not in citizen.text
    assert citizen.response.headers["Cache-Control"] == "private, no-cache"


def test_reference_and_code_lead_to_the_page(citizen, database, booked):
    stored = only_booking(database)
    code = TOKENS.follow_code(stored.id, stored.follow_generation)
    citizen.get("/suivi").press(reference=stored.reference.lower().replace("-", " "), code=code)
    assert citizen.path == booked
    citizen.get("/suivi").press(reference=stored.reference, code="00000000")
    assert citizen.response.status_code == 422


def test_the_page_and_its_fragment_speak_english(citizen, booked):
    token = booked.rsplit("/", 1)[1]
    citizen.get(f"/en/follow/{token}")
    assert "Thursday 26 November at 9 am" in citizen.text
    assert "To bring An identity document." in citizen.text
    fragment = citizen.http.get(f"/suivi/{token}/etat").get_data(as_text=True)
    assert "<html" not in fragment
    assert 'id="etat-titre"' in fragment


def test_what_the_chief_confirms_says_so(citizen, app, database):
    seed_openings(database)
    book(citizen, "case_follow_up")
    assert "Votre demande de rendez-vous est envoyée" in citizen.text
    assert "À confirmer" in citizen.text
    assert "Le commandant de brigade confirme votre rendez-vous" in citizen.text


def offer_earlier_time(database):
    """The unit holds Wednesday at 9 h for whoever waits."""
    wednesday = paris(25, 9)
    seed_openings(database, starts=wednesday, ends=wednesday + timedelta(hours=1))
    with database.transaction() as session:
        now = active(session)
        command = Hold(
            unit_id=BELLEY,
            starts_at=wednesday,
            until=NOW + timedelta(hours=2),
            booking_id=now.booking_id,
            offer=Offer.EARLIER,
        )
        return hold(session, command, session.get_one(Reason, now.reason_code), NOW).id


def test_an_earlier_time_is_accepted(citizen, database, booked):
    offered = offer_earlier_time(database)
    citizen.get(booked)
    assert "Un horaire plus tôt est libre pour vous Quand Demain, mercredi 25 novembre à 9 h" in citizen.text
    assert "Gardé pour vous jusqu’à : aujourd’hui, mardi 24 novembre à 16 h 30." in citizen.text
    post(citizen, f"{booked}/proposition", go="accept", appointment_id=str(offered))
    assert "Demain, mercredi 25 novembre à 9 h" in citizen.text
    assert {one.state for one in appointments(database)} == {"moved", "confirmed"}


def test_an_earlier_time_is_declined_and_the_appointment_stays(citizen, database, booked):
    offered = offer_earlier_time(database)
    post(citizen, f"{booked}/proposition", go="decline", appointment_id=str(offered))
    assert "Un horaire plus tôt" not in citizen.text
    assert "Jeudi 26 novembre à 9 h" in citizen.text


def test_an_offer_that_ran_out_is_told(citizen, database, booked, clock):
    offered = offer_earlier_time(database)
    clock.now += timedelta(hours=3)
    post(citizen, f"{booked}/proposition", go="accept", appointment_id=str(offered))
    assert citizen.response.status_code == 409
    assert "Cet horaire n’est plus gardé pour vous" in citizen.text
    assert "Jeudi 26 novembre à 9 h" in citizen.text


@pytest.mark.parametrize("appointment_id", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_offer_that_never_was_changes_nothing(citizen, database, booked, appointment_id):
    post(citizen, f"{booked}/proposition", go="accept", appointment_id=appointment_id)
    assert citizen.path == booked
    assert [one.state for one in appointments(database)] == ["confirmed"]


def test_other_times_instead_are_shown_with_the_units_word(citizen, database, booked):
    with database.transaction() as session:
        offers = [one.id for one in reoffer(session, active(session), "Une urgence nous appelle.", JOB, NOW)]
    citizen.get(booked)
    assert "La brigade doit changer votre horaire" in citizen.text
    assert "Une urgence nous appelle." in citizen.text
    assert citizen.read.buttons.count("accept") == len(offers) == 3
    post(citizen, f"{booked}/proposition", go="accept", appointment_id=str(offers[1]))
    assert "Confirmé" in citizen.text
    assert "Une urgence nous appelle." not in citizen.text


def test_without_an_offer_the_citizen_chooses(citizen, database, booked):
    with database.transaction() as session:
        offer_instead(session, active(session), [], "", JOB, NOW)
    citizen.get(booked)
    assert "Votre horaire n’est plus possible" in citizen.text
    citizen.get(f"{booked}/deplacer")
    citizen.press(citizen.buttons("pick-")[0]).press("confirm")
    assert "Confirmé" in citizen.text


@pytest.mark.parametrize(
    ("state", "ended_by", "words"),
    [
        (State.HONOURED, None, "Vous êtes venu à votre rendez-vous"),
        (State.NO_SHOW, None, "La brigade ne vous a pas vu"),
        (State.CANCELLED, "unit", "La brigade a annulé votre rendez-vous"),
        (State.CANCELLED, "time", "Votre rendez-vous n’a pas été confirmé à temps"),
    ],
)
def test_every_end_has_its_words(citizen, database, booked, state, ended_by, words):
    with database.transaction() as session:
        session.execute(update(Appointment).values(state=state, ended_at=NOW, ended_by=ended_by))
        session.execute(update(Booking).values(ended_at=NOW))
    citizen.get(booked)
    assert words in citizen.text
    assert "Changer d’horaire" not in citizen.text
    assert "Prendre un autre rendez-vous" in citizen.text


def test_a_time_that_has_begun_is_past(citizen, booked, clock):
    clock.now = paris(26, 11)
    citizen.get(booked)
    assert "Passé" in citizen.text
    assert "Ajouter à mon agenda" not in citizen.text
    assert "Venir plus tôt ?" not in citizen.text


def calendar_of(citizen, path):
    """The file as a calendar reads it."""
    response = citizen.http.get(path)
    assert response.mimetype == "text/calendar"
    assert response.headers["Cache-Control"] == "private, no-store"
    [event] = icalendar.Calendar.from_ical(response.get_data()).walk("VEVENT")
    return event


def test_the_calendar_file_says_when_and_where_and_no_more(citizen, database, booked):
    assert "Ajouter à mon agenda" in citizen.text
    event = calendar_of(citizen, f"{booked}/rendez-vous.ics")
    stored = only_booking(database)
    assert (event.start, event.end) == (paris(26, 9), paris(26, 9, 30))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Rendez-vous", stored.reference)
    assert event["LOCATION"] == "Brigade de Belley, 9 rue Mante, 01300 Belley"
    assert event["UID"].startswith(f"{stored.id}@")
    text = citizen.http.get(f"{booked}/rendez-vous.ics").get_data(as_text=True).replace("\r\n ", "")
    assert "TZID:Europe/Paris" in text
    for secret in ("Camille", "voisin", "Conflit", booked.rsplit("/", 1)[1]):
        assert secret not in text
    # Twice the same: a calendar that looks again finds nothing new.
    assert (
        citizen.http.get(f"{booked}/rendez-vous.ics").get_data()
        == citizen.http.get(f"{booked}/rendez-vous.ics").get_data()
    )
    assert calendar_of(citizen, booked.replace("/suivi", "/en/follow") + "/appointment.ics")["SUMMARY"] == "Appointment"


def test_the_calendar_file_follows_the_appointment_to_its_end(citizen, database, booked):
    first = calendar_of(citizen, f"{booked}/rendez-vous.ics")
    citizen.get(f"{booked}/deplacer").press(citizen.buttons("pick-")[0]).press("confirm")
    moved = calendar_of(citizen, f"{booked}/rendez-vous.ics")
    assert moved.start == paris(26, 9, 30)
    with database.transaction() as session:
        offer_instead(session, active(session), [], "", JOB, NOW)
    citizen.get(booked)
    # What is over is not offered, but says so to who has it.
    assert "Ajouter à mon agenda" not in citizen.text
    ended = calendar_of(citizen, f"{booked}/rendez-vous.ics")
    assert [one["STATUS"] for one in (first, moved, ended)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [one["SEQUENCE"] for one in (first, moved, ended)] == [0, 1, 2]
    assert len({one["UID"] for one in (first, moved, ended)}) == 1
    assert citizen.http.get("/suivi/AAAAAAAAAAAAAAAAAAAAAA/rendez-vous.ics").status_code == 404


def test_what_waits_for_the_chief_is_tentative_in_the_calendar(citizen, database, chief):
    with database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    book(citizen)
    assert "Ajouter à mon agenda" in citizen.text
    path = citizen.path.removesuffix("/envoyee")
    assert calendar_of(citizen, f"{path}/rendez-vous.ics")["STATUS"] == "TENTATIVE"


def test_a_discreet_booking_leaves_nothing_and_its_calendar_says_nothing(citizen, app, database):
    with database.transaction() as session:
        session.add(Resource(unit_id=BELLEY, kind="room", name="Salle 1"))
    seed_openings(database)
    book(citizen, "sexual_violence")
    path = citizen.path.removesuffix("/envoyee")
    assert citizen.title == "Informations"
    assert "Quitter vite" in citizen.text
    assert "Motif" not in citizen.text
    assert citizen.response.headers["Cache-Control"] == "private, no-store"
    assert citizen.http.get(f"{path}/copie").status_code == 404
    file = citizen.http.get(f"{path}/rendez-vous.ics").get_data(as_text=True)
    assert "LOCATION" not in file
    assert "DESCRIPTION" not in file
    for page in ("deplacer", "annuler"):
        assert citizen.get(f"{path}/{page}").title == "Informations"


def test_the_copy_names_its_days_and_holds_no_secret(citizen, database, booked):
    citizen.get(f"{booked}/copie")
    assert "Hors connexion : état connu le mardi 24 novembre à 14 h 30" in citizen.text
    assert "Jeudi 26 novembre à 9 h" in citizen.text
    assert parsedate_to_datetime(citizen.response.headers["Expires"]) == NOW + timedelta(days=7)
    html = citizen.response.get_data(as_text=True)
    stored = only_booking(database)
    code = TOKENS.follow_code(stored.id, stored.follow_generation)
    for secret in (booked.rsplit("/", 1)[1], code[4:], "Camille", "Conflit de voisinage"):
        assert secret not in html


def test_a_link_of_a_request_opens_no_page_of_a_booking_and_the_other_way_round(citizen, database, booked):
    assert citizen.get(f"{booked}/mot").response.status_code == 404
    with database.transaction() as session:
        request = f"/suivi/{send_request(session).follow_token}"
    for page in ("deplacer", "rendez-vous.ics"):
        assert citizen.get(f"{request}/{page}").response.status_code == 404
    for page in ("plus-tot", "proposition"):
        assert citizen.http.post(f"{request}/{page}").status_code == 404
