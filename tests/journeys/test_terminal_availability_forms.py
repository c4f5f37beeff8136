"""What is typed about absences and openings: what is wrong is said at its field, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from models.tables import Opening
from tests.support.roster import ZONE, choose, day


@pytest.mark.parametrize("hours", [False, True])
def test_what_is_wrong_with_an_absence_is_said_at_its_field_and_nothing_typed_is_lost(people, hours):
    people.absence(people.me, days=2)
    page = people.brigade.terminal(people.me)
    page.evaluate("location.hash = '#/dispo/absence'")
    page.get_by_label("Un mot").fill("Audience")
    if hours:
        choose(page, "Quelques heures")
        page.get_by_role("button", name="Déclarer une absence").click()
        expect(page.get_by_text("Choisissez une heure.")).to_have_count(2)
        expect(page.get_by_label("De", exact=True)).to_be_focused()
        page.get_by_label("De", exact=True).fill("10:00")
        page.get_by_label("À", exact=True).fill("09:00")
    else:
        page.get_by_label("Dernier jour").fill("2020-01-01")
    page.get_by_role("button", name="Déclarer une absence").click()
    expect(page.get_by_text("La fin doit venir après le début.")).to_be_visible()
    page.get_by_label("Du" if hours else "Premier jour", exact=True).fill(str(day(2).astimezone(ZONE).date()))
    page.get_by_label("Au" if hours else "Dernier jour", exact=True).fill("")
    if hours:
        page.get_by_label("À", exact=True).fill("11:00")
    page.get_by_role("button", name="Déclarer une absence").click()
    expect(page.get_by_text("Une absence est déjà déclarée")).to_be_visible()
    expect(page.get_by_label("Un mot")).to_have_value("Audience")


def test_what_is_wrong_with_a_proposal_is_said_at_its_field(people):
    page = people.brigade.terminal(people.me)
    page.evaluate("location.hash = '#/dispo/creneau'")
    choose(page, "L’unité")
    page.get_by_label("Guichets").fill("21")
    page.get_by_label("En mairie").check()
    page.get_by_label("De", exact=True).fill("14:00")
    page.get_by_role("button", name="Proposer").click()
    for error in ("Choisissez une heure.", "Écrivez un nombre de 1 à 20.", "Écrivez le nom du lieu."):
        expect(page.get_by_text(error)).to_be_visible()
    expect(page.get_by_label("À", exact=True)).to_be_focused()
    expect(page.get_by_label("De", exact=True)).to_have_value("14:00")
    page.get_by_label("À", exact=True).fill("16:00")
    page.get_by_label("Guichets").fill("2")
    page.get_by_label("Nom du lieu").fill("Mairie de Virieu-le-Grand")
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator("li.row")).to_contain_text("En mairie, Mairie de Virieu-le-Grand")
    expect(page.locator(".mark-pending")).to_have_count(0)
    row = people.only(Opening)
    assert (row.counters, row.agent_id, row.place_name) == (2, None, "Mairie de Virieu-le-Grand")
