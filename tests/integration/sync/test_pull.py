from __future__ import annotations

import gzip
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from models.queries import terminal_feed
from models.rules.actor import CitizenActor
from models.tables import FeedEpoch, Reason
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.integration.sync.test_push import World
from tests.support.seed import NOW, seed_sign_in, send_request
from tests.support.terminals import Clock, Terminal, application


@pytest.fixture
def world(database):
    return World(database)


def test_only_a_first_pull_is_compressed(world):
    # If each were, its length could be measured against what somebody writes into requests of their own (BREACH).
    terminal = world.terminal(world.martin)
    wish = {"Accept-Encoding": "gzip"}
    address = f"/api/sync/pull?client={terminal.client_id}&cursor="
    first = terminal.http.get(address, headers=wish)
    assert first.headers["Content-Encoding"] == "gzip"
    page = json.loads(gzip.decompress(first.data))
    assert page["reset"]
    assert "Content-Encoding" not in terminal.http.get(address).headers
    assert "Content-Encoding" not in terminal.http.get(address + page["cursor"], headers=wish).headers


def test_the_first_pull_brings_the_unit_and_its_requests(world):
    terminal = world.terminal(world.martin)
    page = terminal.pull()
    assert page["reset"]
    assert set(terminal.docs) == {
        f"unit/{world.unit.id}",
        f"neighbours/{world.unit.id}",
        f"holidays/{world.unit.id}",
        "reasons/all",
        f"agent/{world.martin.id}",
        f"agent/{world.petit.id}",
        f"request/{world.request_id}",
    }
    body = terminal.docs[f"request/{world.request_id}"]
    assert (body["state"], body["phone"], body["commune"]["name"]) == ("waiting", "+33639980012", "Belley")
    assert body["reason"]["fr"] == "Porter plainte"
    assert terminal.docs[f"unit/{world.unit.id}"]["time_zone"] == "Europe/Paris"


def test_the_reasons_come_in_the_order_of_the_form_and_only_those_that_are_offered(world):
    with world.database.transaction() as session:
        session.execute(update(Reason).where(Reason.code == "other").values(active=False))
        here = {"notice_minutes": 90, "place_kinds": ["unit", "home"]}
        session.execute(update(Reason).where(Reason.code == "complaint").values(here))
    terminal = world.terminal(world.martin)
    terminal.pull()
    reasons = terminal.docs["reasons/all"]["reasons"]
    assert reasons[0].keys() == {
        "code", "fr", "en", "bookable", "duration", "buffer", "notice", "place_kinds", "needs_approval",
        "agents_needed", "papers_fr", "papers_en",
    }  # fmt: skip
    assert (reasons[0]["code"], reasons[0]["duration"], reasons[0]["buffer"]) == ("complaint", 60, 10)
    assert (reasons[0]["notice"], reasons[0]["place_kinds"]) == (90, ["unit", "home"])
    codes = [reason["code"] for reason in reasons]
    assert "other" not in codes
    with world.database.transaction() as session:
        assert codes == list(session.scalars(select(Reason.code).where(Reason.active).order_by(Reason.position)))


def test_nothing_new_is_an_empty_page_at_the_same_cursor(world):
    terminal = world.terminal(world.martin)
    cursor = terminal.pull()["cursor"]
    page = terminal.pull()
    assert (page["docs"], page["reset"], page["cursor"], page["base"]) == ([], False, cursor, cursor)


def test_only_what_changed_comes_again(world):
    terminal, colleague = world.terminal(world.martin), world.terminal(world.petit)
    with world.database.transaction() as session:
        send_request(session)
    terminal.pull()
    colleague.do("request.accept", request_id=world.request_id)
    page = terminal.pull()
    assert [doc["k"] for doc in page["docs"]] == [f"request/{world.request_id}"]
    assert terminal.docs[f"request/{world.request_id}"]["accepted_by"]["name"] == "Gend. Petit"


def test_results_come_with_the_pull_even_when_the_answer_to_the_push_was_lost(world):
    terminal, colleague = world.terminal(world.martin), world.terminal(world.petit)
    terminal.pull()
    colleague.do("request.accept", request_id=world.request_id)
    terminal.do("request.accept", request_id=world.request_id)
    page = terminal.pull()
    assert page["lmid"] == 1
    assert [(result["seq"], result["status"]) for result in page["results"]] == [(1, "rejected")]
    assert terminal.pull()["results"] == []


def test_a_transferred_request_leaves_a_trace_without_the_citizens_words(world):
    here, there = world.terminal(world.martin), world.terminal(world.blanc)
    here.pull()
    there.pull()
    here.do("request.transfer", request_id=world.request_id, to_unit_id=2, word="votre secteur")
    here.pull()
    there.pull()
    trace = here.docs[f"request/{world.request_id}"]
    assert (trace["state"], trace["to_unit"]["name"]) == ("transferred", "Brigade de Culoz")
    assert not {"phone", "facts", "caller_name", "email", "history", "call_back_word"} & set(trace)
    arrived = there.docs[f"request/{world.request_id}"]
    assert (arrived["state"], arrived["facts"]) == ("waiting", "On a volé mon vélo devant la gare.")
    assert arrived["history"][-1]["word"] == "votre secteur"


def test_what_ended_stays_a_week_and_a_new_terminal_does_not_get_it_after_that(world):
    with world.database.transaction() as session:
        citizen = CitizenActor()
        request_id = world.request().id
        withdraw_request(session, WithdrawRequest(request_id), citizen, NOW)
    terminal = world.terminal(world.martin)
    terminal.pull()
    assert terminal.docs[f"request/{world.request_id}"]["state"] == "withdrawn"

    later = NOW + timedelta(days=8)
    app = application(world.database, Clock(later))
    newcomer = Terminal(app, world.database, world.petit, now=later)
    newcomer.pull()
    assert not [key for key in newcomer.docs if key.startswith("request/")]


def test_what_is_over_leaves_a_terminal_that_never_stopped_reading(world):
    """Day after day, an old terminal holds what a new one gets: nothing of an ended request stays with it."""
    with world.database.transaction() as session:
        handed_over = str(send_request(session).request_id)
        withdraw_request(session, WithdrawRequest(UUID(world.request_id)), CitizenActor(), NOW)
    clock = Clock()
    app = application(world.database, clock)
    here, there = Terminal(app, world.database, world.martin), Terminal(app, world.database, world.blanc)
    here.do("request.transfer", request_id=handed_over, to_unit_id=2, word="votre secteur")
    there.do("request.accept", request_id=handed_over)
    there.do("request.close", request_id=handed_over, outcome="handled")
    held = []
    for days in range(10):
        clock.now = NOW + timedelta(days=days)
        for old, agent in ((here, world.martin), (there, world.blanc)):
            with world.database.transaction() as session:
                old.token = seed_sign_in(session, agent, now=clock.now)
            old.http.set_cookie("agent", old.token)
            old.pull()
            newcomer = Terminal(app, world.database, agent, now=clock.now)
            newcomer.pull()
            assert old.docs.keys() == newcomer.docs.keys(), days
        held.append(tuple(sum(key.startswith("request/") for key in one.docs) for one in (here, there)))
    # The withdrawn one and the trace; then the withdrawn one alone; then nothing. Over there, the closed one.
    assert held == [(2, 1)] * 2 + [(1, 1)] * 6 + [(0, 0)] * 2


def test_another_epoch_or_an_unreadable_cursor_starts_over(world):
    terminal = world.terminal(world.martin)
    cursor = terminal.pull()["cursor"]
    for strange in ("", "nonsense", "1.2.3", "1.2.3.4", "٣.1.1.1", "1.1.-1.1", f"{cursor}.1", f"{cursor}9" * 3):
        terminal.cursor = strange
        assert terminal.pull()["reset"], strange
    terminal.cursor = cursor
    with world.database.transaction() as session:
        session.execute(text("UPDATE feed_epoch SET epoch = epoch + 1"))
        assert session.query(FeedEpoch).count() == 1
    assert terminal.pull()["reset"]
    assert f"request/{world.request_id}" in terminal.docs


def test_a_long_absence_is_read_in_pages(world, monkeypatch):
    with world.database.transaction() as session:
        for _ in range(6):
            send_request(session)
    for _ in range(3):
        with world.database.transaction() as session:
            send_request(session)
    monkeypatch.setattr(terminal_feed, "PAGE", 4)
    terminal = world.terminal(world.martin)
    terminal.pull()
    assert len([key for key in terminal.docs if key.startswith("request/")]) == 10
    assert not terminal.pull()["docs"]


def test_a_unit_sees_nothing_of_anothers(world):
    stranger = world.terminal(world.blanc)
    stranger.pull()
    assert set(stranger.docs) == {"unit/2", "neighbours/2", "holidays/2", "reasons/all", f"agent/{world.blanc.id}"}


def test_without_a_sign_in_there_is_no_feed(world):
    response = world.app.test_client().get("/api/sync/pull?client=00000000-0000-0000-0000-000000000000")
    assert (response.status_code, response.json["code"]) == (401, "not_signed_in")
