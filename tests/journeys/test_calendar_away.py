"""Plannings and agendas while their server is slow, and then away."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.calendar_desk import CalendarBrigade, Look, open_calendars


def test_a_page_whose_server_is_slow_or_away(calendars: CalendarBrigade, check: Look) -> None:
    agent = calendars.agent("Lou Petit")
    page = calendars.terminal(agent, service_workers="block")
    held = []
    page.route("**/api/plannings", lambda route: held.append(route))
    open_calendars(page)
    expect(page.get_by_text("Chargement…").first).to_be_visible()
    check(page, "calendars-loading")
    for route in held:
        route.fulfill(status=503, body="{}")
    expect(page.get_by_text("Le service n’a pas pu répondre.")).to_be_visible()
    check(page, "calendars-error")
    page.unroute("**/api/plannings")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("Aucun planning n’est lu.")).to_be_visible()
    # A gendarme names their own calendars only.
    page.get_by_role("link", name="Ajouter un planning").click()
    expect(page.get_by_label("Agenda CalDAV")).to_be_visible()
    expect(page.get_by_label("Feuille de service du jour")).to_have_count(0)
    expect(page.get_by_label("De qui dit-il le temps")).to_have_count(0)
