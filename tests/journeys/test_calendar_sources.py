"""What comes in: a calendar tested until it can be read, its health and its end; a table and its columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import Agent, PlanningPosition
from tests.support.brigade import DESK, PATIENCE_MS, offline_ready
from tests.support.calendar_desk import CalendarBrigade, Look, calendar_file, open_calendars
from tests.support.planned import seed_source
from tests.support.processes import wait_until
from tests.support.push_service import Say

BROKEN_RULE = ("BEGIN:VEVENT", "UID:x@example.fr", "DTSTART:20261124T080000Z", "RRULE:FREQ=SOMETIMES", "END:VEVENT")


def table() -> bytes:
    """A sheet for the next two days, with a word of the unit's own and somebody who is not there, in cp1252."""
    first, second = (f"{datetime.now(UTC) + timedelta(days=after):%d/%m/%Y}" for after in (1, 2))
    rows = [f"0123456;{first};employée", f"0123456;{second};en vacances", f"9999999;{first};employée"]
    return "\n".join(["Matricule;Date;Position", *rows, ""]).encode("cp1252")


@pytest.fixture
def roux(calendars: CalendarBrigade) -> Page:
    """The chief's desk; Sacha Martin serves in the unit."""
    calendars.agent("Sacha Martin")
    return calendars.terminal(calendars.agent("Major Roux", Role.GENDARME, Role.CHIEF), viewport=DESK)


def number_sacha(calendars: CalendarBrigade) -> None:
    """Say whom the tables mean."""
    with calendars.database.transaction() as session:
        sacha = session.scalars(select(Agent).where(Agent.name == "Sacha Martin")).one()
        sacha.service_number = "123456"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def done(page: Page, words: str) -> None:
    """Wait until it is said, where a screen reader begins to read."""
    said = page.locator("#calendar-done")
    expect(said).to_contain_text(words)
    expect(said).to_be_focused()


def test_a_chief_tests_a_calendar_until_it_can_be_read_and_adds_it(
    calendars: CalendarBrigade, roux: Page, check: Look
) -> None:
    open_calendars(roux)
    expect(roux.get_by_text("Aucun planning n’est lu.")).to_be_visible()
    roux.get_by_role("link", name="Ajouter un planning").click()
    expect(roux.get_by_role("heading", name="Ajouter un planning", level=1)).to_be_focused()
    check(roux, "planning-new")
    press(roux, "Ajouter")
    expect(roux.get_by_text("Écrivez un nom.")).to_be_visible()
    expect(roux.get_by_role("textbox", name="Nom", exact=True)).to_be_focused()
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Agenda de Sacha")
    roux.get_by_label("De qui dit-il le temps").select_option(label="Sacha Martin")
    address = roux.get_by_role("textbox", name="Adresse", exact=True)

    for typed, words in (
        ("agenda.example.fr", "Ce n’est pas une adresse."),
        ("http://agenda.example.fr/a.ics", "L’adresse doit commencer par https://."),
    ):
        address.fill(typed)
        press(roux, "Tester")
        expect(roux.get_by_text(words)).to_be_visible()
        expect(address).to_be_focused()
    assert calendars.site.received == []

    # As calendars write an address to subscribe to.
    address.fill(f"{calendars.site.origin}/sacha.ics?jeton=secret".replace("https:", "webcal:"))
    roux.get_by_role("textbox", name="Mot de passe (facultatif)").fill("tout aussi secret")
    for answer, code, words in (
        (Say(404), "not_found", "Il n’y a rien à cette adresse."),
        (Say(302, {"Location": "https://ailleurs.example"}), "redirected", "Cette adresse renvoie vers une autre."),
        (Say(200, body=b"<html>"), "not_a_calendar", "souvent une page de connexion"),
    ):
        calendars.site.answer(answer)
        press(roux, "Tester")
        expect(roux.locator(f"[data-code={code}]")).to_contain_text(words)
    check(roux, "planning-new-failed")
    calendars.site.usual = calendar_file(*BROKEN_RULE)
    press(roux, "Tester")
    expect(roux.get_by_text("4 entrées ont été lues. 3 périodes sont prises, du ")).to_be_visible()
    expect(roux.get_by_text("La répétition ne peut pas être lue.")).to_be_visible()
    check(roux, "planning-new-good")

    # What was typed outlives a network that goes.
    offline_ready(roux)
    roux.context.set_offline(True)
    press(roux, "Ajouter")
    expect(roux.get_by_role("alert").get_by_text("Ce que vous avez écrit reste là")).to_be_visible()
    roux.context.set_offline(False)
    press(roux, "Ajouter")
    done(roux, "Agenda de Sacha est ajouté.")
    expect(roux.get_by_role("heading", name="Agenda de Sacha", level=1)).to_be_visible()
    wait_until(lambda: calendars.sources()[0].succeeded_at, "it has been read")
    expect(roux.get_by_text("À jour", exact=True)).to_be_visible()
    expect(roux.get_by_text("1 entrée refusée")).to_be_visible()
    check(roux, "planning")
    assert not any(word in roux.evaluate("document.documentElement.outerHTML") for word in ("jeton", "secret"))
    open_calendars(roux)
    expect(roux.locator(".calendar-row")).to_contain_text("Sacha Martin")
    check(roux, "calendars")


def test_a_planning_is_paused_read_now_changed_and_revoked(calendars: CalendarBrigade, roux: Page, check: Look) -> None:
    calendars.site.usual = calendar_file()
    open_calendars(roux, "/planning/nouveau", "Ajouter un planning")
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Mon agenda")
    roux.get_by_role("textbox", name="Adresse", exact=True).fill(f"{calendars.site.origin}/roux.ics")
    press(roux, "Ajouter")
    done(roux, "La première lecture suit.")
    wait_until(lambda: calendars.sources()[0].succeeded_at, "it has been read")
    expect(roux.get_by_text("À jour", exact=True)).to_be_visible()

    press(roux, "Mettre en pause")
    done(roux, "En pause.")
    expect(roux.get_by_text("Ce qui a été lu avant tient encore.")).to_be_visible()
    expect(roux.get_by_role("button", name="Lire maintenant")).to_have_count(0)
    check(roux, "planning-paused")
    press(roux, "Reprendre")
    done(roux, "La lecture reprend.")

    calendars.site.usual = Say(401)
    press(roux, "Lire maintenant")
    expect(roux.get_by_text("La lecture a échoué. Plus bas, ce qu’il faut faire.")).to_be_visible()
    expect(roux.locator("[data-code=sign_in_needed]")).to_contain_text("Vérifiez-les.")
    check(roux, "planning-failed")
    # The password that was missing; the address stays as it is, unseen.
    roux.get_by_role("link", name="Modifier").click()
    expect(roux.get_by_role("heading", name="Modifier Mon agenda", level=1)).to_be_focused()
    expect(roux.get_by_role("textbox", name="Adresse", exact=True)).to_have_value("")
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Agenda du major")
    roux.get_by_role("textbox", name="Identifiant (facultatif)").fill("roux")
    roux.get_by_role("textbox", name="Mot de passe (facultatif)").fill("secret")
    calendars.site.usual = calendar_file()
    press(roux, "Tester")
    expect(roux.get_by_text("3 entrées ont été lues.")).to_be_visible()
    assert calendars.site.received[-1].headers["authorization"].startswith("Basic ")
    check(roux, "planning-edit")
    press(roux, "Enregistrer")
    done(roux, "C’est enregistré.")
    expect(roux.get_by_role("heading", name="Agenda du major", level=1)).to_be_visible()

    press(roux, "Révoquer")
    expect(roux.get_by_role("heading", name="Révoquer Agenda du major")).to_be_focused()
    check(roux, "planning-revoke")
    press(roux, "Annuler")
    expect(roux.get_by_role("button", name="Révoquer", exact=True)).to_be_focused()
    press(roux, "Révoquer")
    roux.get_by_role("alert").get_by_role("button", name="Révoquer").click()
    done(roux, "Agenda du major est révoqué.")
    [gone] = calendars.sources()
    assert (gone.revoked_at is not None, gone.address_sealed) == (True, None)


def test_the_columns_of_a_table_are_changed_on_screen(calendars: CalendarBrigade, roux: Page, check: Look) -> None:
    number_sacha(calendars)
    open_calendars(roux, "/planning/nouveau", "Ajouter un planning")
    roux.get_by_label("Feuille de service du jour").check()
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Feuille de service")
    check(roux, "planning-new-table")
    press(roux, "Ajouter")
    done(roux, "Déposez son premier fichier.")
    press(roux, "Déposer")
    expect(roux.get_by_text("Choisissez un fichier.")).to_be_visible()
    file = {"name": "service.csv", "mimeType": "text/csv", "buffer": table()}
    roux.get_by_label("Fichier CSV").set_input_files(file)
    press(roux, "Déposer")
    expect(roux.get_by_text("Le fichier est refusé, rien n’a changé.")).to_be_visible()
    expect(roux.locator("[data-code=missing_column]")).to_contain_text("Il manque une colonne obligatoire.")
    check(roux, "planning-upload-refused")

    roux.get_by_role("link", name="Modifier").click()
    roux.get_by_label("Numéro du gendarme").select_option(label="Matricule")
    roux.get_by_text("Mots du tableau").click()
    press(roux, "Ajouter un mot")
    word = roux.get_by_label("Mot", exact=True).last
    expect(word).to_be_focused()
    word.fill("en vacances")
    roux.get_by_label("veut dire", exact=True).select_option(label="Non employable, ne reçoit pas")
    check(roux, "planning-columns")
    roux.get_by_role("button", name="Retirer").nth(-2).click()
    expect(roux.get_by_label("Mot", exact=True).last).to_be_focused()
    press(roux, "Enregistrer")
    done(roux, "C’est enregistré.")
    roux.get_by_label("Fichier CSV").set_input_files(file)
    press(roux, "Déposer")
    done(roux, "Le fichier est lu.")
    expect(roux.get_by_text("3 lignes ont été lues. 2 sont retenues.")).to_be_visible()
    expect(roux.get_by_text("Aucun gendarme de l’unité n’a ce numéro.").first).to_be_visible()
    expect(roux.get_by_text("Ligne 4").first).to_be_visible()
    check(roux, "planning-uploaded")
    [source] = calendars.sources()
    assert source.columns is not None
    assert source.columns["columns"]["agent"] == "Matricule"
    with calendars.database.transaction() as session:
        assert set(session.scalars(select(PlanningPosition.position))) == {"employed", "not_employable"}


def test_a_table_is_added_with_the_columns_that_were_tried(calendars: CalendarBrigade, roux: Page, check: Look) -> None:
    number_sacha(calendars)
    calendars.site.usual = Say(200, body=table())
    open_calendars(roux, "/planning/nouveau", "Ajouter un planning")
    roux.get_by_label("Feuille de service du jour").check()
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Feuille de service")
    roux.get_by_role("textbox", name="Adresse (facultatif)").fill(f"{calendars.site.origin}/service.csv")
    number = roux.get_by_label("Numéro du gendarme")
    number.fill("matricule")
    press(roux, "Tester")
    expect(roux.get_by_text("Le test a réussi")).to_be_visible()
    # What was typed has become a choice among what the file has.
    expect(number).to_have_value("Matricule")
    check(roux, "planning-new-columns")
    # Another file has them at other places, and one whose name is not told.
    first = f"{datetime.now(UTC) + timedelta(days=1):%d/%m/%Y}"
    calendars.site.usual = Say(200, body=f"Date;Position*;Poste;Matricule\n{first};PAM;;0123456\n".encode())
    press(roux, "Tester")
    expect(roux.get_by_text("Le fichier n’a pas cette colonne.")).to_have_count(1)
    expect(number).to_have_value("Matricule")
    position = roux.get_by_label("Position", exact=True)
    check(roux, "planning-new-column-missing")
    position.select_option(label="Un autre nom…")
    expect(position).to_be_focused()
    position.fill("Position*")
    press(roux, "Tester")
    expect(roux.get_by_text("1 ligne a été lue.")).to_be_visible()
    expect(position).to_have_value("Position*")
    check(roux, "planning-new-column-typed")
    # What stands in the form is not what was tried any more.
    secret = roux.get_by_role("textbox", name="Mot de passe (facultatif)")
    secret.fill("x")
    expect(roux.get_by_text("Le test a réussi")).to_have_count(0)
    secret.fill("")
    press(roux, "Ajouter")
    done(roux, "Feuille de service est ajouté.")
    [source] = calendars.sources()
    assert source.columns is not None
    assert [source.columns["columns"][name] for name in ("agent", "position")] == ["Matricule", "Position*"]


def test_without_network_or_answer_the_page_says_what_it_can(
    calendars: CalendarBrigade, roux: Page, check: Look
) -> None:
    calendars.site.usual = calendar_file()
    open_calendars(roux, "/planning/nouveau", "Ajouter un planning")
    roux.get_by_role("textbox", name="Nom", exact=True).fill("Mon agenda")
    roux.get_by_role("textbox", name="Adresse", exact=True).fill(f"{calendars.site.origin}/roux.ics")
    press(roux, "Ajouter")
    done(roux, "La première lecture suit.")
    wait_until(lambda: calendars.sources()[0].succeeded_at, "it has been read")
    offline_ready(roux)
    roux.context.set_offline(True)
    roux.reload()
    # What the feed has brought is shown, and that nothing can be changed.
    open_calendars(roux)
    expect(roux.get_by_text("Voici les plannings que ce terminal connaît.")).to_be_visible()
    expect(roux.locator(".calendar-row")).to_contain_text("Mon agenda")
    # Agendas are not in the feed: nothing there would say that there are none.
    expect(roux.get_by_text("Cette liste n’est pas sur ce terminal.")).to_be_visible()
    expect(roux.get_by_role("link", name="Ajouter un planning")).to_have_count(0)
    check(roux, "calendars-offline")
    roux.locator(".calendar-row").click()
    expect(roux.get_by_text("Pas de réseau. Cette page en demande un.")).to_be_visible()
    roux.context.set_offline(False)
    expect(roux.get_by_role("heading", name="Mon agenda", level=1)).to_be_visible()


def test_a_full_list_has_what_needs_somebody_first(calendars: CalendarBrigade, check: Look) -> None:
    agent = calendars.agent("Major Roux", Role.GENDARME, Role.CHIEF)
    now = datetime.now(UTC)
    with calendars.database.transaction() as session:
        for number in range(200):
            source = seed_source(session, agent, poll_at=now + timedelta(days=1), succeeded_at=now)
            source.name = f"Agenda {number:03}"
            if number == 150:
                source.silent_since = source.succeeded_at = now - timedelta(days=2)
    page = calendars.terminal(agent)
    open_calendars(page)
    expect(page.locator(".calendar-row")).to_have_count(200, timeout=PATIENCE_MS)
    first = page.locator(".calendar-row").first
    expect(first).to_contain_text("Agenda 150")
    expect(first).to_contain_text("Silencieux")
    expect(first).to_contain_text("Les créneaux demandent votre confirmation.")
    check(page, "calendars-full")
