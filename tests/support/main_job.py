"""The main job in two real browsers, citizen and gendarme, and the instants at which each saw the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from models.database import Database
from server.importers.communes import DEFAULT_FOLDER, import_communes
from server.importers.jurisdictions import import_jurisdictions
from server.importers.units import import_units

DEMO = Path(__file__).resolve().parents[2] / "server" / "demo"

# Keeps when the page first showed more than `already` of `selector` with `text`, by the clock both browsers share.
_WATCH = """
([selector, text, already]) => {
    const found = () => [...document.querySelectorAll(selector)].filter((one) => one.textContent.includes(text));
    const shown = () => found().length > already;
    window.seenAt = shown() ? Date.now() : null;
    new MutationObserver((_changes, observer) => {
        if (shown()) {
            window.seenAt ??= Date.now();
            observer.disconnect();
        }
    }).observe(document, { childList: true, subtree: true, characterData: true });
}
"""
_WATCH_CLICKS = "addEventListener('click', () => { window.clickedAt = Date.now(); }, { capture: true })"


@dataclass(frozen=True)
class Seen:
    """Milliseconds from the citizen's click to the terminal's card, and from the gendarme's to the citizen's page."""

    request_to_terminal: float
    accept_to_citizen: float
    reference: str


def ask_to_be_called(page: Page, site: str, commune: str, facts: str) -> None:
    """Go through the form as a citizen does, up to the summary."""
    page.goto(f"{site}/contact")
    field = page.get_by_role("combobox")
    field.press_sequentially(commune)
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    _go_on(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre demande ira à")
    _go_on(page)
    _choose(page, "reason_code", "complaint")
    _go_on(page)
    _choose(page, "channel", "phone")
    _choose(page, "call_window", "asap")
    _go_on(page)
    page.locator("#facts").fill(facts)
    _go_on(page)
    page.locator("#caller_name").fill("Camille Essai")
    page.locator("#phone").fill("06 39 98 00 12")
    page.locator("#email").fill("camille@example.org")
    _go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez avant d’envoyer")


def send_and_accept(citizen: Page, terminal: Page) -> Seen:
    """Send from the summary, accept what arrives, and measure both ways.

    Args:
        citizen: a page at the form's summary.
        terminal: a signed-in terminal with its list on screen and its socket up; nothing else waits.
    """
    already = terminal.locator("a.card").count()
    terminal.evaluate(_WATCH, ["a.card", "", already])
    sent_at = citizen.evaluate("Date.now()")
    _go_on(citizen)
    citizen.wait_for_url("**/envoyee")
    expect(citizen.locator("html[data-live=yes]")).to_be_attached()
    reference = citizen.locator(".reference strong").first.inner_text()
    expect(terminal.locator("a.card")).to_have_count(already + 1)
    arrived = terminal.evaluate("window.seenAt") - sent_at

    # Waiting ones stand first.
    terminal.locator("a.card").first.click()
    citizen.evaluate(_WATCH, ["#etat-titre", "s’occupe de votre demande", 0])
    terminal.evaluate(_WATCH_CLICKS)
    terminal.get_by_role("button", name="Accepter").click()
    expect(citizen.locator("#etat-titre")).to_contain_text("s’occupe de votre demande")
    told = citizen.evaluate("window.seenAt") - terminal.evaluate("window.clickedAt")
    return Seen(arrived, told, reference)


def _go_on(page: Page) -> None:
    page.locator("form .buttons button[value=continue]").click()


def _choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f"input[name={name}][value='{value}']")
    page.locator(f"label[for={field.get_attribute('id')}]").click()


def import_territory(database: Database, real_data: Path | None) -> int:
    """Import all communes with the real units and jurisdictions, or the demonstration's where there are none.

    Returns:
        The id of the brigade of Belley, which is competent for Belley in both.
    """
    if real_data is None:
        units, jurisdictions, belley = DEMO / "units.csv", DEMO / "jurisdictions.csv", 9001002
    else:
        units = real_data / "data/SYNTHETIC_HOURS_units_export_gn2_layout.csv"
        jurisdictions, belley = real_data / "data/SYNTHETIC_competence_territoriale_layout.csv", 1008593
    with database.transaction() as session:
        import_communes(session, DEFAULT_FOLDER)
        import_units(session, str(units))
        import_jurisdictions(session, str(jurisdictions), on=date(2026, 1, 1))
    return belley
