"""What goes out: a gendarme's own feed, an agenda over CalDAV that is tested first, and what agendas may say."""

from __future__ import annotations

from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.refused_mails import refused_name
from models.tables import CalendarExport, Unit
from tests.support.brigade import DESK, offline_ready
from tests.support.calendar_desk import CalendarBrigade, Look, open_calendars
from tests.support.devices import enrolled
from tests.support.processes import wait_until
from tests.support.radicale import PASSWORD, USER, Radicale


@pytest.fixture
def sacha(calendars: CalendarBrigade) -> Page:
    """A gendarme's own terminal."""
    context = calendars.browser_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=calendars.url)
    return enrolled(calendars, calendars.agent("Sacha Martin"), context)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def done(page: Page, words: str) -> None:
    """Wait until it is said, where a screen reader begins to read."""
    said = page.locator("#calendar-done")
    expect(said).to_contain_text(words)
    expect(said).to_be_focused()


def test_a_gendarme_makes_a_feed_reads_its_address_once_and_revokes_it(
    calendars: CalendarBrigade, sacha: Page, check: Look
) -> None:
    open_calendars(sacha)
    expect(sacha.get_by_text("Aucun agenda ne reçoit les rendez-vous.")).to_be_visible()
    check(sacha, "calendars-empty")
    press(sacha, "Créer mon abonnement")
    done(sacha, "L’adresse est prête.")
    address = sacha.get_by_label("Adresse de l’abonnement").input_value()
    press(sacha, "Copier l’adresse")
    expect(sacha.get_by_role("button", name="Copiée")).to_be_visible()
    assert sacha.evaluate("navigator.clipboard.readText()") == address
    check(sacha, "calendars-feed")
    answer = requests.get(address, timeout=30)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/calendar")

    # It is a key: once the page is left, nobody reads it there any more.
    sacha.get_by_role("link", name="Rendez-vous").click()
    expect(sacha.get_by_role("heading", name="Rendez-vous", level=1)).to_be_focused()
    expect(sacha.get_by_text("lu il y a un instant").or_(sacha.get_by_text("lu à l’instant"))).to_be_visible()
    sacha.go_back()
    expect(sacha.get_by_text("Ce terminal a déjà un abonnement.")).to_be_visible()
    assert address not in sacha.evaluate("document.documentElement.outerHTML")

    # Another one takes its place, and not by one tap: agendas read this one.
    press(sacha, "Remplacer mon abonnement")
    expect(sacha.get_by_role("heading", name="Remplacer l’abonnement de ce terminal")).to_be_focused()
    check(sacha, "calendars-feed-replace")
    press(sacha, "Annuler")
    expect(sacha.get_by_role("alert").get_by_role("heading")).to_have_count(0)
    assert requests.get(address, timeout=30).status_code == 200
    press(sacha, "Remplacer mon abonnement")
    sacha.get_by_role("alert").get_by_role("button", name="Remplacer mon abonnement").click()
    done(sacha, "L’adresse est prête.")
    newer = sacha.get_by_label("Adresse de l’abonnement").input_value()
    assert newer != address
    assert [requests.get(one, timeout=30).status_code for one in (address, newer)] == [404, 200]
    sacha.get_by_role("link", name="Rendez-vous").click()
    press(sacha, "Révoquer")
    expect(sacha.get_by_role("heading", name="Révoquer Rendez-vous")).to_be_focused()
    check(sacha, "calendars-feed-revoke")
    sacha.get_by_role("alert").get_by_role("button", name="Révoquer").click()
    done(sacha, "L’abonnement est révoqué.")
    assert requests.get(newer, timeout=30).status_code == 404
    assert all(one.revoked_at for one in calendars.exports())


def test_a_browser_that_is_no_terminal_reads_why_it_has_no_feed(calendars: CalendarBrigade, check: Look) -> None:
    page = calendars.terminal(calendars.agent("Lou Petit"))
    open_calendars(page)
    expect(page.get_by_text("Un abonnement appartient à un terminal enrôlé.")).to_be_visible()
    expect(page.get_by_role("button", name="Créer mon abonnement")).to_have_count(0)
    check(page, "calendars-not-enrolled")


def test_an_agenda_is_tested_until_it_takes_our_appointments_then_kept(
    calendars: CalendarBrigade, sacha: Page, radicale: Radicale, check: Look
) -> None:
    agenda = radicale.new_calendar()
    open_calendars(sacha, "/agenda/nouveau", "Ajouter un agenda")
    press(sacha, "Tester")
    expect(sacha.get_by_text("Écrivez l’adresse.")).to_be_visible()
    expect(sacha.get_by_label("Adresse CalDAV")).to_be_focused()
    check(sacha, "agenda-new-error")
    sacha.get_by_role("textbox", name="Nom", exact=True).fill("Agenda de service")
    sacha.get_by_label("Adresse CalDAV").fill(f"{calendars.door.origin}{agenda.path}")
    sacha.get_by_label("Identifiant").fill(USER)
    sacha.get_by_label("Mot de passe", exact=True).fill("faux")
    press(sacha, "Tester")
    expect(sacha.get_by_text("Le test a échoué")).to_be_visible()
    expect(sacha.locator("[data-code]")).to_contain_text("mot de passe")
    check(sacha, "agenda-new-failed")
    sacha.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    press(sacha, "Tester")
    expect(sacha.get_by_text("L’agenda accepte nos rendez-vous.")).to_be_visible()
    check(sacha, "agenda-new-good")
    assert agenda.events() == []

    press(sacha, "Ajouter")
    done(sacha, "Agenda de service est ajouté.")
    expect(sacha.get_by_role("heading", name="Agenda de service", level=1)).to_be_visible()
    [kept] = calendars.exports()
    assert (kept.kind, kept.host, kept.address_sealed is None) == ("caldav", "localhost", False)
    wait_until(lambda: calendars.exports()[0].succeeded_at, "the agenda is in line")
    press(sacha, "Mettre en pause")
    done(sacha, "En pause.")
    press(sacha, "Reprendre")
    done(sacha, "Les rendez-vous y arrivent de nouveau.")
    press(sacha, "Envoyer maintenant")
    done(sacha, "L’envoi est demandé.")
    check(sacha, "agenda")
    press(sacha, "Révoquer")
    sacha.get_by_role("alert").get_by_role("button", name="Révoquer").click()
    done(sacha, "Agenda de service est révoqué.")
    wait_until(lambda: calendars.exports()[0].address_sealed is None, "its secrets are gone")


def test_an_agenda_that_stands_still_is_mended_on_its_page(
    calendars: CalendarBrigade, sacha: Page, radicale: Radicale, check: Look
) -> None:
    agenda = radicale.new_calendar()
    open_calendars(sacha, "/agenda/nouveau", "Ajouter un agenda")
    sacha.get_by_role("textbox", name="Nom", exact=True).fill("Agenda de service")
    sacha.get_by_label("Adresse CalDAV").fill(f"{calendars.door.origin}{agenda.path}")
    sacha.get_by_label("Identifiant").fill(USER)
    sacha.get_by_label("Mot de passe", exact=True).fill("faux")
    expect(sacha.get_by_text("Vous pouvez l’ajouter sans test.")).to_be_visible()
    press(sacha, "Ajouter")
    done(sacha, "Agenda de service est ajouté.")
    wait_until(lambda: calendars.exports()[0].pause_cause, "it stands still")
    [stopped] = calendars.exports()
    assert stopped.pause_cause == "sign_in"

    open_calendars(sacha)
    sacha.get_by_role("link", name="Agenda de service").click()
    expect(sacha.get_by_role("heading", name="Arrêté de lui-même")).to_be_visible()
    check(sacha, "agenda-stopped")
    sacha.get_by_role("link", name="Modifier").click()
    expect(sacha.get_by_role("heading", name="Modifier Agenda de service")).to_be_focused()
    sacha.get_by_role("textbox", name="Nom", exact=True).fill("")
    sacha.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    # Address and user name stay as they are kept.
    press(sacha, "Tester")
    expect(sacha.get_by_text("L’agenda accepte nos rendez-vous.")).to_be_visible()
    press(sacha, "Enregistrer")
    expect(sacha.get_by_label("Nom", exact=True)).to_be_focused()
    check(sacha, "agenda-edit-error")
    sacha.get_by_role("textbox", name="Nom", exact=True).fill("Agenda de Sacha")
    press(sacha, "Enregistrer")
    done(sacha, "C’est enregistré. Les rendez-vous y arrivent dans un instant.")
    expect(sacha.get_by_role("heading", name="Agenda de Sacha", level=1)).to_be_visible()
    wait_until(lambda: calendars.exports()[0].succeeded_at, "the agenda is in line")
    [mended] = calendars.exports()
    assert (mended.id, mended.pause_cause, mended.failure_code) == (stopped.id, None, None)


def test_invitations_that_a_mailbox_refused_are_counted_and_sent_again(
    calendars: CalendarBrigade, sacha: Page, check: Look
) -> None:
    open_calendars(sacha, "/agenda/nouveau", "Ajouter un agenda")
    sacha.get_by_label("Invitations par courriel").check()
    sacha.get_by_role("textbox", name="Nom", exact=True).fill("Ma boîte")
    sacha.get_by_label("Adresse de courriel").fill("sacha@gendarmerie.example")
    press(sacha, "Ajouter")
    done(sacha, "Ma boîte est ajouté.")
    # A visit that is not over yet would write down what it knew.
    wait_until(calendars.nobody_visits, "the mailbox has had its first mail")
    with calendars.database.transaction() as session:
        [export] = session.scalars(select(CalendarExport))
        export.known = [*export.known, *(refused_name(uuid4(), b"what it said") for _ in range(2))]
    open_calendars(sacha)
    row = sacha.get_by_role("link", name="Ma boîte")
    expect(row).to_contain_text("Incomplet")
    expect(row).to_contain_text("2 invitations refusées par cette boîte")
    check(sacha, "calendars-incomplete")
    row.click()
    expect(sacha.get_by_role("heading", name="Une partie n’arrive pas")).to_be_visible()
    expect(sacha.get_by_text("2 invitations refusées par cette boîte")).to_be_visible()
    check(sacha, "agenda-incomplete")
    press(sacha, "Envoyer maintenant")
    done(sacha, "L’envoi est demandé.")
    expect(sacha.get_by_role("heading", name="Une partie n’arrive pas")).to_have_count(0)
    expect(sacha.get_by_text("À jour")).to_be_visible()


def test_the_chief_decides_what_agendas_say_and_a_gendarme_reads_it(
    calendars: CalendarBrigade, sacha: Page, check: Look
) -> None:
    chief = calendars.terminal(calendars.agent("Major Roux", Role.GENDARME, Role.CHIEF), viewport=DESK)
    open_calendars(chief)
    chief.get_by_label("Dire le lieu").check()
    done(chief, "Les agendas suivent.")
    check(chief, "calendars-shown")
    with calendars.database.transaction() as session:
        unit = session.get_one(Unit, calendars.unit.id)
        assert (unit.agendas_show_subject, unit.agendas_show_place) == (False, True)
    open_calendars(sacha)
    expect(sacha.get_by_label("Dire le lieu")).to_be_checked()
    expect(sacha.get_by_label("Dire le lieu")).to_be_disabled()

    # What the server has not heard of is not shown as done.
    offline_ready(chief)
    chief.context.set_offline(True)
    chief.get_by_label("Dire le motif").click()
    expect(chief.get_by_role("alert").get_by_text("Pas de réseau.")).to_be_visible()
    expect(chief.get_by_label("Dire le motif")).not_to_be_checked()
