"""A gendarme's feed at its own address: what it says, to whom it answers 304, and when it is not there."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import text, update

from models.rules.exports import Kind
from models.tables import Agent, CalendarExport, Terminal
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.close_agent import CloseAgent, close_agent
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.revoke_terminal import RevokeTerminal, revoke_terminal
from server.services.set_agenda_words import SetAgendaWords, set_agenda_words
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason
from tests.support.brigade_world import BrigadeWorld
from tests.support.planned import statements
from tests.support.push_subscribers import seed_terminal
from tests.support.seed import NOW, TOKENS, actor_of


class Feed:
    """Martin's feed; `get` is what a calendar does."""

    def __init__(self, brigade: BrigadeWorld) -> None:
        self.brigade, self.agent = brigade, brigade.martin
        context = brigade.app.extensions["brigade"]
        with brigade.database.transaction() as session:
            seed_windows(session, brigade.roux, NINE, at(8), counters=2)
            self.terminal_id = seed_terminal(session, self.agent)
            command = AddCalendarExport(Kind.FEED, "Mon téléphone", terminal_id=self.terminal_id)
            added = add_calendar_export(session, command, actor_of(self.agent), NOW, TOKENS, context.sealer)
            self.id, self.token = added.export.id, added.token
        self.http = brigade.app.test_client()

    @property
    def row(self):
        with self.brigade.database.transaction() as session:
            return session.get_one(CalendarExport, self.id)

    def get(self, method="GET", **headers):
        return self.http.open(f"/agenda/{self.token}.ics", method=method, headers=headers)

    def events(self):
        return icalendar.Calendar.from_ical(self.get().data).walk("VEVENT")

    def book(self, hours=0.0, **more):
        with self.brigade.database.transaction() as session:
            booked = book(session, self.brigade.unit.id, at(hours), **more)
            take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(self.agent), NOW)
            return booked

    def do(self, service, command, agent=None):
        with self.brigade.database.transaction() as session:
            return service(session, command, actor_of(agent or self.agent), self.brigade.clock.now)


@pytest.fixture
def feed(database):
    return Feed(BrigadeWorld(database))


def test_it_holds_their_appointments_and_says_no_more_than_that(feed):
    feed.book(0, facts="Un secret.", caller_name="Camille Essai")
    answer = feed.get()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    [event] = feed.events()
    assert (event.start, event.end) == (NINE, NINE + timedelta(minutes=30))
    assert (str(event["SUMMARY"]), str(event["STATUS"]), "LOCATION" in event) == ("Rendez-vous", "CONFIRMED", False)
    assert not re.search("Camille|secret|voisin", answer.get_data(as_text=True))


def test_it_says_more_where_the_unit_has_decided_so_but_never_of_a_discreet_one(feed):
    with feed.brigade.database.transaction() as session:
        change_reason(session, "other", discreet=True)
    feed.do(set_agenda_words, SetAgendaWords(subject=True, place=True), feed.brigade.roux)
    feed.book(0)
    feed.book(1, reason="other")
    plain, discreet = sorted(feed.events(), key=lambda event: event.start)
    assert (str(plain["SUMMARY"]) != "Rendez-vous", str(plain["LOCATION"])) == (
        True,
        f"{feed.brigade.unit.name}, guichet 1",
    )
    assert (str(discreet["SUMMARY"]), "LOCATION" in discreet) == ("Rendez-vous", False)


def test_whoever_has_it_is_told_so_until_it_changes(feed):
    with feed.brigade.database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    booked = feed.book()
    first = feed.get()
    etag = first.headers["ETag"]
    again = feed.get(**{"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    feed.brigade.clock.now += timedelta(days=1)
    assert feed.get(**{"If-None-Match": f'"other", W/{etag}'}).status_code == 304
    feed.do(approve_appointment, ApproveAppointment(booked.appointment_id), feed.brigade.roux)
    changed = feed.get(**{"If-None-Match": etag})
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)


def test_a_head_is_told_the_same_without_the_feed(feed):
    feed.book()
    whole, head = feed.get(), feed.get("HEAD")
    assert (head.status_code, head.data) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Content-Type", "Content-Length")} == {
        name: whole.headers[name] for name in ("ETag", "Content-Type", "Content-Length")
    }
    assert feed.get("POST").status_code == 405


def test_it_is_kept_by_who_asked_and_by_nobody_else(feed):
    answer = feed.get()
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


ENDS = {
    "paused": lambda feed: feed.do(change_calendar_export, ChangeCalendarExport(feed.id, paused=True)),
    "revoked": lambda feed: feed.do(revoke_calendar_export, RevokeCalendarExport(feed.id)),
    "terminal revoked": lambda feed: feed.do(revoke_terminal, RevokeTerminal(feed.terminal_id)),
    "terminal run out": lambda feed: write(feed, update(Terminal).values(expires_at=NOW)),
    "account closed": lambda feed: close(feed),
    "serves elsewhere": lambda feed: write(feed, update(Agent).where(Agent.id == feed.agent.id).values(unit_id=2)),
    "serves no more": lambda feed: write(
        feed, update(Agent).where(Agent.id == feed.agent.id).values(roles=["supervisor"])
    ),
}


def write(feed, statement):
    with feed.brigade.database.transaction() as session:
        session.execute(statement)


def close(feed):
    with feed.brigade.database.transaction() as session:
        close_agent(session, CloseAgent(feed.agent.login), feed.brigade.clock.now)


@pytest.mark.parametrize("how", ENDS)
def test_it_is_not_there_any_more(feed, how):
    feed.book()
    etag = feed.get().headers["ETag"]
    ENDS[how](feed)
    for answer in (feed.get(), feed.get(**{"If-None-Match": etag}), feed.get("HEAD")):
        assert (answer.status_code, answer.data) == (404, b"")


def test_a_paused_one_is_there_again_when_it_goes_on(feed):
    feed.do(change_calendar_export, ChangeCalendarExport(feed.id, paused=True))
    assert feed.get().status_code == 404
    feed.do(change_calendar_export, ChangeCalendarExport(feed.id, paused=False))
    assert feed.get().status_code == 200


def test_its_token_opens_nothing_else_and_is_in_no_log(feed, caplog):
    caplog.set_level(logging.DEBUG)
    assert feed.get().status_code == 200
    assert feed.http.get(f"/agenda/{'x' * 22}.ics").status_code == 404
    assert feed.http.get(f"/suivi/{feed.token}").status_code == 404
    assert "/agenda/<token>.ics" in caplog.text
    assert feed.token not in caplog.text
    assert feed.token.encode() not in feed.row.token_hash


def test_that_it_is_read_is_seen_to_within_five_minutes(feed):
    assert feed.row.succeeded_at is None
    feed.get()
    first = feed.brigade.clock.now
    feed.brigade.clock.now += timedelta(minutes=4)
    feed.get()
    assert feed.row.succeeded_at == first
    feed.brigade.clock.now += timedelta(minutes=2)
    feed.get()
    assert feed.row.succeeded_at == feed.brigade.clock.now


def count_of(feed):
    """The rows that count, and which transaction has written each."""
    with feed.brigade.database.transaction() as session:
        return session.execute(text("SELECT bucket, count, xmin::text FROM rate_limits ORDER BY bucket")).all()


def test_whoever_is_slowed_down_costs_no_look_at_the_appointments_and_no_write(feed, monkeypatch):
    monkeypatch.setattr("server.pages.agenda_feed.READS_OF_ONE", 1)
    monkeypatch.setattr("server.pages.agenda_feed.GUESSES_BY_ADDRESS", 1)
    paths = [f"/agenda/{feed.token}.ics", f"/agenda/{'x' * 22}.ics"]
    with statements(feed.brigade.database.engine) as allowed:
        assert [feed.http.get(path).status_code for path in paths] == [200, 404]
    assert any("appointment_agents" in one for one in allowed)
    assert [feed.http.get(path).status_code for path in paths] == [429, 429]
    before = count_of(feed)
    with statements(feed.brigade.database.engine) as refused:
        assert [feed.http.get(path).status_code for path in paths] == [429, 429]
    assert not any("appointment_agents" in one for one in refused)
    assert count_of(feed) == before


def test_whoever_guesses_is_slowed_down(feed, monkeypatch):
    monkeypatch.setattr("server.pages.agenda_feed.GUESSES_BY_ADDRESS", 2)
    guess = f"/agenda/{'x' * 22}.ics"
    assert [feed.http.get(guess).status_code for _ in range(3)] == [404, 404, 429]
    # Hosted calendars fetch everybody's from the same address.
    assert feed.get().status_code == 200


def test_a_feed_that_is_read_without_end_is_slowed_down_alone(feed, monkeypatch):
    monkeypatch.setattr("server.pages.agenda_feed.READS_OF_ONE", 2)
    assert [feed.get().status_code for _ in range(3)] == [200, 200, 429]
    assert feed.http.get(f"/agenda/{'x' * 22}.ics").status_code == 404
