"""Openings that come back: proposed, amended, approved at once, one date changed, withdrawn with their appointments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from models.tables import Appointment, Opening, OpeningOccurrence
from tests.journeys.test_terminal_availability_screens import SMALL, go
from tests.support.bookings import book
from tests.support.processes import wait_until
from tests.support.roster import ZONE, choose, day


def occurrences(people):
    with people.brigade.database.transaction() as session:
        return session.scalars(select(OpeningOccurrence).order_by(OpeningOccurrence.starts_at)).all()


def next_tuesday():
    today = datetime.now(ZONE).date()
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7)


def appointment(people, starts_at):
    with people.brigade.database.transaction() as session:
        booked = book(session, people.brigade.unit.id, starts_at, reason="fraud", now=datetime.now(UTC))
    return booked.appointment_id


def state(people, appointment_id):
    with people.brigade.database.transaction() as session:
        return session.get_one(Appointment, appointment_id).state


def proposals(people):
    with people.brigade.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(Opening).where(Opening.state == "proposed"))


def test_every_other_tuesday_is_proposed_in_words_and_amended_by_the_chief(people, check):
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo/creneau", "Proposer une plage")
    tuesday = next_tuesday()
    page.get_by_label("Jour", exact=True).fill(str(tuesday))
    page.get_by_label("De", exact=True).fill("09:00")
    page.get_by_label("À", exact=True).fill("12:00")
    choose(page, "Chaque semaine")
    page.get_by_label("Toutes les … semaines").fill("2")
    page.get_by_label("Dernier jour").fill(str(tuesday + timedelta(days=60)))
    said = page.locator(".said")
    expect(said).to_contain_text("un mardi sur deux, de 9 h 00 à 12 h 00")
    expect(said.locator("li")).to_have_count(4)
    check(page, "opening-recurrence")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator("li.row")).to_contain_text("un mardi sur deux", ignore_case=True)
    wait_until(lambda: proposals(people) == 1, "the proposal has arrived")
    assert people.only(Opening).recurrence.startswith("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=")

    chiefs = people.brigade.terminal(people.chief)
    go(chiefs, "#/a-traiter", "À traiter")
    chiefs.get_by_role("link", name="Modifier").click()
    expect(chiefs.get_by_label("De", exact=True)).to_have_value("09:00")
    expect(chiefs.get_by_label("Toutes les … semaines")).to_have_value("2")
    check(chiefs, "opening-amend")
    choose(chiefs, "Chaque mois")
    chiefs.get_by_label("Tous les … mois").fill("1")
    choose(chiefs, "L’unité")
    chiefs.get_by_label("Guichets").fill("2")
    chiefs.get_by_role("button", name="Enregistrer").click()
    expect(chiefs.locator("li.row")).to_contain_text("mardi du mois")
    expect(chiefs.locator("li.row")).to_contain_text("2 guichets")
    chiefs.get_by_role("button", name="Approuver").click()
    wait_until(lambda: proposals(people) == 0, "it is approved")
    opening = people.only(Opening)
    assert (opening.state, opening.counters, opening.amended_by_id) == ("approved", 2, people.chief.id)
    assert {one.starts_at.astimezone(ZONE).strftime("%a %H:%M") for one in occurrences(people)} == {"Tue 09:00"}


def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(people, check):
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo/creneau", "Proposer une plage")
    page.get_by_label("De", exact=True).fill("09:00")
    choose(page, "Chaque semaine")
    page.get_by_label("Toutes les … semaines").fill("60")
    page.get_by_label("Dernier jour").fill("2020-01-01")
    page.get_by_role("button", name="Proposer").click()
    expect(page.get_by_text("Écrivez un nombre de 1 à 52.")).to_be_visible()
    expect(page.get_by_text("Aucune date avant ce jour.")).to_be_visible()
    expect(page.get_by_text("Choisissez une heure.")).to_have_count(1)
    expect(page.get_by_label("De", exact=True)).to_have_value("09:00")
    check(page, "opening-recurrence-errors")


def test_several_proposals_are_approved_at_once(roster, check):
    page = roster.brigade.terminal(roster.chief)
    go(page, "#/a-traiter", "À traiter")
    page.get_by_role("button", name="Tout choisir").click()
    check(page, "desk-chosen")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Approuver les 2 plages choisies").click()
    expect(page.get_by_text("Aucune proposition n’attend.")).to_be_visible()
    expect(page.locator("#proposals-title")).to_be_focused()
    wait_until(lambda: proposals(roster) == 0, "both are approved")


def test_one_date_is_moved_dropped_and_restored(people, check):
    opening_id = people.opening(people.me, days=2, recurrence="FREQ=WEEKLY", mine=False)
    people.approve(opening_id)
    page = people.brigade.terminal(people.chief)
    go(page, f"#/dispo/creneau/{opening_id}/dates", "Les dates")
    rows = page.locator("li[data-day]")
    expect(rows).to_have_count(16)
    rows.nth(0).get_by_role("button", name="Changer l’horaire").click()
    page.get_by_label("De", exact=True).fill("15:00")
    page.get_by_label("À", exact=True).fill("16:00")
    check(page, "dates-moving")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Enregistrer l’horaire").click()
    expect(rows.nth(0)).to_contain_text("de 15 h 00 à 16 h 00")
    expect(rows.nth(0)).to_contain_text("Déplacée")
    rows.nth(1).get_by_role("button", name="Supprimer").click()
    page.get_by_role("button", name="Supprimer cette date").click()
    expect(rows.nth(1)).to_contain_text("Supprimée")
    check(page, "dates")
    wait_until(lambda: occurrences(people)[1].closed_because == "dropped", "the date is dropped")
    assert occurrences(people)[0].starts_at == day(2) + timedelta(hours=15)
    rows.nth(1).get_by_role("button", name="Rétablir").click()
    expect(rows.nth(1)).not_to_contain_text("Supprimée")
    wait_until(lambda: occurrences(people)[1].closed_because is None, "the date is restored")


def test_shortening_shows_whose_appointment_would_be_left_out(people, check):
    opening_id = people.opening(people.me, days=2, mine=False)
    people.approve(opening_id)
    kept, cut = (appointment(people, day(2) + timedelta(hours=hours)) for hours in (14, 15 + 5 / 6))
    page = people.brigade.terminal(people.chief)
    go(page, f"#/dispo/creneau/{opening_id}/dates", "Les dates")
    page.get_by_role("button", name="Changer l’horaire").click()
    page.get_by_label("À", exact=True).fill("15:00")
    page.get_by_role("button", name="Enregistrer l’horaire").click()
    expect(page.get_by_role("heading", name="Rendez-vous concernés 1")).to_be_focused()
    expect(page.get_by_label("À", exact=True)).to_have_value("15:00")
    check(page, "dates-concerned")
    page.get_by_role("button", name="Enregistrer l’horaire").click()
    expect(page.locator("li[data-day]")).to_contain_text("de 14 h 00 à 15 h 00")
    wait_until(lambda: state(people, cut) == "cancelled", "the occurrence is shorter")
    assert state(people, kept) == "confirmed"


def test_withdrawing_shows_the_appointments_first_and_each_gets_an_answer(people, check):
    opening_id = people.opening(people.me, days=2, counters=2, mine=False)
    people.approve(opening_id)
    one, other = (appointment(people, day(2) + timedelta(hours=hours)) for hours in (14, 15 + 5 / 6))
    people.approve(people.opening(people.me, days=2, mine=False))
    page = people.brigade.terminal(people.chief)
    go(page, f"#/dispo/creneau/{opening_id}/retirer", "Retirer une plage")
    items = page.locator(".concerned li.row")
    expect(items).to_have_count(2)
    check(page, "withdraw")
    assert page.evaluate(SMALL) == []
    items.first.get_by_text("Annuler").click()
    items.last.get_by_text("Même heure, autre guichet").click()
    page.get_by_role("button", name="Retirer la plage").click()
    expect(page.get_by_text("Écrivez un mot pour la personne.")).to_be_visible()
    check(page, "withdraw-errors")
    page.get_by_label("Un mot pour l’usager").fill("Opération en cours, pardon.")
    page.get_by_role("button", name="Retirer la plage").click()
    wait_until(lambda: state(people, one) == "cancelled", "the chief has cancelled it")
    assert state(people, other) == "confirmed"


def test_appointments_further_ahead_than_a_terminal_holds_are_shown_when_the_service_finds_them(people, check):
    opening_id = people.opening(people.me, days=2, recurrence="FREQ=WEEKLY", mine=False)
    people.approve(opening_id)
    far = appointment(people, day(2 + 28) + timedelta(hours=14))
    page = people.brigade.terminal(people.chief)
    go(page, f"#/dispo/creneau/{opening_id}/retirer", "Retirer une plage")
    expect(page.get_by_text("ne connaît aucun rendez-vous")).to_be_visible()
    page.get_by_role("button", name="Retirer la plage").click()
    card = page.get_by_role("alert").filter(has_text="La plage n’a pas été retirée")
    expect(card).to_contain_text("Des rendez-vous y sont pris.")
    assert state(people, far) == "confirmed"
    card.get_by_role("link", name="Voir les rendez-vous").click()
    expect(page.locator(".concerned li.row")).to_have_count(1)
    check(page, "withdraw-far")
    page.get_by_role("button", name="Retirer la plage").click()
    wait_until(lambda: state(people, far) == "cancelled", "the opening is withdrawn")
    with people.brigade.database.transaction() as session:
        assert session.get_one(Opening, opening_id).state == "withdrawn"


@pytest.mark.parametrize("part", ["", "/dates", "/retirer"])
def test_an_opening_that_is_not_here_is_said_in_words(people, part, check):
    page = people.brigade.terminal(people.chief)
    go(page, f"#/dispo/creneau/00000000-0000-4000-8000-000000000000{part}", "Cette plage n’est plus ici")
