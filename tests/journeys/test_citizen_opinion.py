"""A citizen who says how it was, on a small screen: with the keyboard, and in a browser that runs no scripts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from models.rules.request_lifecycle import Outcome
from models.tables import ContactRequest
from server.services.accept_request import AcceptRequest, accept_request
from server.services.close_request import CloseRequest, close_request
from tests.journeys.test_citizen import check
from tests.support.seed import actor_of


@pytest.fixture
def closed(brigade):
    """A request that is over."""
    created, actor = brigade.request(), actor_of(brigade.agent("Sacha Martin"))
    with brigade.database.transaction() as session:
        accept_request(session, AcceptRequest(created.request_id), actor, datetime.now(UTC))
        close_request(session, CloseRequest(created.request_id, Outcome.HANDLED), actor, datetime.now(UTC))
    return created


def opinion(brigade, created) -> str | None:
    with brigade.database.transaction() as session:
        return session.get_one(ContactRequest, created.request_id).opinion


def test_an_answer_is_given_by_the_keyboard_and_changed_in_the_other_language(brigade, closed, screenshot):
    page = brigade.browser_context().new_page()
    page.goto(f"{brigade.url}/suivi/{closed.follow_token}")
    expect(page.get_by_role("heading", name="Comment cela s’est-il passé ?")).to_be_visible()
    check(page)
    screenshot(page, "citizen-opinion")
    page.get_by_role("button", name="Moyennement").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Merci de votre réponse.")).to_be_visible()
    expect(page.get_by_role("button", pressed=True)).to_have_text("Moyennement")
    check(page)
    screenshot(page, "citizen-opinion-given")
    assert opinion(brigade, closed) == "fair"

    page.goto(f"{brigade.url}/en/follow/{closed.follow_token}")
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Well").click()
    expect(page.get_by_role("button", pressed=True)).to_have_text("Well")
    assert opinion(brigade, closed) == "good"


def test_an_answer_needs_no_scripts(brigade, closed):
    page = brigade.browser_context(java_script_enabled=False).new_page()
    page.goto(f"{brigade.url}/suivi/{closed.follow_token}")
    page.get_by_role("button", name="Mal", exact=True).click()
    expect(page.get_by_text("Merci de votre réponse. Vous pouvez encore en changer.")).to_be_visible()
    assert page.url.endswith("#avis")
    assert opinion(brigade, closed) == "bad"
