"""What climbs and what is late, on the chief's terminal and on the supervisor's, with each call in plain words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.text_messages import Purpose
from models.tables import Event, Ladder, LadderCall
from server.services.accept_request import AcceptRequest, accept_request
from server.services.climb_ladder import ClimbLadder, climb_ladder
from server.services.queue_text import QueueText, queue_text
from server.services.see_request import SeeRequest, see_request
from server.services.settle_call import SettleCall, settle_call
from tests.support.brigade import DESK, PATIENCE_MS, PHONE, Brigade, connected
from tests.support.kannel import CALLBACK_SECRET
from tests.support.processes import Deployment
from tests.support.roster import choose
from tests.support.seed import TOKENS, actor_of, seed_agent, seed_sign_in

SMALL = """[...document.querySelectorAll('main a, main button, main summary')]
  .filter((element) => element.offsetParent)
  .map((element) => [element.outerHTML.slice(0, 160), element.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([html]) => html)"""

# Near midnight a day comes before the hour.
WHEN = r"\s.{0,24}à"


class Waits:
    """A brigade with a chief, a gendarme and a supervisor, in which requests wait."""

    def __init__(self, brigade: Brigade) -> None:
        self.brigade = brigade
        self.gendarme = brigade.agent("Adjudant Sacha Martin", Role.GENDARME)
        self.chief = brigade.agent("Major Alix Roux", Role.CHIEF)
        with brigade.database.transaction() as session:
            self.supervisor = seed_agent(session, None, Role.SUPERVISOR, name="Marc Delorme")

    def request(self, minutes_ago: float, **changes: Any) -> UUID:
        """One that has waited so long, looked at by the ladder's job just now."""
        request_id = self.brigade.request(minutes_ago=minutes_ago, **changes).request_id
        self.climb(request_id)
        return request_id

    def climb(self, request_id: UUID, **later: float) -> None:
        with self.brigade.database.transaction() as session:
            event_id = session.scalars(select(Event.id).filter_by(request_id=request_id)).first()
            climb_ladder(session, ClimbLadder(event_id), datetime.now(UTC) + timedelta(**later))

    def settle(self, request_id: UUID, channel: str, state: Any, cause: str | None = None) -> None:
        """Say what became of the request's calls over a channel."""
        with self.brigade.database.transaction() as session:
            for call in session.scalars(
                select(LadderCall).join(Ladder).where(Ladder.request_id == request_id, LadderCall.channel == channel)
            ):
                settle_call(session, SettleCall(call.id, state, cause), datetime.now(UTC))

    def do(self, service: Any, command: Any) -> None:
        with self.brigade.database.transaction() as session:
            service(session, command, actor_of(self.gendarme), datetime.now(UTC))

    def desk(self, address: str = "#/a-traiter", **options: Any) -> Page:
        """The chief's terminal, at the desk."""
        page = self.brigade.terminal(self.chief, **options)
        page.evaluate("address => { location.hash = address }", address)
        return page

    def overview(self, **options: Any) -> Page:
        """The supervisor's, which opens with its own list."""
        context = self.brigade.browser_context(**options)
        with self.brigade.database.transaction() as session:
            token = seed_sign_in(session, self.supervisor, now=datetime.now(UTC))
        context.add_cookies([{"name": "agent", "value": token, "url": self.brigade.url}])
        page = context.new_page()
        page.goto(f"{self.brigade.url}/terminal/")
        expect(page.get_by_role("heading", level=1, name="En retard")).to_be_visible(timeout=PATIENCE_MS)
        return page


@pytest.fixture
def waits(brigade: Brigade) -> Waits:
    return Waits(brigade)


def test_the_chief_comes_to_it_from_the_desk_and_reads_each_call(waits: Waits, check: Any) -> None:
    request_id = waits.request(12)
    waits.settle(request_id, "email", "delivered")
    waits.settle(request_id, "sms", "failed", "stopped")
    waits.settle(request_id, "web_push", "queued", "http_503")
    waits.do(see_request, SeeRequest(request_id))
    taken = waits.request(3)
    waits.do(accept_request, AcceptRequest(taken))
    page = waits.desk()

    page.get_by_role("link", name=re.compile("^En retard 1$")).click()

    expect(page.get_by_role("heading", level=1, name="En retard")).to_be_focused()
    check(page, "late-chief")
    row = page.locator(".late-waiting > li")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Commandant appelé")
    expect(row).to_contain_text(re.compile(r"il\sy\sa\s1[2-9]\smin"))
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_text(re.compile(f"Ensuite, les superviseurs{WHEN}"))).to_be_visible()
    expect(row.get_by_text(re.compile(f"Ouverte par Adjudant Sacha Martin{WHEN}"))).to_be_visible()
    calls = row.locator(".late-call")
    expect(calls.filter(has_text="SMS")).to_contain_text("échec, ce téléphone a refusé les SMS")
    expect(calls.filter(has_text="Boîte de l’unité")).to_contain_text(re.compile(f"reçu{WHEN}"))
    expect(calls.filter(has_text="Major Alix Roux, notification").last).to_contain_text("incident technique (http_503)")
    check(page, "late-chief-open")
    assert page.evaluate(SMALL) == []
    expect(page.get_by_text(re.compile(f"Prise par Adjudant Sacha Martin{WHEN}"))).to_be_visible()
    for private in ("Camille", "vélo", "639980012"):
        assert private not in page.locator("main").inner_text()

    row.get_by_role("link", name="Ouvrir").click()
    expect(page).to_have_url(re.compile(f"#/demandes/{request_id}$"))


def test_a_supervisor_has_every_units_and_hears_of_the_next(waits: Waits, check: Any) -> None:
    waits.request(40)
    page = waits.overview(viewport=DESK)
    connected(page)
    row = page.locator(".late-waiting > li")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Brigade de gendarmerie de Belley")
    expect(row).to_contain_text("Superviseurs prévenus")
    check(page, "late-supervisor")
    expect(page.locator("nav.tabs a")).to_have_count(2)

    request_id = waits.request(5)
    waits.climb(request_id, minutes=26)

    expect(row).to_have_count(2)
    page.get_by_role("link", name="Réglages").click()
    expect(page.get_by_role("heading", level=1, name="Réglages")).to_be_visible()
    expect(page.get_by_text("Aucune unité")).to_have_count(0)
    page.go_back()
    expect(row).to_have_count(2)


def test_a_supervisor_who_serves_in_a_unit_comes_to_it_from_the_desk(waits: Waits, check: Any) -> None:
    waits.request(40)
    both = waits.brigade.agent("Adjudante Lou Petit", Role.GENDARME, Role.SUPERVISOR)
    page = waits.brigade.terminal(both)
    page.get_by_role("navigation").get_by_role("link", name="À traiter", exact=True).click()
    expect(page.get_by_text("Réservé au commandant de brigade.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^En retard 1$")).click()
    expect(page.locator(".late-waiting > li")).to_have_count(1)
    # What changes each minute is not read out each minute.
    expect(page.get_by_text(re.compile(f"^Mis à jour{WHEN}"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Mis à jour")).to_have_count(0)
    check(page, "late-both-roles")


@pytest.fixture
def _texts(deployment: Deployment) -> None:
    """Text messages are set up, so that something can be wrong with them; ordered before the brigade."""
    deployment.environment.update(
        {
            "SMS_KANNEL_URL": "http://brigade:essai@127.0.0.1:9/cgi-bin/sendsms",
            "SMS_KANNEL_FROM": "36112",
            "SMS_KANNEL_SECRET": CALLBACK_SECRET,
            "SMS_SEGMENTS_PER_DAY": "1",
        }
    )


@pytest.mark.usefixtures("_texts")
def test_a_supervisor_reads_what_ails_the_text_messages(waits: Waits, check: Any) -> None:
    ago = datetime.now(UTC) - timedelta(minutes=10)
    command = QueueText(uuid4(), Purpose.VERIFICATION_CODE, "+33639980012", "fr", good_until=ago + timedelta(hours=1))
    with waits.brigade.database.transaction() as session:
        queue_text(session, command, ago, TOKENS)
    page = waits.overview()
    expect(page.get_by_text("Le plafond de messages par jour est presque atteint.")).to_be_visible()
    expect(page.get_by_text("1 SMS attend depuis plus de 5 minutes.")).to_be_visible()
    check(page, "late-alerts")


def test_without_network_it_says_how_old_it_is_and_comes_back(waits: Waits, check: Any) -> None:
    request_id = waits.request(12)
    page = waits.overview(viewport=PHONE)
    expect(page.locator(".late-waiting > li")).to_have_count(1)
    page.context.set_offline(True)
    page.get_by_role("button", name="Actualiser").click()
    expect(page.get_by_text(re.compile(f"Hors connexion\\. Dernier état lu{WHEN}"))).to_be_visible()
    expect(page.locator(".late-waiting > li")).to_have_count(1)
    check(page, "late-offline")
    waits.do(accept_request, AcceptRequest(request_id))
    page.context.set_offline(False)
    expect(page.get_by_text("Rien n’attend")).to_be_visible()
    expect(page.get_by_text("Prise par Adjudant Sacha Martin")).to_be_visible()
    check(page, "late-nothing")


def test_in_english_and_page_by_page(waits: Waits, check: Any) -> None:
    for number in range(52):
        waits.request(11 + number)
    page = waits.desk(address="#/reglages", viewport=DESK)
    choose(page, "English")
    page.evaluate("location.hash = '#/a-traiter/retard'")
    row = page.locator(".late-waiting > li")
    expect(row).to_have_count(50)
    expect(page.get_by_text("52 of them after a call to the chief")).to_be_visible()
    page.get_by_role("button", name="Show more").click()
    expect(row).to_have_count(52)
    expect(row.nth(50).locator("summary")).to_be_focused()
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    expect(row).to_have_count(52)
    check(page, "late-english")


def test_a_gendarme_is_told_that_it_is_not_theirs(waits: Waits) -> None:
    page = waits.brigade.terminal(waits.gendarme)
    page.evaluate("location.hash = '#/a-traiter/retard'")
    expect(page.get_by_text("Seuls les commandants de brigade")).to_be_visible()
