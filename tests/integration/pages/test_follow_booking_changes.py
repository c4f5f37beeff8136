"""Moving and cancelling a booking, and waiting for an earlier time, by its follow link."""

from __future__ import annotations

from datetime import timedelta

from server.pages.booking import changes
from server.pages.booking import keep as keeping
from tests.integration.pages.booking_support import appointments, only_booking, paris, post, to_who
from tests.support.citizen import Citizen


def test_moving_keeps_the_old_time_until_the_new_one_is_confirmed(citizen, database, booked):
    citizen.get(f"{booked}/deplacer")
    assert "Votre horaire actuel reste le vôtre" in citizen.text
    assert "pick-1008593.20261126T0800Z.unit" not in citizen.read.buttons
    citizen.press(citizen.buttons("pick-")[1])
    assert "Confirmez votre nouvel horaire" in citizen.text
    assert "Jeudi 26 novembre à 10 h" in citizen.text
    assert "Il remplace : jeudi 26 novembre à 9 h." in citizen.text
    assert [one.state for one in appointments(database)] == ["confirmed", "held"]
    citizen.press("confirm")
    assert citizen.path == booked
    assert "Jeudi 26 novembre à 10 h" in citizen.text
    assert [(one.state, one.starts_at) for one in appointments(database)] == [
        ("moved", paris(26, 9)),
        ("confirmed", paris(26, 10)),
    ]


def test_going_back_from_a_move_frees_the_new_time(citizen, database, booked):
    citizen.get(f"{booked}/deplacer")
    citizen.press(citizen.buttons("pick-")[0]).press("back")
    assert [one.state for one in appointments(database)] == ["confirmed", "cancelled"]
    assert "Choisir un autre horaire" in citizen.text


def test_moving_has_a_month_too_and_speaks_english(citizen, booked):
    citizen.get(f"{booked}/deplacer").press("month").press("day-2026-11-26")
    picks = citizen.buttons("pick-")
    assert len(picks) == 5
    citizen.press(picks[0])
    token = booked.rsplit("/", 1)[1]
    citizen.press("language", to=f"/en/follow/{token}/move")
    assert "Confirm your new time" in citizen.text


def test_a_time_taken_while_moving_is_told_with_the_next_ones(citizen, app, database, booked):
    citizen.get(f"{booked}/deplacer")
    first = citizen.buttons("pick-")[0]
    to_who(Citizen(app, "203.0.113.8"))
    citizen.press(first)
    assert citizen.response.status_code == 409
    assert "Quelqu’un vient de prendre cet horaire" in citizen.text
    citizen.press(citizen.buttons("pick-")[0]).press("confirm")
    assert "Jeudi 26 novembre à 10 h" in citizen.text


def test_a_new_time_that_ran_out_is_kept_anew(citizen, database, booked, clock):
    citizen.get(f"{booked}/deplacer")
    citizen.press(citizen.buttons("pick-")[0])
    clock.now += timedelta(minutes=11)
    citizen.press("confirm")
    assert "Nous gardons de nouveau votre horaire" in citizen.text
    citizen.press("confirm")
    assert citizen.path == booked
    assert "Jeudi 26 novembre à 9 h 30" in citizen.text


def test_too_many_moves_wait(citizen, booked, monkeypatch):
    monkeypatch.setattr(keeping, "HOLDS", 1)
    monkeypatch.setattr("server.pages.booking.move.HOLDS", 1)
    citizen.get(f"{booked}/deplacer").press(citizen.buttons("pick-")[0])
    assert citizen.response.status_code == 429


def test_too_late_says_whom_to_call(citizen, database, booked, clock):
    clock.now = paris(26, 8)
    citizen.get(booked)
    assert "Il est trop tard pour changer ou annuler ici." in citizen.text
    assert "Appelez la brigade : 04 65 71 00 12" in citizen.text
    assert citizen.get(f"{booked}/deplacer").response.status_code == 303
    citizen.get(f"{booked}/annuler")
    assert citizen.response.status_code == 200
    assert "Pour changer ou annuler, appelez la brigade au 04 65 71 00 12." in citizen.text
    post(citizen, f"{booked}/annuler")
    assert citizen.response.status_code == 409
    assert "Votre rendez-vous est maintenu" in citizen.text
    assert [one.state for one in appointments(database)] == ["confirmed"]


def test_cancelling_asks_once_more(citizen, database, booked):
    citizen.get(f"{booked}/annuler")
    assert "Annuler votre rendez-vous ? Quand Jeudi 26 novembre à 9 h" in citizen.text
    citizen.press(word="Je suis malade.")
    assert citizen.path == booked
    assert "Vous avez annulé votre rendez-vous" in citizen.text
    assert "Prendre un autre rendez-vous" in citizen.text
    (appointment,) = appointments(database)
    assert (appointment.state, appointment.ended_by) == ("cancelled", "citizen")
    post(citizen, f"{booked}/annuler")
    assert "Vous avez annulé votre rendez-vous" in citizen.text


def test_too_many_changes_wait_and_keep_the_word(citizen, database, booked, monkeypatch):
    monkeypatch.setattr(changes, "CHANGES", 0)
    citizen.get(f"{booked}/annuler").press(word="Je suis malade.")
    assert citizen.response.status_code == 429
    assert int(citizen.response.headers["Retry-After"]) > 0
    assert citizen.form.values["word"] == "Je suis malade."
    assert [one.state for one in appointments(database)] == ["confirmed"]


def test_the_word_stays_while_the_language_changes(citizen, booked):
    token = booked.rsplit("/", 1)[1]
    citizen.get(f"{booked}/annuler").press("language", to=f"/en/follow/{token}/withdraw", word="Je suis malade.")
    assert "Cancel your appointment?" in citizen.text
    assert citizen.form.values["word"] == "Je suis malade."


def test_the_waiting_list_is_joined_and_left(citizen, database, booked):
    post(citizen, f"{booked}/plus-tot", wanted="yes")
    assert "Vous êtes sur la liste d’attente" in citizen.text
    assert only_booking(database).wants_earlier_since is not None
    post(citizen, f"{booked}/plus-tot", wanted="no")
    assert "Me proposer un horaire plus tôt" in citizen.text
    assert only_booking(database).wants_earlier_since is None
