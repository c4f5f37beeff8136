"""Every state of the agenda, looked at by axe in both themes; `make screens` keeps a picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from models.rules.appointments import State
from tests.journeys.test_terminal_availability_screens import SMALL, go
from tests.support.brigade import DESK, offline_ready
from tests.support.processes import wait_until
from tests.support.roster import choose


@pytest.fixture
def busy(diary):
    """A morning with something of everything; the ids by what they are."""
    me, other = diary.people.me, diary.people.colleague
    return {
        "past": diary.book(-150, agents=[me]),
        "next": diary.book(25, agents=[me], facts="On a volé mon vélo devant la gare, samedi vers 18 h."),
        "free": diary.book(75, counter=1, reason="fraud"),
        "discreet": diary.book(120, agents=[other], reason="domestic_violence", discreet=True, counter=1),
        "asked": diary.book(60 * 26, state=State.REQUESTED, reason="case_follow_up"),
        "soon": diary.book(30, counter=2, reason="neighbours"),
        "far": diary.book(60 * 24 * 5, agents=[me], reason="road"),
    }


def test_the_agenda_of_mine_and_of_the_unit(diary, busy, check):
    page = diary.people.brigade.terminal(diary.people.me)
    go(page, "#/agenda", "Agenda")
    expect(page.locator("a.agenda-row").filter(has_text="Route et circulation")).to_be_visible()
    check(page, "agenda")
    assert page.evaluate(SMALL) == []
    choose(page, "L’unité")
    expect(page.locator("a.agenda-row").filter(has_text="Violences")).to_be_visible()
    check(page, "agenda-unit")
    go(page, f"#/agenda/{busy['next']}", "Porter plainte")
    check(page, "appointment")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{busy['discreet']}", "Violences dans le couple ou la famille")
    check(page, "appointment-discreet")
    go(page, "#/dispo", "Ma dispo")
    check(page, "duty-intervention")


def test_the_agenda_on_a_desk(diary, busy, check):
    page = diary.people.brigade.terminal(diary.people.chief, viewport=DESK)
    go(page, "#/agenda", "Agenda")
    choose(page, "L’unité")
    expect(page.locator("a.agenda-row").filter(has_text="Violences")).to_be_visible()
    check(page, "agenda-desk")
    go(page, f"#/agenda/{busy['asked']}", "Suivre une affaire en cours")
    check(page, "appointment-desk")


def test_the_chiefs_steps(diary, busy, check):
    page = diary.people.brigade.terminal(diary.people.chief)
    go(page, "#/a-traiter", "À traiter")
    expect(page.locator("[data-appointment]")).to_have_count(2)
    check(page, "desk-appointments")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{busy['soon']}/confier", "Qui reçoit")
    check(page, "appointment-assign")
    go(page, f"#/agenda/{busy['asked']}/horaires", "Proposer d’autres horaires")
    page.get_by_role("button", name="Proposer ces horaires").click()
    check(page, "appointment-propose-error")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{busy['asked']}/annuler", "Annuler ce rendez-vous")
    check(page, "appointment-cancel")
    go(page, f"#/agenda/{busy['next']}/echanger", "Échanger contre lequel")
    check(page, "appointment-swap")
    go(page, "#/agenda/unknown", "Ce rendez-vous n’est plus sur ce terminal")
    check(page, "appointment-gone")


def test_whom_somebody_must_call(diary, check):
    """Who gave only a phone hears nothing by mail: the form says so, and then the desk has their number."""
    alone = diary.book(60 * 20, email=None, may_leave_message=False)
    told = diary.book(60 * 22)
    page = diary.people.brigade.terminal(diary.people.chief)
    go(page, f"#/agenda/{told}/annuler", "Annuler ce rendez-vous")
    expect(page.get_by_text("La personne est prévenue par courriel")).to_be_visible()
    go(page, f"#/agenda/{alone}/annuler", "Annuler ce rendez-vous")
    expect(page.get_by_text("Aucun message ne peut partir")).to_be_visible()
    check(page, "appointment-cancel-call")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_text("Dites si c’est la personne ou l’unité.")).to_be_visible()
    page.get_by_role("radio", name="L’unité ne peut pas").check()
    page.get_by_label("Pourquoi").fill("La brigade est fermée demain.")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_text("À appeler : aucun message ne peut partir")).to_be_visible()
    check(page, "appointment-to-call")
    go(page, "#/a-traiter", "À traiter")
    people = page.get_by_role("region", name="Personnes à prévenir")
    expect(people.get_by_role("listitem")).to_have_count(1)
    expect(people.get_by_role("link", name="06 39 98 00 12")).to_have_attribute("href", "tel:+33639980012")
    check(page, "desk-to-call")
    assert page.evaluate(SMALL) == []


def test_a_gendarme_cancels_for_a_caller(diary, check):
    one = diary.book(60 * 20, facts="Un vélo.")
    page = diary.people.brigade.terminal(diary.people.me)
    go(page, f"#/agenda/{one}", "Porter plainte")
    page.locator(".more summary").click()
    page.get_by_role("link", name="Annuler pour la personne").click()
    expect(page.get_by_role("heading", level=1, name="Annuler ce rendez-vous")).to_be_focused()
    check(page, "appointment-cancel-for")
    assert page.evaluate(SMALL) == []
    page.get_by_label("Ce qu’elle a dit").fill("Le vélo est retrouvé.")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.locator(".detail-state")).to_contain_text("Annulé par l’usager, noté par Adjudant Sacha Martin")
    expect(page.get_by_role("region", name="Le mot de l’usager")).to_contain_text("Le vélo est retrouvé.")
    wait_until(lambda: (diary.row(one).state, diary.row(one).ended_by) == ("cancelled", "citizen"), "the server knows")
    check(page, "appointment-cancelled-for")


def test_in_english(diary, busy, check):
    page = diary.people.brigade.terminal(diary.people.me)
    go(page, "#/reglages", "Réglages")
    choose(page, "English")
    go(page, "#/agenda", "Calendar")
    choose(page, "The unit")
    check(page, "agenda-english")


def test_empty(people, check):
    page = people.brigade.terminal(people.me)
    go(page, "#/agenda", "Agenda")
    expect(page.get_by_text("Aucun rendez-vous à votre nom d’ici quinze jours")).to_be_visible()
    check(page, "agenda-empty")


def test_without_network(diary, busy, check):
    page = diary.people.brigade.terminal(diary.people.me)
    offline_ready(page)
    page.context.set_offline(True)
    go(page, "#/agenda", "Agenda")
    expect(page.get_by_text("Dernière mise à jour")).to_be_visible()
    page.get_by_role("button", name="2 h", exact=True).click()
    expect(page.get_by_role("heading", name="En intervention jusqu’à")).to_be_visible()
    check(page, "agenda-offline")
    page.context.set_offline(False)


def test_two_hundred_rows(diary, check):
    for number in range(200):
        diary.book(30 + number * 60, length=30)
    page = diary.people.brigade.terminal(diary.people.me)
    go(page, "#/agenda", "Agenda")
    choose(page, "L’unité")
    expect(page.locator("a.agenda-row")).to_have_count(200)
    check(page, "agenda-full")
