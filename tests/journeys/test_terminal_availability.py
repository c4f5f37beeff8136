"""Positions, absences and openings on the terminal, with and without network, by gendarmes and their chief."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.duty import Status, current, offered
from models.tables import Absence, DutyStatus, Opening
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.set_duty_status import stretch_of
from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.processes import wait_until
from tests.support.roster import ZONE, choose, day
from tests.support.seed import actor_of


def position(people, agent):
    """What the server holds of an agent now."""
    with people.brigade.database.transaction() as session:
        rows = session.scalars(select(DutyStatus).where(DutyStatus.agent_id == agent.id)).all()
        return current([stretch_of(row) for row in rows], datetime.now(UTC))


def disconnect(page):
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()


def reconnect(page):
    page.context.set_offline(False)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0, timeout=PATIENCE_MS)


def open_tab(page, name):
    page.get_by_role("navigation", name="Rubriques").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def pressed(page, name):
    return expect(page.get_by_role("button", name=name, exact=True))


def test_two_taps_from_the_list_change_the_position_and_who_is_offered_requests(people):
    page = people.brigade.terminal(people.me)
    page.get_by_role("link", name="Position non connue").click()
    expect(page.get_by_role("heading", name="Ma dispo")).to_be_focused()
    expect(page.get_by_text("Les nouvelles demandes vous sont proposées.")).to_be_visible()
    page.get_by_role("button", name="Disponible").click()
    wait_until(lambda: position(people, people.me), "the server knows the position")

    page.get_by_role("button", name="En intervention").click()
    expect(page.get_by_text("Les nouvelles demandes ne vous sont pas proposées.")).to_be_visible()
    pressed(page, "En intervention").to_have_attribute("aria-pressed", "true")
    pressed(page, "Nouvel ordre").to_have_attribute("aria-pressed", "true")
    wait_until(lambda: not offered(position(people, people.me).status), "no request is offered any more")

    # A second tap says until when; then what held before holds again.
    until_when = page.get_by_role("group", name="Jusqu’à", exact=True)
    until_when.get_by_role("button", name="1 h").click()
    expect(until_when.get_by_role("button", name="1 h")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".position")).to_contain_text("Disponible.")
    wait_until(lambda: position(people, people.me).until is not None, "the server knows until when")
    held = position(people, people.me)
    assert held.status is Status.ON_INTERVENTION
    assert timedelta(minutes=58) < held.until - datetime.now(UTC) <= timedelta(hours=1)
    expect(page.locator(".mark-pending")).to_have_count(0)
    page.get_by_role("link", name="Demandes").click()
    expect(page.get_by_role("link", name="En intervention jusqu’à")).to_be_visible()


def test_until_midnight_is_the_units_midnight(people):
    page = people.brigade.terminal(people.me, timezone_id="Pacific/Marquesas")
    open_tab(page, "Ma dispo")
    page.get_by_role("button", name="Hors service").click()
    page.get_by_role("button", name="Minuit").click()
    pressed(page, "Minuit").to_have_attribute("aria-pressed", "true")
    wait_until(lambda: (held := position(people, people.me)) and held.until, "the server knows until when")
    until = position(people, people.me).until.astimezone(ZONE)
    assert (until.hour, until.minute) == (0, 0)


def test_without_network_everything_about_my_time_is_done_and_arrives_in_order(people):
    page = people.brigade.terminal(people.me)
    offline_ready(page)
    disconnect(page)
    page.close()
    page = page.context.new_page()
    page.goto(f"{people.brigade.url}/terminal/#/dispo")
    page.get_by_role("button", name="Joignable").click()
    expect(page.locator(".position-now .mark-pending")).to_be_visible()

    page.get_by_role("link", name="Déclarer une absence").click()
    page.get_by_label("Premier jour").fill(str(day(3).astimezone(ZONE).date()))
    page.get_by_label("Dernier jour").fill(str(day(4).astimezone(ZONE).date()))
    page.get_by_label("Un mot").fill("Stage de tir")
    page.get_by_role("button", name="Déclarer une absence").click()
    absence = page.locator("li.row").filter(has_text="Stage de tir")
    expect(absence.locator(".mark-pending")).to_be_visible()

    page.get_by_role("link", name="Proposer une plage").click()
    page.get_by_label("De", exact=True).fill("14:00")
    page.get_by_label("À", exact=True).fill("17:30")
    choose(page, "Certains motifs")
    page.get_by_label("Porter plainte").check()
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator("li.row").filter(has_text="Proposée")).to_contain_text("de 14 h 00 à 17 h 30")
    expect(page.get_by_text("3 actions en attente d’envoi")).to_be_visible()
    page.reload()
    expect(page.locator(".mark-pending")).to_have_count(3)

    reconnect(page)
    expect(page.locator(".mark-pending")).to_have_count(0)
    assert position(people, people.me).status is Status.REACHABLE
    row = people.only(Absence)
    assert (row.during.lower, row.during.upper, row.word) == (day(3), day(5), "Stage de tir")
    opening = people.only(Opening)
    local = opening.starts_at.astimezone(ZONE), opening.ends_at.astimezone(ZONE)
    assert [f"{at:%H:%M}" for at in local] == ["14:00", "17:30"]
    assert (opening.reason_codes, opening.agent_id, opening.counters) == (["complaint"], people.me.id, 1)


def test_an_absence_is_cancelled_and_declared_again(people):
    people.absence(people.me, days=2, word="Permission")
    page = people.brigade.terminal(people.me)
    open_tab(page, "Ma dispo")
    disconnect(page)
    row = page.locator("li.row").filter(has_text="Permission")
    row.get_by_role("button", name="Annuler").click()
    expect(row).to_contain_text("Annulée")
    again = page.get_by_role("button", name="Déclarer à nouveau")
    expect(again).to_be_focused()
    again.click()
    expect(row).to_have_count(2)
    reconnect(page)
    expect(row).to_have_count(1)
    with people.brigade.database.transaction() as session:
        rows = session.scalars(select(Absence).order_by(Absence.declared_at)).all()
        assert [one.cancelled_at is None for one in rows] == [False, True]
        assert rows[0].during == rows[1].during


def test_the_chief_approves_without_network_and_who_proposed_reads_it(people):
    people.opening(people.me, days=2)
    mine, chiefs = people.brigade.terminal(people.me), people.brigade.terminal(people.chief)
    expect(chiefs.get_by_role("link", name="À traiter 1")).to_be_visible()
    open_tab(chiefs, "À traiter")
    offline_ready(chiefs)
    disconnect(chiefs)
    chiefs.get_by_role("button", name="Approuver").click()
    expect(chiefs.get_by_text("Aucune proposition n’attend.")).to_be_visible()
    expect(chiefs.locator("#proposals-title")).to_be_focused()
    expect(chiefs.locator("li.row .mark-pending")).to_be_visible()
    assert people.only(Opening).state == "proposed"
    reconnect(chiefs)
    assert people.only(Opening).state == "approved"
    notice = mine.locator(".notice").filter(has_text="Plage approuvée par Major Claude Roux")
    expect(notice).to_be_visible(timeout=PATIENCE_MS)
    notice.get_by_role("link", name="Ma dispo").click()
    mine.reload()
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="J’ai compris").click()
    expect(notice).to_have_count(0)
    mine.reload()
    expect(mine.locator("li.row")).to_contain_text("Approuvée")
    expect(notice).to_have_count(0)
    expect(mine.locator("li.row")).to_contain_text("Par Major Claude Roux, à")
    # What is approved is the chief's to withdraw.
    expect(mine.get_by_role("button", name="Retirer")).to_have_count(0)


def test_two_chiefs_decide_differently_and_the_second_is_told_who_when_and_why(people):
    second = people.brigade.agent("Capitaine Andrée Noir", Role.CHIEF)
    opening = people.opening(people.me, days=2)
    page = people.brigade.terminal(second)
    open_tab(page, "À traiter")
    disconnect(page)
    page.get_by_role("button", name="Approuver").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    people.refuse(opening, "La salle est prise.")

    reconnect(page)
    conflict = page.get_by_role("alert").filter(has_text="Votre approbation n’a pas été retenue")
    expect(conflict).to_contain_text("Major Claude Roux l’a refusée à")
    expect(conflict).to_contain_text("La salle est prise.")
    assert people.only(Opening).state == "refused"
    page.reload()
    conflict.get_by_role("button", name="J’ai compris").click()
    expect(conflict).to_have_count(0)


def test_a_refusal_needs_a_word_and_reaches_who_proposed(people):
    people.opening(people.me, days=2)
    mine, chiefs = people.brigade.terminal(people.me), people.brigade.terminal(people.chief)
    open_tab(chiefs, "À traiter")
    chiefs.get_by_role("button", name="Refuser").click()
    expect(chiefs.get_by_label("Pourquoi la refuser")).to_be_focused()
    chiefs.get_by_role("button", name="Refuser la plage").click()
    expect(chiefs.get_by_text("Écrivez un mot pour la personne.")).to_be_visible()
    chiefs.get_by_label("Pourquoi la refuser").fill("Proposez jeudi.")
    chiefs.get_by_role("button", name="Refuser la plage").click()
    notice = mine.locator(".notice").filter(has_text="Plage refusée par Major Claude Roux")
    expect(notice).to_contain_text("Proposez jeudi.")
    assert people.only(Opening).decision_word == "Proposez jeudi."


def test_an_absence_that_overlaps_one_of_another_terminal_is_a_conflict_that_names_it(people):
    page = people.brigade.terminal(people.me)
    page.evaluate("location.hash = '#/dispo/absence'")
    disconnect(page)
    page.get_by_label("Premier jour").fill(str(day(3).astimezone(ZONE).date()))
    page.get_by_role("button", name="Déclarer une absence").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    people.absence(people.me, days=2, length=3, word="Permission", by=people.chief)
    reconnect(page)
    conflict = page.get_by_role("alert").filter(has_text="L’absence n’a pas été enregistrée")
    expect(conflict).to_contain_text("Une absence est déjà déclarée")
    expect(conflict).to_contain_text("Permission")
    # The chief's word for me does not come without a word either.
    expect(page.locator(".notice").filter(has_text="Major Claude Roux vous a déclaré absent")).to_be_visible()


def test_the_chief_sets_a_colleagues_position_and_absences_and_others_only_read(people):
    people.set_duty(people.me, Status.AVAILABLE)
    absence = people.absence(people.me, days=2, word="Stage")
    page, mine = people.brigade.terminal(people.chief), people.brigade.terminal(people.me)
    page.evaluate("location.hash = '#/brigade'")
    page.get_by_role("link", name="Adjudant Sacha Martin").click()
    expect(page.get_by_role("heading", level=1, name="Adjudant Sacha Martin")).to_be_focused()
    page.get_by_role("button", name="Hors service").click()
    wait_until(lambda: position(people, people.me).status is Status.OFF_DUTY, "the server knows the position")
    open_tab(mine, "Ma dispo")
    expect(mine.get_by_text("Position mise par Major Claude Roux")).to_be_visible()

    with people.brigade.database.transaction() as session:
        cancel_absence(session, CancelAbsence(absence), actor_of(people.chief), datetime.now(UTC))
    expect(mine.locator(".notice").filter(has_text="Votre absence a été annulée")).to_be_visible()

    mine.get_by_role("link", name="La brigade").click()
    expect(mine.get_by_role("heading", name="La brigade", level=1)).to_be_focused()
    expect(mine.get_by_text("Hors service")).to_be_visible()
    expect(mine.get_by_role("link", name="Major Claude Roux")).to_have_count(0)
    mine.evaluate(f"location.hash = '#/brigade/{people.chief.id}'")
    expect(mine.get_by_role("heading", name="Personne ici")).to_be_visible()
    mine.evaluate("location.hash = '#/a-traiter'")
    expect(mine.get_by_text("Réservé au commandant de brigade.")).to_be_visible()


def test_late_requests_wait_for_the_chief(people):
    people.brigade.request(minutes_ago=600)
    page = people.brigade.terminal(people.chief)
    expect(page.get_by_role("link", name="À traiter 1")).to_be_visible()
    open_tab(page, "À traiter")
    page.locator("a.card").click()
    expect(page.get_by_role("button", name="Accepter")).to_be_visible()


def test_a_part_that_has_not_arrived_says_so_and_is_asked_again(people):
    page = people.brigade.browser_context(service_workers="block").new_page()
    page.route("**/chunks/later-*.js", lambda route: route.abort())
    people.brigade.sign_in(page, people.me.login)
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    page.evaluate("location.hash = '#/dispo'")
    expect(page.get_by_text("Cette partie n’est pas encore sur ce terminal.")).to_be_visible()
    page.unroute("**/chunks/later-*.js")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("button", name="Disponible")).to_be_visible()
