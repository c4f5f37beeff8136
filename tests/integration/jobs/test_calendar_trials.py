"""An address is tested: what it yields, or why it does not, through the interface and the worker's own job."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.tables import Agent
from server.jobs.calendar_trials import try_calendar
from server.services.purge_expired import PurgeExpired, purge_expired
from tests.support.calendar_trials import NAME
from tests.support.plannings import calendar
from tests.support.processes import free_port
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say
from tests.support.seed import NOW

DAY = timedelta(days=1)
CALENDAR = calendar(("a", NOW + DAY, NOW + DAY + timedelta(hours=1)), ("b", NOW + 2 * DAY, NOW + 3 * DAY))
TABLE = "NIGEND;Date;Position;Remarque\n123456;24/11/2026;PAM;x\n999;24/11/2026;PAM;y\n123456;25/11/2026;???;z\n"


def test_what_a_calendar_yields(trials):
    trials.site.usual = Say(
        200, body=CALENDAR.replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR")
    )
    tried = trials.tried(trials.brigade.martin)
    assert (tried["kind"], tried["state"], tried["code"]) == ("ical", "succeeded", None)
    assert tried["found"] == {
        "read": 3,
        "busy": 2,
        "refused_count": 1,
        "refused": [{"line": 18, "cause": "no_start"}],
        "first_at": (NOW + DAY).isoformat(),
        "last_at": (NOW + 3 * DAY).isoformat(),
    }


def test_an_empty_calendar_has_neither_first_nor_last(trials):
    trials.site.usual = Say(200, body=calendar())
    found = trials.tried(trials.brigade.martin)["found"]
    assert (found["read"], found["busy"], found["first_at"], found["last_at"]) == (0, 0, None, None)


def test_what_is_pencilled_in_counts_as_asked_for(trials):
    trials.site.usual = Say(200, body=CALENDAR.replace(b"UID:a", b"STATUS:TENTATIVE\r\nUID:a"))
    counted = [
        trials.tried(trials.brigade.martin, tentative_counts=counts)["found"]["busy"] for counts in (True, False)
    ]
    assert counted == [2, 1]


def test_what_a_table_yields(trials):
    with trials.database.transaction() as session:
        session.get_one(Agent, trials.brigade.martin.id).service_number = "123456"
    trials.site.usual = Say(200, body=TABLE.encode())
    tried = trials.tried(trials.brigade.roux, kind="positions_daily")
    assert (tried["state"], tried["code"]) == ("succeeded", None)
    assert tried["found"] == {
        "read": 3,
        "taken": 1,
        "refused_count": 2,
        "refused": [{"line": 3, "cause": "unknown_agent"}, {"line": 4, "cause": "unknown_position"}],
        "agents": 1,
        "unknown_agents": 1,
        "header": ["NIGEND", "Date", "Position", "Remarque"],
    }


def test_a_table_whose_last_day_is_past(trials):
    rows = f"NIGEND;Date;Position\n{trials.brigade.martin.login};23/11/2026;PAM\n"
    trials.site.usual = Say(200, body=rows.encode())
    tried = trials.tried(trials.brigade.roux, kind="positions_daily")
    assert (tried["state"], tried["code"]) == ("failed", "over")


def test_a_table_whose_columns_have_other_names(trials):
    trials.site.usual = Say(200, body=TABLE.replace("NIGEND", "Matricule").encode())
    with trials.database.transaction() as session:
        session.get_one(Agent, trials.brigade.martin.id).service_number = "123456"
    tried = trials.tried(trials.brigade.roux, kind="positions_forecast")
    assert (tried["code"], tried["found"]["line"]) == ("missing_column", 1)
    assert tried["found"]["header"] == ["Matricule", "Date", "Position", "Remarque"]
    again = trials.tried(trials.brigade.roux, kind="positions_forecast", columns={"agent": "Matricule"})
    assert again["state"] == "succeeded"


# What the site answers, and what comes of it: state, code, what is told beside it.
FAILURES = {
    "a wrong password": (Say(401), "sign_in_needed", {"status": 401}),
    "no right": (Say(403), "forbidden", {"status": 403}),
    "nothing there": (Say(404), "not_found", {"status": 404}),
    "a redirection": (Say(302, {"Location": "https://169.254.169.254/"}), "redirected", {"status": 302}),
    "a broken server": (Say(500), "http_status", {"status": 500}),
    "silence": (HANG, "timeout", {}),
    "no end": (DRIP, "timeout", {}),
    "hung up": (RESET, "disconnected", {}),
    "no HTTP": (RUBBISH, "not_http", {}),
    "a web page": (Say(200, body=b"<html>Connexion</html>"), "not_a_calendar", {"line": 1}),
    "half a calendar": (Say(200, body=CALENDAR[:-17]), "truncated", {}),
    "too big": (Say(200, {"Content-Length": "1000000000"}), "too_big", {}),
    "packed": (Say(200, {"Content-Encoding": "gzip"}), "encoded", {}),
    "nothing understood": (Say(200, body=CALENDAR.replace(b"DTSTART", b"DSTART")), "no_start", {"line": 4}),
}


@pytest.mark.parametrize("name", FAILURES)
def test_why_a_calendar_cannot_be_read(trials, monkeypatch, name):
    answer, code, told = FAILURES[name]
    monkeypatch.setattr("server.jobs.calendar_trials.LONGEST_S", 2.0)
    trials.site.usual = answer
    tried = trials.tried(trials.brigade.martin)
    assert (tried["state"], tried["code"], tried["found"]) == ("failed", code, told)


TABLE_FAILURES = {
    "a web page": (b"<html>Connexion</html>", "not_a_table", {"line": 1, "header": []}),
    "nothing": (b"", "empty", {"header": []}),
    "no such column": (b"a;b;c\n1;2;3\n", "missing_column", {"line": 1, "header": ["a", "b", "c"]}),
    "a table without names": (b"123456;24/11/2026;PAM\n", "missing_column", {"line": 1, "header": []}),
    "nothing understood": (
        b"NIGEND;Date;Position\n1;hier;PAM\n",
        "nothing_understood",
        {"line": 2, "header": ["NIGEND", "Date", "Position"]},
    ),
    "only strangers": (
        b"NIGEND;Date;Position\n1;24/11/2026;PAM\n",
        "unknown_agent",
        {"line": 2, "header": ["NIGEND", "Date", "Position"]},
    ),
}


@pytest.mark.parametrize("name", TABLE_FAILURES)
def test_why_a_table_cannot_be_read(trials, name):
    octets, code, told = TABLE_FAILURES[name]
    trials.site.usual = Say(200, body=octets)
    tried = trials.tried(trials.brigade.roux, kind="positions_daily")
    assert (tried["state"], tried["code"], tried["found"]) == ("failed", code, told)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://agenda.test/a.ics", "not_https"),
        ("https://u:p@agenda.test/a.ics", "user_info"),
        ("https://127.0.0.1/a.ics", "malformed"),
        ("https://other.test/a.ics", "address_not_public"),
        ("https://nowhere.test/a.ics", "unknown_host"),
    ],
)
@pytest.mark.parametrize("kind", ["ical", "caldav", "positions_daily", "caldav_export"])
def test_addresses_where_nothing_is_asked(trials, url, code, kind):
    trials.nowhere.add("nowhere.test")
    assert trials.tried(trials.brigade.roux, kind=kind, url=url)["code"] == code
    assert trials.site.connections == 0


@pytest.mark.parametrize("kind", ["ical", "caldav", "positions_daily", "caldav_export"])
def test_a_host_where_nobody_listens(trials, kind):
    port = free_port()
    trials.name_hosts((NAME, port))
    tried = trials.tried(trials.brigade.roux, kind=kind, url=f"https://{NAME}:{port}/a/")
    assert tried["code"] == "connection_refused"


@pytest.mark.parametrize("kind", ["ical", "caldav", "positions_daily", "caldav_export"])
def test_a_certificate_of_another_name(trials, kind):
    trials.name_hosts(("other.test", trials.site.port))
    tried = trials.tried(trials.brigade.roux, kind=kind, url=f"https://other.test:{trials.site.port}/a/")
    assert tried["code"] == "certificate"
    assert trials.site.received == []


def test_the_address_goes_with_the_answer(trials):
    asked = trials.ask(trials.brigade.martin).json
    assert b"secret" not in trials.row(asked["id"]).address_sealed
    for answer in (Say(200, body=CALENDAR), Say(500)):
        trials.site.usual = answer
        tried = trials.tried(trials.brigade.martin)
        assert trials.row(tried["id"]).address_sealed is None
        assert "secret" not in str(tried)


def test_a_test_is_made_once(trials):
    trials.site.usual = Say(200, body=CALENDAR)
    tried = trials.tried(trials.brigade.martin)
    trials.site.usual = Say(500)
    try_calendar(tried["id"])
    assert trials.get(trials.brigade.martin, tried["id"]).json == tried
    assert len(trials.site.received) == 1


def test_a_test_that_nobody_waits_for_sends_no_password(trials):
    asked = trials.ask(trials.brigade.martin, password="secret").json
    trials.brigade.clock.now = NOW + timedelta(minutes=11)
    try_calendar(asked["id"])
    assert trials.get(trials.brigade.martin, asked["id"]).json["code"] == "unexpected"
    assert trials.site.received == []


@pytest.mark.parametrize("kind", ["caldav", "positions_daily", "caldav_export"])
def test_a_server_that_never_comes_to_an_end(trials, monkeypatch, kind):
    """Whatever is asked, all of it together takes no longer than one test may; see the calendars above for theirs."""
    monkeypatch.setattr("server.jobs.calendar_trials.LONGEST_S", 2.0)
    trials.site.usual = DRIP
    tried = trials.tried(trials.brigade.roux, kind=kind)
    assert (tried["state"], tried["code"]) == ("failed", "timeout")


def test_nobody_has_two_open_tests(trials):
    """The older one ends at once, its address with it, and no worker asks there any more."""
    martin, roux = trials.brigade.martin, trials.brigade.roux
    trials.site.usual = Say(200, body=CALENDAR)
    anothers = trials.ask(roux).json
    older = trials.ask(martin, password="secret").json
    newer = trials.tried(martin)
    assert trials.row(older["id"]).address_sealed is None
    try_calendar(older["id"])
    told = trials.get(martin, older["id"]).json
    assert (told["state"], told["code"], told["found"]) == ("failed", "overtaken", {})
    assert newer["state"] == "succeeded"
    assert len(trials.site.received) == 1
    assert trials.get(roux, anothers["id"]).json["state"] == "queued"


def test_what_a_worker_finds_after_its_asker_has_asked_anew_is_dropped(trials, monkeypatch):
    martin, asked = trials.brigade.martin, []
    trials.site.usual = Say(200, body=CALENDAR)

    def look_up(host, port, **options):
        if not asked:
            asked.append(trials.ask(martin).json["id"])
        return trials.look_up(host, port, **options)

    monkeypatch.setattr("server.jobs.calendar_trials.look_up", look_up)
    assert trials.tried(martin)["code"] == "overtaken"
    assert trials.get(martin, asked[0]).json["state"] == "queued"


def test_only_who_asked_may_read_it(trials):
    brigade = trials.brigade
    asked = trials.ask(brigade.martin).json
    for other in (brigade.petit, brigade.roux, brigade.noir):
        assert trials.get(other, asked["id"]).status_code == 404
    assert trials.get(brigade.martin, asked["id"]).headers["Cache-Control"] == "no-store"


def test_tables_are_the_chief_s(trials):
    answer = trials.ask(trials.brigade.martin, kind="positions_daily")
    assert (answer.status_code, answer.json["code"]) == (403, "chief_only")


def test_an_address_must_be_given(trials):
    answer = trials.ask(trials.brigade.martin, url="")
    assert (answer.status_code, answer.json["fields"]) == (422, {"url": "missing"})


def test_how_often_somebody_may_test(trials):
    answers = [trials.ask(trials.brigade.martin).status_code for _ in range(31)]
    assert (answers[:30], answers[30]) == ([202] * 30, 429)


def test_tests_are_forgotten_after_an_hour(trials):
    trials.ask(trials.brigade.martin)
    with trials.database.transaction() as session:
        assert purge_expired(session, PurgeExpired(), NOW + timedelta(minutes=59))["calendar_trials"] == 0
        assert purge_expired(session, PurgeExpired(), NOW + timedelta(minutes=61))["calendar_trials"] == 1
