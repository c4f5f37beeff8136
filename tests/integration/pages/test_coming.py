"""A reminder's two answers: each leads to a page, and only its button changes something."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.appointment_events import AppointmentPromised, AppointmentReminded
from models.record import record
from models.tables import Appointment, Event
from server.pages.booking import coming
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.settle_notice import SettleNotice, settle_notice
from tests.integration.pages.booking_support import appointments, paris, post


def remind(database, clock, now, ahead="two_days", *, told=True):
    """Let the active appointment be reminded of, and somebody be sent it."""
    clock.now = now
    with database.transaction() as session:
        (appointment,) = session.scalars(select(Appointment).where(Appointment.state == "confirmed"))
        event = AppointmentReminded(
            at=now,
            unit_id=appointment.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            ahead=ahead,
        )
        event_id = record(session, event)
        if told:
            _, notice_id = claim_notice(session, ClaimNotice(event_id, "email", "citizen"), now)
            settle_notice(session, SettleNotice(notice_id), now)


def promises(database):
    with database.transaction() as session:
        return session.scalars(select(Event.data).where(Event.name == AppointmentPromised.name)).all()


@pytest.fixture
def reminded(database, clock, booked):
    remind(database, clock, paris(25, 9))
    return booked


def test_looking_changes_nothing_and_one_button_promises(citizen, database, reminded):
    for _ in range(2):
        citizen.get(f"{reminded}/je-viens")
        assert "Venez-vous au rendez-vous ? Quand Demain, jeudi 26 novembre à 9 h" in citizen.text
    assert promises(database) == []
    citizen.press()
    assert citizen.path == f"{reminded}#venue"
    assert "C’est noté : vous venez" in citizen.text
    assert promises(database) == [{"ahead": "two_days"}]
    # Whoever comes again finds that it is done.
    assert citizen.get(f"{reminded}/je-viens").response.status_code == 303
    assert len(promises(database)) == 1


def test_the_follow_page_asks_from_the_reminder_on(citizen, database, clock, booked):
    assert "Venez-vous" not in citizen.get(booked).text
    assert citizen.get(f"{booked}/je-viens").response.status_code == 303
    remind(database, clock, paris(25, 9), told=False)
    # Nobody was told: nobody would see the answer.
    assert "Venez-vous" not in citizen.get(booked).text
    remind(database, clock, paris(26, 7, 30), "two_hours")
    citizen.get(booked)
    assert "Venez-vous au rendez-vous ?" in citizen.text
    (appointment,) = appointments(database)
    post(citizen, f"{booked}/je-viens", appointment_id=str(appointment.id))
    assert "C’est noté : vous venez" in citizen.text
    assert promises(database) == [{"ahead": "two_hours"}]


def test_after_the_term_the_page_says_whom_to_call(citizen, database, clock, booked):
    remind(database, clock, paris(26, 7, 30), "two_hours")
    citizen.get(f"{booked}/je-viens")
    assert "Il est trop tard pour annuler ici. Appelez la brigade : 04 65 71 00 12" in citizen.text
    assert "J’annule" not in citizen.text


def test_the_other_answer_leads_to_the_page_that_cancels(citizen, database, reminded):
    citizen.get(f"{reminded}/je-viens")
    assert f'href="{reminded}/annuler"' in citizen.response.text
    citizen.get(f"{reminded}/annuler")
    assert [one.state for one in appointments(database)] == ["confirmed"]
    citizen.press()
    assert [one.state for one in appointments(database)] == ["cancelled"]
    assert citizen.get(f"{reminded}/je-viens").response.status_code == 303


def test_a_page_left_open_over_a_move_promises_nothing(citizen, database, clock, reminded):
    citizen.get(f"{reminded}/je-viens")
    before = citizen.form.values["appointment_id"]
    citizen.get(f"{reminded}/deplacer").press(citizen.buttons("pick-")[0]).press("confirm")
    remind(database, clock, paris(25, 10))
    for stale in (before, "none", ""):
        post(citizen, f"{reminded}/je-viens", appointment_id=stale)
        assert citizen.response.status_code == 409
        assert "Votre rendez-vous a changé" in citizen.text
        assert "jeudi 26 novembre à 9 h 30" in citizen.text
    assert promises(database) == []
    citizen.press()
    assert promises(database) == [{"ahead": "two_days"}]


def test_who_has_begun_is_not_asked_any_more(citizen, clock, reminded):
    clock.now = paris(26, 9)
    assert citizen.get(f"{reminded}/je-viens").response.status_code == 303
    assert "Venez-vous" not in citizen.get(reminded).text


def test_it_speaks_english_and_waits_for_who_tries_too_often(citizen, database, reminded, monkeypatch):
    token = reminded.rsplit("/", 1)[1]
    citizen.get(f"/en/follow/{token}/coming")
    assert "Are you coming to the appointment?" in citizen.text
    monkeypatch.setattr(coming, "CHANGES", 0)
    citizen.press()
    assert citizen.response.status_code == 429
    assert int(citizen.response.headers["Retry-After"]) > 0
    assert promises(database) == []


def test_a_link_that_is_none_opens_nothing(citizen, reminded):
    for path in ("/suivi/AAAAAAAAAAAAAAAAAAAAAA/je-viens", "/en/follow/AAAAAAAAAAAAAAAAAAAAAA/coming"):
        assert citizen.get(path).response.status_code == 404


def test_another_site_cannot_promise(citizen, database, reminded):
    (appointment,) = appointments(database)
    data = {"appointment_id": str(appointment.id)}
    response = citizen.http.post(f"{reminded}/je-viens", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert promises(database) == []
