"""An address that is entered anew: what an agenda was told is remembered, and what stood still goes on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.tables import CalendarExport
from server.jobs.agendas import look_at_agendas
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.readdress_export import ReaddressExport, readdress_export
from tests.integration.jobs import test_agenda_mails as mails
from tests.support.push_service import Say
from tests.support.radicale import PASSWORD
from tests.support.seed import actor_of

brigade = mails.brigade
mailbox = mails.mailbox


def opened(brigade, kept):
    """The address of an export, as a worker opens it."""
    return json.loads(brigade.context.sealer.open(kept.row.address_sealed, kept.id))


def enter(brigade, kept, host=None, **address):
    with brigade.database.transaction() as session:
        command = ReaddressExport(kept.id, address, host)
        readdress_export(session, command, actor_of(brigade.martin), brigade.now, brigade.context.sealer)
    kept.work()


@pytest.fixture
def lost(brigade, mailbox):
    """A mailbox that knows of two appointments, one of which goes after the key of its address was lost."""
    going, _ = brigade.book(0, brigade.martin), brigade.book(1, brigade.martin)
    mailbox.work()
    with brigade.database.transaction() as session:
        session.execute(update(CalendarExport).values(address_sealed=b"\x01of another key", run_at=brigade.now))
    look_at_agendas(timestamp=0)
    mailbox.work()
    assert mailbox.row.pause_cause == "unsealable"
    brigade.cancel(going)
    mailbox.work()
    return mailbox


# The host of what is entered is as somebody has typed it.
@pytest.mark.parametrize("host", ["gendarmerie.example", "Gendarmerie.Example"])
def test_a_mailbox_whose_key_was_lost_is_brought_into_line(brigade, lost, host):
    enter(brigade, lost, host, mail=mails.ADDRESS)
    lost.assert_in_line()
    # What stands is said again: nobody knows whether it is the same mailbox.
    assert lost.methods() == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    lost.work()
    assert len(lost.mails) == 4


def test_another_mailbox_elsewhere_is_told_what_stands_and_nothing_of_what_is_gone(brigade, lost, relay):
    before = len(relay.messages)
    enter(brigade, lost, "neuve.example", mail="martin@neuve.example")
    introduced, invited = relay.messages[before:]
    assert [mail["To"] for mail in (introduced, invited)] == ["martin@neuve.example"] * 2
    assert "method=REQUEST" in invited.as_string().replace('"', "")


@pytest.mark.parametrize("answer", [Say(401), Say(500)])
def test_the_same_password_again_lets_it_go_on(exporting, kept, agenda_door, answer):
    agenda_door.answer(answer)
    exporting.book(0, exporting.martin)
    kept.work()
    row = kept.row
    assert row.failure_code is not None
    enter(exporting, kept, password=PASSWORD)
    kept.assert_in_line()
    assert (kept.row.paused_at, kept.row.failure_code) == (None, None)
    # The address is as it was, so that a worker that has it in hand is not taken for one at another.
    assert kept.row.address_sealed == row.address_sealed


def test_the_same_password_again_ends_no_pause_of_a_person(exporting, kept):
    with exporting.database.transaction() as session:
        command = ChangeCalendarExport(kept.id, paused=True)
        change_calendar_export(session, command, actor_of(exporting.martin), exporting.now)
    exporting.book(0, exporting.martin)
    enter(exporting, kept, password=PASSWORD)
    exporting.context.now.now += timedelta(hours=1)
    look_at_agendas(timestamp=0)
    kept.work()
    assert (kept.row.pause_cause, kept.calendar.events()) == ("person", [])


@pytest.mark.parametrize(("whose", "follows"), [("martin", True), ("chief", False)])
def test_a_colleagues_password_follows_nobody_to_another_address(exporting, kept, whose, follows):
    url = opened(exporting, kept)["url"].rstrip("/") + "-autre/"
    with exporting.database.transaction() as session:
        actor = actor_of(getattr(exporting, whose))
        command = ReaddressExport(kept.id, {"url": url}, "localhost")
        readdress_export(session, command, actor, exporting.now, exporting.context.sealer)
    address = opened(exporting, kept)
    assert (address["url"], address["password"]) == (url, PASSWORD if follows else "")


def test_who_mends_a_colleagues_address_as_it_is_keeps_their_password(exporting, kept):
    with exporting.database.transaction() as session:
        command = ReaddressExport(kept.id, {"url": opened(exporting, kept)["url"]}, "localhost")
        readdress_export(session, command, actor_of(exporting.chief), exporting.now, exporting.context.sealer)
    assert opened(exporting, kept)["password"] == PASSWORD
