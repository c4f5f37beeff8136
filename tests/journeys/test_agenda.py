"""The agenda on the terminal: taken, exchanged, said and left for an intervention, with and without network."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.appointments import State
from models.tables import AppointmentAgent
from tests.journeys.test_terminal_availability import disconnect, open_tab, position, reconnect
from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.processes import wait_until
from tests.support.roster import ZONE, choose


def receivers(diary, appointment_id):
    """Who receives, as the server holds it."""
    with diary.people.brigade.database.transaction() as session:
        return list(
            session.scalars(select(AppointmentAgent.agent_id).where(AppointmentAgent.appointment_id == appointment_id))
        )


def row(page, name):
    return page.locator("a.agenda-row").filter(has_text=name)


def open_one(page, appointment_id):
    page.evaluate("id => { location.hash = `#/agenda/${id}` }", appointment_id)
    expect(page.locator("article.appointment")).to_be_visible()


def test_an_appointment_is_found_taken_and_given_back(diary):
    page = diary.people.brigade.terminal(diary.people.me)
    one = diary.book(90)
    open_tab(page, "Agenda")
    page.get_by_role("button", name="1 rendez-vous sans gendarme").click()
    row(page, "Camille Durand").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("button", name="Prendre").click()
    expect(page.locator(".detail-state")).to_contain_text("Pour vous")
    wait_until(lambda: receivers(diary, one) == [diary.people.me.id], "the server knows who receives")
    expect(page.get_by_role("link", name="Appeler")).to_have_attribute("href", "tel:+33639980012")
    page.get_by_role("link", name="Agenda", exact=True).first.click()
    choose(page, "Les miens")
    expect(page.locator(".agenda-next")).to_contain_text("Camille Durand")
    page.locator(".agenda-next-link").click()
    page.locator(".more summary").click()
    page.get_by_role("button", name="Ne plus le prendre").click()
    wait_until(lambda: receivers(diary, one) == [], "the server knows that nobody receives")


def test_without_network_it_is_taken_and_arrives_later(diary):
    one = diary.book(90)
    page = diary.people.brigade.terminal(diary.people.me)
    offline_ready(page)
    disconnect(page)
    page.close()
    page = page.context.new_page()
    page.goto(f"{diary.people.brigade.url}/terminal/#/agenda/{one}")
    page.get_by_role("button", name="Prendre").click()
    expect(page.locator(".detail-state .mark-pending")).to_be_visible()
    assert receivers(diary, one) == []
    reconnect(page)
    wait_until(lambda: receivers(diary, one) == [diary.people.me.id], "the server knows who receives")
    expect(page.locator(".mark-pending")).to_have_count(0)


def test_two_take_the_same_one_without_network_one_has_it_and_one_card_says_who(diary):
    one = diary.book(90)
    people = diary.people
    first, second = (people.brigade.terminal(agent) for agent in (people.me, people.colleague))
    for page in (first, second):
        offline_ready(page)
        disconnect(page)
        open_one(page, one)
        page.get_by_role("button", name="Prendre").click()
        expect(page.locator(".detail-state")).to_contain_text("Pour vous")
    reconnect(first)
    wait_until(lambda: receivers(diary, one) == [people.me.id], "the first has it")
    reconnect(second)
    open_tab(second, "Agenda")
    card = second.locator(".notice-conflict")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Vous n’avez pas ce rendez-vous")
    expect(card).to_contain_text("Adjudant Sacha Martin l’a pris à")
    assert receivers(diary, one) == [people.me.id]
    expect(first.locator(".notice-conflict")).to_have_count(0)
    card.get_by_role("button", name="J’ai compris").click()
    expect(card).to_have_count(0)


def test_one_tap_for_an_intervention_and_the_colleague_takes_over(diary):
    people = diary.people
    one = diary.book(40, agents=[people.me])
    mine, other = (people.brigade.terminal(agent) for agent in (people.me, people.colleague))
    open_tab(mine, "Agenda")
    expect(mine.locator(".intervention")).to_contain_text("sera proposé à vos collègues")
    mine.get_by_role("button", name="1 h", exact=True).click()
    expect(mine.get_by_role("heading", name="En intervention jusqu’à")).to_be_focused()
    wait_until(lambda: receivers(diary, one) == [], "the server has released it")
    assert position(people, people.me).status == "on_intervention"
    open_one(other, one)
    expect(other.locator(".detail-state")).to_contain_text("Remis à l’équipe")
    other.get_by_role("button", name="Prendre").click()
    wait_until(lambda: receivers(diary, one) == [people.colleague.id], "the colleague has it")
    wait_until(lambda: diary.row(one).released_at is None, "nobody is sought any more")
    mine.get_by_role("button", name="Je suis de retour").click()
    wait_until(lambda: position(people, people.me).status == "available", "back and available")
    expect(mine.get_by_role("heading", name="Je pars en intervention")).to_be_visible()


def test_what_became_of_it_is_said_and_corrected(diary):
    people = diary.people
    one, past = diary.book(-10, agents=[people.me]), diary.book(-200, agents=[people.me])
    page = people.brigade.terminal(people.me)
    open_tab(page, "Agenda")
    expect(page.locator(".agenda-next")).to_contain_text("En cours")
    page.locator("li.row").get_by_role("button", name="N’est pas venu").click()
    wait_until(lambda: diary.row(past).state == "no_show", "the server knows")
    open_one(page, one)
    page.get_by_role("button", name="Est venu").click()
    wait_until(lambda: diary.row(one).state == "honoured", "the server knows")
    page.locator(".more summary").click()
    page.get_by_role("button", name="Corriger").click()
    wait_until(lambda: diary.row(one).state == "no_show", "the server knows better")


def test_two_exchange(diary):
    people = diary.people
    one, other = diary.book(120, agents=[people.me]), diary.book(180, agents=[people.colleague])
    page = people.brigade.terminal(people.me)
    open_tab(page, "Agenda")
    open_one(page, one)
    page.locator(".more summary").click()
    page.get_by_role("link", name="Échanger").click()
    page.get_by_role("button", name="Échanger").click()
    expect(page.get_by_text("Choisissez un rendez-vous.")).to_be_visible()
    page.get_by_label("Gendarme Lou Petit").check()
    page.get_by_role("button", name="Échanger").click()
    wait_until(lambda: receivers(diary, one) == [people.colleague.id], "they have exchanged")
    assert receivers(diary, other) == [people.me.id]


def test_the_chief_approves_assigns_and_proposes_from_what_is_to_be_dealt_with(diary):
    people = diary.people
    asked, alone = diary.book(300, state=State.REQUESTED, reason="case_follow_up"), diary.book(20)
    other = diary.book(400, state=State.REQUESTED, counter=1)
    page = people.brigade.terminal(people.chief)
    open_tab(page, "À traiter")
    page.locator(f"[data-appointment='{asked}']").get_by_role("button", name="Approuver").click()
    wait_until(lambda: diary.row(asked).state == "confirmed", "the server has confirmed it")
    page.locator(f"[data-appointment='{alone}']").get_by_role("link", name="Confier à").click()
    page.get_by_role("button", name="Confier").click()
    expect(page.get_by_text("Choisissez quelqu’un.")).to_be_visible()
    page.get_by_label("Gendarme Lou Petit").check()
    page.get_by_role("button", name="Confier").click()
    wait_until(lambda: receivers(diary, alone) == [people.colleague.id], "the colleague receives")

    open_tab(page, "À traiter")
    page.locator(f"[data-appointment='{other}']").get_by_role("link", name="Autres horaires").click()
    page.get_by_role("button", name="Proposer ces horaires").click()
    expect(page.get_by_text("Choisissez un jour.")).to_be_visible()
    page.locator("[name=day_1]").fill("2020-01-01")
    page.locator("[name=time_1]").fill("10:00")
    page.get_by_role("button", name="Proposer ces horaires").click()
    expect(page.get_by_text("Cet horaire est déjà passé.")).to_be_visible()
    assert page.locator("[name=time_1]").input_value() == "10:00"


def test_an_absence_shows_what_it_gives_back_before_it_does(diary):
    people = diary.people
    one = diary.book(60 * 30, agents=[people.me])
    page = people.brigade.terminal(people.me)
    page.evaluate("() => { location.hash = '#/dispo/absence' }")
    start = diary.row(one).starts_at.astimezone(ZONE)
    page.get_by_label("Premier jour").fill(start.date().isoformat())
    page.get_by_role("button", name="Déclarer une absence").click()
    expect(page.locator("#released")).to_contain_text("1 rendez-vous à votre nom sera remis à l’équipe")
    assert receivers(diary, one) == [people.me.id]
    page.get_by_role("button", name="Déclarer et les remettre").click()
    wait_until(lambda: receivers(diary, one) == [], "the server has released it")


def test_by_keyboard_alone(diary):
    agent = diary.people.me
    one = diary.book(90)
    page = diary.people.brigade.terminal(agent)
    open_tab(page, "Agenda")
    choose(page, "L’unité")
    row(page, "Camille Durand").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page-title")).to_be_focused(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Prendre").focus()
    page.keyboard.press("Enter")
    wait_until(lambda: receivers(diary, one) == [agent.id], "the server knows who receives")
    expect(page.locator(".detail-state")).to_be_focused()
