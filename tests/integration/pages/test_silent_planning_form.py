"""What citizens read while the planning is silent: before they book, after, when they move, in offers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.actor import SystemActor
from models.tables import Agent, Appointment
from server.services._offers import reoffer
from tests.integration.pages.booking_support import WHO, appointments, to_who
from tests.support.planned import seed_source
from tests.support.seed import NOW

YET = "La brigade doit encore confirmer ce rendez-vous : vous aurez une réponse."
YET_IN_ENGLISH = "The brigade has yet to confirm this appointment: you will have an answer."


@pytest.fixture
def silence(database: Database, chief: Agent) -> Callable[[], None]:
    """Nobody has heard of the chief's calendar for too long."""

    def fall_silent() -> None:
        with database.transaction() as session:
            seed_source(session, session.get_one(Agent, chief.id), silent_since=NOW)

    return fall_silent


def test_it_is_said_before_and_after(citizen, database, silence):
    silence()
    to_who(citizen)
    assert YET in citizen.text
    assert "Demander ce rendez-vous" in citizen.text
    assert "Confirmer le rendez-vous" not in citizen.text
    citizen.press("language", to="/en/appointment")
    assert YET_IN_ENGLISH in citizen.text
    citizen.press("language", to="/rendez-vous").press(**WHO)
    assert "Votre demande de rendez-vous est envoyée" in citizen.text
    assert "À confirmer" in citizen.text
    (appointment,) = appointments(database)
    assert (appointment.state, appointment.to_confirm_because) == ("requested", "planning_silent")


@pytest.mark.usefixtures("chief")
def test_while_it_speaks_nothing_is_said(citizen):
    to_who(citizen)
    assert YET not in citizen.text
    assert "Confirmer le rendez-vous" in citizen.text


def test_who_moves_is_told_first(citizen, database, booked, silence):
    silence()
    citizen.get(f"{booked}/deplacer")
    citizen.press(citizen.buttons("pick-")[1])
    assert YET in citizen.text
    assert "Demandez votre nouvel horaire" in citizen.text
    citizen.press("confirm")
    assert "À confirmer" in citizen.text
    assert [one.state for one in appointments(database)] == ["moved", "requested"]


def test_who_is_offered_another_time_is_told_first(citizen, database, booked, silence):
    silence()
    with database.transaction() as session:
        reoffer(session, session.scalars(select(Appointment)).one(), "", SystemActor("test"), NOW)
    citizen.get(booked)
    assert "Proposition 1" in citizen.text
    assert citizen.text.count(YET) == 3
