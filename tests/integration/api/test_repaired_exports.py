"""An export whose password, address or mailbox is entered anew stays the same export."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import update

from models.tables import CalendarExport
from tests.integration.api.test_calendar_exports import AGENDA, FEED, Caller, brigade, fields, rows  # noqa: F401

MAILBOX = {"kind": "mail", "name": "Boîte", "mail": "martin@boite.example.fr"}


@pytest.fixture
def stopped(brigade):  # noqa: F811
    """Martin and an agenda of his that stands still because his password was not accepted."""
    martin = Caller(brigade, brigade.martin)
    export_id = martin("POST", **AGENDA).json["id"]
    stop(brigade, export_id, "sign_in")
    return martin, f"/{export_id}"


def stop(brigade, export_id, cause):  # noqa: F811
    now = brigade.clock.now
    failure = {"failed_at": now, "failure_code": cause, "failures_in_a_row": 3}
    with brigade.database.transaction() as session:
        session.execute(
            update(CalendarExport)
            .where(CalendarExport.id == UUID(export_id))
            .values(paused_at=now, pause_cause=cause, run_at=None, known=["a@b"], **failure)
        )


def address_of(brigade):  # noqa: F811
    [row] = rows(brigade)
    return json.loads(brigade.app.extensions["brigade"].sealer.open(row.address_sealed, row.id))


def test_a_new_password_ends_the_pause_and_the_agenda_is_the_same(brigade, stopped):  # noqa: F811
    martin, path = stopped
    [before] = rows(brigade)
    answer = martin("PATCH", path, password="un autre")
    assert (answer.status_code, answer.json["state"], answer.json["failure"]) == (200, "waiting", None)
    [row] = rows(brigade)
    assert (row.id, row.known, row.run_at) == (before.id, ["a@b"], brigade.clock.now)
    assert row.wanted > before.wanted
    assert address_of(brigade) == {"url": AGENDA["url"], "user": "martin", "password": "un autre"}
    assert "un autre" not in answer.get_data(as_text=True)


def test_another_calendar_of_the_same_server_keeps_the_password_and_holds_nothing_yet(brigade, stopped):  # noqa: F811
    martin, path = stopped
    url = "https://agenda.example.fr/martin/autre/"
    assert martin("PATCH", path, url=url).json["holds"] == 0
    assert address_of(brigade) == {"url": url, "user": "martin", "password": AGENDA["password"]}


def test_the_same_address_written_otherwise_is_no_other(brigade, stopped):  # noqa: F811
    martin, path = stopped
    assert martin("PATCH", path, url="https://AGENDA.example.fr:443/martin/secret").json["holds"] == 1


@pytest.mark.parametrize("url", ["https://autre.example.fr/a/", "https://agenda.example.fr:8443/a/"])
def test_nobodys_password_follows_to_another_server(brigade, stopped, url):  # noqa: F811
    martin, path = stopped
    assert martin("PATCH", path, url=url).json["host"] == url.split("/")[2].partition(":")[0]
    assert address_of(brigade) == {"url": url, "user": "", "password": ""}


def test_what_a_person_has_paused_stays_paused(brigade, stopped):  # noqa: F811
    martin, path = stopped
    stop(brigade, path[1:], "person")
    answer = martin("PATCH", path, password="un autre")
    assert (answer.json["state"], answer.json["pause_cause"]) == ("paused", "person")
    assert rows(brigade)[0].run_at is None
    assert martin("PATCH", path, user="autre", paused=False).json["state"] == "waiting"


def test_an_address_that_nobody_can_open_any_more_is_entered_whole(brigade, stopped):  # noqa: F811
    martin, path = stopped
    with brigade.database.transaction() as session:
        session.execute(update(CalendarExport).values(address_sealed=b"\x01of another key", pause_cause="unsealable"))
    assert fields(martin("PATCH", path, password="un autre")) == {"url": "missing"}
    new = {one: AGENDA[one] for one in ("url", "user", "password")}
    assert martin("PATCH", path, **new).json["state"] == "waiting"
    assert address_of(brigade) == new


def test_a_mailbox_is_replaced(brigade):  # noqa: F811
    martin = Caller(brigade, brigade.martin)
    export_id = martin("POST", **MAILBOX).json["id"]
    stop(brigade, export_id, "gone")
    answer = martin("PATCH", f"/{export_id}", mail="martin@Neuve.example.fr")
    assert (answer.json["state"], answer.json["host"]) == ("waiting", "neuve.example.fr")
    assert (address_of(brigade), rows(brigade)[0].known) == ({"mail": "martin@Neuve.example.fr"}, [])
    assert fields(martin("PATCH", f"/{export_id}", mail="martin")) == {"mail": "unreadable"}


def test_what_the_kind_has_not_is_refused(brigade, stopped):  # noqa: F811
    martin, path = stopped
    assert fields(martin("PATCH", path, mail="a@example.fr")) == {"mail": "unknown"}
    mailbox = martin("POST", **MAILBOX).json["id"]
    assert fields(martin("PATCH", f"/{mailbox}", url=AGENDA["url"], user="a")) == {"url": "unknown", "user": "unknown"}
    terminal = Caller(brigade, brigade.petit, on_terminal=True)
    feed = terminal("POST", **FEED).json["id"]
    assert fields(terminal("PATCH", f"/{feed}", password="a")) == {"password": "unknown"}
    assert fields(martin("PATCH", path, url="http://agenda.example.fr/")) == {"url": "not_https"}
    assert fields(martin("PATCH", path, url="")) == {"url": "missing"}


def test_only_whose_it_is_and_the_chief_enter_it_anew(brigade, stopped):  # noqa: F811
    _, path = stopped
    for stranger in (brigade.petit, brigade.noir):
        answer = Caller(brigade, stranger)("PATCH", path, password="volé")
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_export")
    assert Caller(brigade, brigade.roux)("PATCH", path, password="juste").status_code == 200
    assert address_of(brigade)["password"] == "juste"
