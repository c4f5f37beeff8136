"""Plannings asked by the real job from a real server over TLS, which answers as it is told."""

from __future__ import annotations

import dataclasses
import gzip
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.rules.plannings import Kind
from models.tables import Absence, DutyStatus
from server.calendar_settings import CalendarSettings
from server.jobs import wiring
from server.jobs.plannings import ADAPTERS, poll_planning, watch
from tests.support.plannings import absences_of, calendar, hour, source_of, with_keys
from tests.support.polled import DAILY, EVENTS, HURRIED, wait_at_most
from tests.support.polled import add as add
from tests.support.polled import context as context
from tests.support.polled import gendarme as gendarme
from tests.support.polled import site as site
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say
from tests.support.seed import NOW, SECRET_KEY

SECRETS = ("secret-de-l-adresse", "Un secret", "Ailleurs")


def test_a_calendar_is_fetched_and_stored_and_an_unchanged_one_costs_one_request(add, database, site, clock):
    source_id = add(user="bn", password="très secret")
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(3)), tuple(hour(30))}
    [request] = site.received
    assert request.headers["authorization"].startswith("Basic ")
    row = source_of(database, source_id)
    assert (row.etag, row.entries_read, row.failures_in_a_row) == ('"1"', 2, 0)
    assert timedelta(minutes=15) <= row.poll_at - NOW <= timedelta(minutes=16.5)
    clock.forward(minutes=15)
    site.answer(Say(304))
    poll_planning(str(source_id))
    assert len(site.received) == 2
    assert site.received[1].headers["if-none-match"] == '"1"'
    assert source_of(database, source_id).succeeded_at == clock.now
    assert source_of(database, source_id).changed_at == NOW


def test_a_refused_event_without_a_name_keeps_no_others_that_have_none(add, database, site):
    source_id = add()
    nameless = calendar(("", *hour(3)), ("a", *hour(30)))
    site.usual = Say(200, body=nameless)
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(3)), tuple(hour(30))}
    broken = b"BEGIN:VEVENT\r\nDTSTART:hier\r\nEND:VEVENT\r\nEND:VCALENDAR"
    site.usual = Say(200, body=calendar(("a", *hour(30))).replace(b"END:VCALENDAR", broken))
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(30))}


def test_the_window_rolls_although_nothing_changes(add, database, site, clock):
    body = calendar().replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:w\r\nDTSTART:20261130T080000Z\r\nDTEND:20261130T090000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT"
        b"\r\nEND:VCALENDAR",
    )
    site.usual = Say(200, {"ETag": '"1"'}, body)
    source_id = add()
    poll_planning(str(source_id))
    before = absences_of(database, source_id)
    clock.forward(days=7)
    poll_planning(str(source_id))
    assert "if-none-match" not in site.received[1].headers
    after = absences_of(database, source_id)
    # As many days have come into reach as have passed, and what is over is history.
    assert max(after)[0] - max(before)[0] == timedelta(days=7)
    assert before < after


HOSTILE = [
    (Say(301, {"Location": "https://169.254.169.254/latest"}), "redirected", 0),
    (Say(401), "sign_in_needed", 0),
    (Say(403), "forbidden", 0),
    (Say(404), "not_found", 0),
    (Say(500), "http_status", 0),
    (Say(200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1_000_000)), "encoded", 0),
    (Say(200, {"Content-Length": "1000000000"}), "too_big", 0),
    (Say(200, body=b"x" * 300_000), "too_big", 0),
    (Say(200, {"Content-Length": "1000", "Connection": "close"}, b"BEGIN:VCALENDAR"), "disconnected", 0),
    (HANG, "timeout", 0),
    (DRIP, "timeout", 0),
    (RUBBISH, "not_http", 0),
    (Say(200, body=b"<html>Connexion</html>"), "not_a_calendar", 1),
    (Say(200, body=b""), "not_a_calendar", 0),
    (Say(200, body=calendar(*EVENTS).removesuffix(b"END:VCALENDAR\r\n")), "truncated", None),
    (Say(200, body=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'), "not_a_calendar", 1),
    (Say(200, body=b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 2_000), "too_deep", None),
    (
        Say(200, body=calendar(extra=["BEGIN:VEVENT", "UID:x", "DTSTART:tomorrow", "END:VEVENT"])),
        "bad_time",
        None,
    ),
]


@pytest.mark.parametrize(("answer", "code", "line"), HOSTILE, ids=lambda one: one if isinstance(one, str) else None)
def test_whatever_a_site_answers_the_previous_state_stands(
    add, database, site, clock, caplog, monkeypatch, answer, code, line
):
    source_id = add()
    poll_planning(str(source_id))
    with database.transaction() as session:
        before = session.execute(select(Absence.id, text("absences.xmin::text")).order_by(Absence.id)).all()
    assert len(before) == 2
    clock.forward(days=1)
    if answer in (HANG, DRIP):
        wait_at_most(HURRIED, monkeypatch)
    # The client asks once more by itself when it is cut off.
    site.answer(answer, answer)
    poll_planning(str(source_id))
    with database.transaction() as session:
        assert session.execute(select(Absence.id, text("absences.xmin::text")).order_by(Absence.id)).all() == before
    row = source_of(database, source_id)
    assert (row.failure_code, row.failures_in_a_row, row.failed_at) == (code, 1, clock.now)
    if line is not None:
        assert row.failure_line == line
    assert (row.succeeded_at, row.etag) == (NOW, '"1"')
    assert not [one for one in SECRETS if one in caplog.text]
    site.release()


def test_a_site_that_is_not_there_and_one_that_comes_back(add, database, site, clock):
    source_id = add()
    site.answer(RESET, RESET)
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "disconnected"
    clock.forward(hours=1)
    poll_planning(str(source_id))
    assert (source_of(database, source_id).failure_code, len(absences_of(database, source_id))) == (None, 2)


def test_a_host_inside_that_no_operator_has_named(add, context, database, monkeypatch, site):
    settings = dataclasses.replace(context.settings, calendars=CalendarSettings((SECRET_KEY,)))
    monkeypatch.setattr(wiring, "_installed", [dataclasses.replace(context, settings=settings)])
    source_id = add()
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "address_not_public"
    assert site.connections == 0


def test_what_our_own_reader_stumbles_over_is_no_secret_in_the_log(add, database, caplog, monkeypatch):
    def stumble(ask):
        raise RuntimeError(f"Un secret: {ask.source.url}")

    monkeypatch.setattr("server.jobs.plannings.ADAPTERS", {Kind.ICAL: stumble})
    source_id = add()
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "unexpected"
    assert "RuntimeError" in caplog.text
    assert not [one for one in SECRETS if one in caplog.text]


def test_what_can_no_longer_be_opened_says_so(add, context, database, monkeypatch, site):
    source_id = add()
    lost = with_keys(context, b"a key that nobody has sealed with, 32+")
    monkeypatch.setattr(wiring, "_installed", [lost])
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "unsealable"
    assert site.received == []


def test_every_kind_of_source_has_its_adapter():
    assert ADAPTERS.keys() == set(Kind)


def test_a_table_is_asked_and_a_table_of_strangers_changes_nothing(add, database, site, clock, gendarme):
    site.usual = Say(200, {}, DAILY(position="Non employable").encode())
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv")
    poll_planning(str(source_id))
    assert len(absences_of(database, source_id)) == 1
    site.usual = Say(200, {}, DAILY(position="PAM").replace("123456", "999999").encode())
    clock.forward(minutes=15)
    poll_planning(str(source_id))
    row = source_of(database, source_id)
    assert (row.failure_code, row.failure_line) == ("unknown_agent", 2)
    assert len(absences_of(database, source_id)) == 1
    site.usual = Say(200, {}, DAILY(position="PAM").encode())
    clock.forward(minutes=15)
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == set()
    with database.transaction() as session:
        assert session.scalars(select(DutyStatus.status)).all() == ["first_to_go"]


def test_silence_is_told_by_the_minute(add, database, clock):
    source_id = add()
    clock.forward(days=1, minutes=1)
    watch(0)
    assert source_of(database, source_id).silent_since == NOW + timedelta(days=1)
