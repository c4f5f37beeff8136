"""Booking in three steps, without JavaScript: why and where, when, who."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models.tables import Booking, Reason, Resource
from server.pages.booking import keep as keeping
from server.pages.booking.picks import Pick, write_pick
from tests.integration.pages.booking_support import (
    BELLEY,
    WHO,
    appointments,
    book,
    paris,
    seed_openings,
    to_times,
    to_who,
)
from tests.support.citizen import Citizen


def bookings(database):
    with database.transaction() as session:
        return session.scalars(select(Booking)).all()


def test_three_steps_lead_from_a_reason_to_an_appointment(citizen, database, chief):
    citizen.get("/rendez-vous")
    assert "Étape 1 sur 3" in citizen.text
    citizen.press(reason_code="neighbours", commune="belley")
    assert "Étape 2 sur 3" in citizen.text
    assert "Un rendez-vous de 30 minutes avec la brigade de Belley." in citizen.text
    assert "Jeudi 26 novembre 9 h 9 h 30 10 h" in citizen.text
    citizen.press(citizen.buttons("pick-")[2])
    assert "Étape 3 sur 3" in citizen.text
    assert "Jeudi 26 novembre à 10 h" in citizen.text
    assert "Gardé pour vous jusqu’à 14 h 40." in citizen.text
    citizen.press(**WHO, facts="Du bruit la nuit.")
    assert citizen.response.status_code == 200
    assert citizen.path.startswith("/suivi/")
    (stored,) = bookings(database)
    assert (stored.unit_id, stored.phone, stored.email) == (BELLEY, "+33639980012", "camille@example.org")
    assert (stored.facts, stored.commune_insee, stored.language) == ("Du bruit la nuit.", "01034", "fr")
    (appointment,) = appointments(database)
    assert (appointment.state, appointment.starts_at) == ("confirmed", paris(26, 10))


def test_no_cookie_and_nothing_typed_in_an_address(citizen, chief):
    book(citizen)
    assert "Set-Cookie" not in citizen.response.headers
    assert "Camille" not in citizen.path


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"reason_code": ""}, "reason_code", "Choisissez un motif"),
        ({"reason_code": "made-up"}, "reason_code", "Ce motif n’existe plus"),
        ({"commune": ""}, "commune", "Écrivez le nom ou le code postal"),
        ({"commune": "Nulle-Part-sur-Rien"}, "commune", "Nous ne trouvons pas cette commune"),
        ({"commune": "01350"}, "commune", "Plusieurs communes correspondent"),
    ],
)
def test_a_bad_first_answer_is_explained_and_the_other_one_kept(citizen, chief, answers, field, words):
    citizen.get("/rendez-vous").press(**{"reason_code": "neighbours", "commune": "Belley", **answers})
    assert citizen.response.status_code == 422
    assert citizen.text.count(words) == 2
    assert f"#{field}" in [link.get("href") for link in citizen.read.links]
    assert field in citizen.read.ids
    assert citizen.title.startswith("Erreur")
    citizen.press(reason_code="neighbours", commune="Belley")
    assert citizen.buttons("pick-")


def test_both_first_answers_are_judged_together(citizen, chief):
    citizen.get("/rendez-vous").press(reason_code="", commune="")
    assert "Choisissez un motif" in citizen.text
    assert "Écrivez le nom ou le code postal" in citizen.text


@pytest.mark.parametrize(
    ("who", "field", "words"),
    [
        ({"caller_name": ""}, "caller_name", "Écrivez votre nom"),
        ({"caller_name": "x" * 121}, "caller_name", "la limite de 120"),
        ({"phone": "", "email": ""}, "phone", "Écrivez un numéro de téléphone ou une adresse électronique"),
        ({"phone": "0639"}, "phone", "Nous ne pouvons pas appeler ce numéro"),
        ({"email": "camille@"}, "email", "Cette adresse est incomplète"),
        ({"facts": "é" * 5003}, "facts", "il y en a 3 de trop"),
    ],
)
def test_a_bad_last_answer_is_explained_and_nothing_is_lost(citizen, database, chief, who, field, words):
    given = {**WHO, "facts": "Du bruit.", **who}
    to_who(citizen).press(**given)
    assert citizen.response.status_code == 422
    assert citizen.text.count(words) == 2
    assert field in citizen.read.ids
    assert {name: citizen.form.values[name] for name in given} == given
    citizen.press(**WHO, facts="")
    assert citizen.path.startswith("/suivi/")
    assert len(bookings(database)) == 1


def test_at_home_the_address_is_asked(citizen, app, database):
    with database.transaction() as session:
        session.get_one(Reason, "neighbours").place_kinds = ["unit", "home"]
    seed_openings(database, place_kind="home")
    to_times(citizen)
    assert "Chez vous" in citizen.text
    citizen.press(citizen.buttons("pick-")[0]).press(**WHO)
    assert citizen.text.count("Écrivez l’adresse où le gendarme doit venir") == 2
    citizen.press(address="12 rue des Lilas, Belley")
    assert bookings(database)[0].address == "12 rue des Lilas, Belley"


def test_a_slot_that_was_taken_is_told_kindly_and_the_next_ones_are_buttons(citizen, app, database, chief):
    to_times(citizen)
    first = citizen.buttons("pick-")[0]
    to_who(Citizen(app, "203.0.113.8"))
    citizen.press(first)
    assert citizen.response.status_code == 409
    assert "Quelqu’un vient de prendre cet horaire" in citizen.text
    assert "Jeudi 26 novembre à 9 h 30" in citizen.text
    citizen.press(citizen.buttons("pick-")[0]).press(**WHO)
    assert citizen.path.startswith("/suivi/")


def test_what_was_typed_survives_a_hold_that_ran_out_and_was_taken(citizen, app, database, chief, clock):
    to_who(citizen)
    clock.now += timedelta(minutes=11)
    to_times(Citizen(app, "203.0.113.8")).press(f"pick-{write_pick(Pick(BELLEY, paris(26, 9), 'unit'))}")
    citizen.press(**WHO, facts="Du bruit.")
    assert citizen.response.status_code == 409
    assert citizen.form.values["caller_name"] == "Camille Essai"
    citizen.press(citizen.buttons("pick-")[0])
    assert citizen.form.values["facts"] == "Du bruit."
    citizen.press()
    assert citizen.path.startswith("/suivi/")


def test_a_hold_that_ran_out_is_kept_anew_when_nobody_took_it(citizen, database, chief, clock):
    to_who(citizen)
    clock.now += timedelta(minutes=11)
    citizen.press(**WHO)
    assert "Nous gardons de nouveau votre horaire" in citizen.text
    assert "Gardé pour vous jusqu’à 14 h 51." in citizen.text
    assert citizen.form.values["caller_name"] == "Camille Essai"
    citizen.press()
    assert citizen.path.startswith("/suivi/")
    assert [one.state for one in appointments(database)] == ["expired", "confirmed"]


def test_pressing_a_time_twice_holds_it_once(citizen, database, chief):
    to_times(citizen)
    pressed = {**citizen.form.values, "go": citizen.buttons("pick-")[0]}
    first = citizen.http.post("/rendez-vous", data=pressed)
    again = citizen.http.post("/rendez-vous", data=pressed)
    assert (first.status_code, again.status_code) == (200, 200)
    assert len(appointments(database)) == 1


def test_choosing_another_time_frees_the_first(citizen, database, chief):
    to_who(citizen).press("back")
    assert [one.state for one in appointments(database)] == ["cancelled"]
    assert len(citizen.buttons("pick-")) == 6
    citizen.press(citizen.buttons("pick-")[0])
    citizen.press("back").press(citizen.buttons("pick-")[1])
    assert [one.state for one in appointments(database)] == ["cancelled", "cancelled", "held"]


def test_sending_twice_makes_one_booking(citizen, database, chief):
    to_who(citizen)
    sent = {**citizen.form.values, **WHO, "go": "continue"}
    first = citizen.http.post("/rendez-vous", data=sent)
    again = citizen.http.post("/rendez-vous", data=sent)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    changed = citizen.http.post("/rendez-vous", data={**sent, "facts": "Autre chose."})
    assert changed.status_code == 409
    assert "Vous avez déjà pris un rendez-vous avec ce formulaire" in changed.get_data(as_text=True)
    assert len(bookings(database)) == 1


def test_the_contact_form_leads_here_with_its_commune(citizen, chief):
    citizen.get("/contact").press(commune="Belley").press("start", to="/rendez-vous")
    assert citizen.form.values["commune"] == "Belley (01)"
    citizen.press(reason_code="neighbours")
    assert citizen.buttons("pick-")


def test_the_language_changes_on_every_page_and_the_hold_stays(citizen, database, chief):
    citizen.get("/rendez-vous").press("language", to="/en/appointment", reason_code="neighbours", commune="Belley")
    assert "Why are you coming?" in citizen.text
    citizen.press()
    assert "Thursday 26 November" in citizen.text
    citizen.press("language", to="/rendez-vous").press(citizen.buttons("pick-")[0])
    citizen.press("language", to="/en/appointment", caller_name="Camille")
    assert "Kept for you until 2:40 pm." in citizen.text
    assert citizen.form.values["caller_name"] == "Camille"
    assert len(appointments(database)) == 1


@pytest.mark.parametrize("reason", ["harassment", "sexual_violence"])
def test_a_discreet_reason_says_nothing_and_leaves_nothing(citizen, app, database, reason):
    with database.transaction() as session:
        session.add(Resource(unit_id=BELLEY, kind="room", name="Salle 1"))
    seed_openings(database)
    citizen.get("/rendez-vous")
    assert "Quitter vite" in citizen.text
    citizen.press(reason_code=reason, commune="Belley")
    for go in (citizen.buttons("pick-")[0], "continue"):
        assert citizen.title == "Informations"
        assert "Quitter vite" in citizen.text
        assert citizen.response.headers["Cache-Control"] == "private, no-store"
        citizen.press(go, **WHO)
    assert citizen.path.startswith("/suivi/")
    assert citizen.title == "Informations"


def test_what_the_chief_confirms_is_asked_for(citizen, chief):
    to_times(citizen, "case_follow_up")
    assert "le commandant de brigade confirme ensuite chaque rendez-vous" in citizen.text
    citizen.press(citizen.buttons("pick-")[0])
    assert "Demander ce rendez-vous" in citizen.text


def test_too_many_holds_wait_and_lose_nothing(citizen, chief, monkeypatch):
    monkeypatch.setattr(keeping, "HOLDS", 1)
    to_who(citizen)
    other = to_times(Citizen(citizen.http.application))
    other.press(other.buttons("pick-")[0])
    assert other.response.status_code == 429
    assert int(other.response.headers["Retry-After"]) > 0
    assert "Trop d’essais viennent de votre réseau" in other.text


def test_a_database_that_went_away_loses_nothing(citizen, database, chief, monkeypatch):
    to_who(citizen)

    def away(*_args):
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(type(database), "transaction", away)
    monkeypatch.setattr(type(database), "snapshot", away)
    citizen.press(**WHO)
    assert citizen.response.status_code == 503
    assert citizen.form.values["caller_name"] == "Camille Essai"
    monkeypatch.undo()
    citizen.press()
    assert citizen.path.startswith("/suivi/")
    assert len(bookings(database)) == 1


def test_a_form_from_another_site_is_refused(citizen):
    assert citizen.http.post("/rendez-vous", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
