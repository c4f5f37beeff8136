"""The HTML of a mail as a person sees it: on a phone and on a desk, by day and by night."""

from __future__ import annotations

from pathlib import Path

import pytest

from push.agenda_messages import AgendaFacts, AgendaNews, compose_introduction, compose_news
from push.appointment_messages import compose_appointment
from push.messages import LANGUAGES, compose
from tests.unit.push import test_appointment_messages as appointments
from tests.unit.push.facts import DELIVERED, NOW, event, facts

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
# A mail is shown inside the mail program's own page, where landmarks are that page's business.
RUN_AXE = """axe.run({rules: {"landmark-one-main": {enabled: false}, "region": {enabled: false}}})
    .then(result => result.violations.map(one => one.id))"""
LONG = "Brigade de gendarmerie - Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 600])
def test_every_mail_fits_and_axe_finds_nothing(browser, theme, width):
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=theme)
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for language in LANGUAGES:
        for name in DELIVERED:
            for discreet in (False, True):
                about = facts(outcome="unreachable", unit_name=LONG, discreet=discreet)
                page.set_content(compose(event(name), about, language, NOW).html)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, language)
                page.add_script_tag(path=AXE)
                found = page.evaluate(RUN_AXE)
                assert found == [], (name, language, discreet)
                night = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 22)"
                assert night is (theme == "dark")
    assert fetched == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_reminder_has_its_answers_above_all_else(browser, screenshot, theme, width):
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=theme)
    page = context.new_page()
    for language in LANGUAGES:
        for cancelling in (appointments.CANCELLING, ""):
            about = appointments.facts(unit_name=LONG, cancelling_url=cancelling)
            message = compose_appointment(appointments.event("appointment_reminded"), about, language)
            page.set_content(message.html)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), language
            page.add_script_tag(path=AXE)
            assert page.evaluate(RUN_AXE) == [], language
            links = [one.get_attribute("href") for one in page.get_by_role("link").all()]
            assert links == [one for one in (appointments.COMING, cancelling, appointments.FOLLOW) if one]
            if width == 360:
                screenshot(page, f"mail-reminder-{language}-{'in-time' if cancelling else 'late'}")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_gendarmes_mails_fit_and_axe_finds_nothing(browser, screenshot, theme):
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=theme)
    page = context.new_page()
    url = "https://rendez-vous.gendarmerie.interieur.gouv.fr/terminal/"
    about = AgendaFacts(
        title="Conflit de voisinage",
        place=f"{LONG}, guichet 1",
        starts_at=NOW,
        time_zone="Europe/Paris",
        confirmed=False,
        terminal_url=url,
    )
    messages = {str(news): compose_news(news, about) for news in AgendaNews}
    for name, message in {**messages, "introduced": compose_introduction("Adj. Martin", url)}.items():
        page.set_content(message.html)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.add_script_tag(path=AXE)
        assert page.evaluate(RUN_AXE) == [], name
        screenshot(page, f"mail-agenda-{name}")
    context.close()
