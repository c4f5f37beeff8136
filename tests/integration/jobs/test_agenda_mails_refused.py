"""What a relay will not take for a gendarme's mailbox: one mail, the mailbox, or nothing at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.rules.refused_mails import count_refused
from models.tables import CalendarExport
from server.jobs import agenda_mails
from server.jobs.agendas import look_at_agendas
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.run_calendar_export import RunCalendarExport, run_calendar_export
from tests.integration.jobs.test_agenda_mails import brigade as brigade
from tests.integration.jobs.test_agenda_mails import mailbox as mailbox
from tests.support.seed import actor_of

NOT_WANTED = "554 5.7.1 not wanted"


def run(brigade, mailbox):
    """Martin lets it be sent now."""
    with brigade.database.transaction() as session:
        run_calendar_export(session, RunCalendarExport(mailbox.id), actor_of(brigade.martin), brigade.now)


def look_again(mailbox, clock):
    """Half an hour goes by, or whatever it waits for."""
    clock.now = mailbox.row.run_at
    look_at_agendas(timestamp=0)
    mailbox.work()


@pytest.mark.parametrize(
    ("command", "answer", "code", "paused"),
    [
        ("RCPT", "550 5.1.1 no such user", "gone", True),
        ("RCPT", "550 no such user", "gone", True),
        ("DATA", "550 5.7.1 we take this for spam", None, False),
        ("DATA", NOT_WANTED, None, False),
        ("RCPT", "451 4.7.1 later", "retry", False),
    ],
)
def test_what_the_relay_refuses_is_told_and_sent_when_it_is_mended(
    brigade, mailbox, relay, clock, command, answer, code, paused
):
    mailbox.work()
    relay.answer(command, answer)
    brigade.book(0, brigade.martin)
    mailbox.work()
    assert mailbox.mails == []
    row = mailbox.row
    assert (row.failure_code, row.paused_at is not None) == (code, paused)
    assert count_refused(row.known) == (1 if code is None else 0)
    with brigade.database.transaction() as session:
        session.execute(update(CalendarExport).values(paused_at=None, pause_cause=None))
    clock.now += timedelta(hours=1)
    run(brigade, mailbox)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"]
    assert mailbox.row.failure_code is None
    assert count_refused(mailbox.row.known) == 0


def test_one_mail_that_is_refused_neither_blocks_the_others_nor_delays_what_comes_after(brigade, mailbox, relay, clock):
    mailbox.work()
    relay.answer("DATA", NOT_WANTED)
    booked = [brigade.book(hours, brigade.martin) for hours in (0, 1, 2)]
    mailbox.work()
    assert mailbox.methods() == ["REQUEST", "REQUEST"]
    row = mailbox.row
    assert (row.failure_code, row.succeeded_at, row.done) == (None, clock.now, row.wanted)
    # At the same instant, by the change itself.
    brigade.cancel(booked[1])
    mailbox.work()
    assert mailbox.methods() == ["REQUEST", "REQUEST", "CANCEL"]
    handed_over = relay.attempts
    look_again(mailbox, clock)
    assert relay.attempts == handed_over, "what was refused is not tried again by itself"
    assert count_refused(mailbox.row.known) == 1


def test_what_was_refused_is_sent_once_it_says_something_else(brigade, mailbox, relay):
    mailbox.work()
    relay.answer("DATA", NOT_WANTED)
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    brigade.assign(brigade.move(booked, 3), brigade.martin)
    mailbox.work()
    mailbox.assert_in_line()
    assert count_refused(mailbox.row.known) == 0


def test_a_change_that_is_refused_is_remembered_as_well(brigade, mailbox, relay, clock):
    booked = brigade.book(0, brigade.martin)
    mailbox.work()
    relay.answer("DATA", NOT_WANTED)
    brigade.cancel(booked)
    mailbox.work()
    look_again(mailbox, clock)
    assert (mailbox.methods(), count_refused(mailbox.row.known)) == (["REQUEST"], 1)
    run(brigade, mailbox)
    mailbox.work()
    assert (mailbox.calendar_now(), count_refused(mailbox.row.known)) == ({}, 0)


def test_whoever_lets_it_be_sent_again_during_a_visit_is_not_forgotten(brigade, mailbox, relay):
    mailbox.work()
    relay.answer("DATA", NOT_WANTED)
    brigade.book(0, brigade.martin)
    mailbox.work()
    brigade.book(1, brigade.martin)
    asked = iter([True])
    relay.when_data_arrives(lambda: run(brigade, mailbox) if next(asked, False) else None)
    mailbox.work()
    assert next(asked, None) is None
    mailbox.assert_in_line()
    assert count_refused(mailbox.row.known) == 0


def test_a_first_mail_that_is_refused_blocks_none_that_follow(brigade, mailbox, relay, clock):
    relay.answer("DATA", NOT_WANTED)
    brigade.book(0, brigade.martin)
    mailbox.work()
    assert mailbox.methods() == ["REQUEST"]
    # It is no invitation, and is not sent again by itself either.
    assert (mailbox.row.failure_code, count_refused(mailbox.row.known)) == (None, 0)
    look_again(mailbox, clock)
    assert len(relay.messages) == 1
    run(brigade, mailbox)
    mailbox.work()
    assert len(relay.messages) == 2


def test_a_mailbox_that_has_taken_nothing_yet_is_asked_a_few_times_and_loses_nothing(brigade, mailbox, relay, clock):
    relay.answer("DATA", *[NOT_WANTED] * agenda_mails.ENOUGH)
    for hours in range(agenda_mails.ENOUGH + 1):
        brigade.book(hours, brigade.martin)
    mailbox.work()
    assert relay.attempts == agenda_mails.ENOUGH
    assert (mailbox.row.failure_code, mailbox.row.known) == ("refused", [])
    look_again(mailbox, clock)
    mailbox.assert_in_line()
    assert len(relay.messages) == agenda_mails.ENOUGH + 2
    assert mailbox.row.failure_code is None


def test_a_mailbox_that_is_none_is_asked_once_only(brigade, mailbox, relay):
    mailbox.work()
    relay.answer("RCPT", "550 5.1.1 no such user")
    for hours in (0, 1):
        brigade.book(hours, brigade.martin)
    handed_over = relay.attempts
    mailbox.work()
    assert (mailbox.mails, mailbox.row.pause_cause) == ([], "gone")
    assert relay.attempts == handed_over + 1


def test_what_is_taken_out_at_the_end_is_tried_until_it_is_taken(brigade, mailbox, relay, clock):
    brigade.book(0, brigade.martin)
    mailbox.work()
    with brigade.database.transaction() as session:
        revoke_calendar_export(session, RevokeCalendarExport(mailbox.id), actor_of(brigade.martin), brigade.now)
    relay.answer("DATA", *[NOT_WANTED] * 2)
    mailbox.work()
    look_again(mailbox, clock)
    assert mailbox.methods() == ["REQUEST"]
    assert mailbox.row.address_sealed is not None
    look_again(mailbox, clock)
    assert mailbox.methods() == ["REQUEST", "CANCEL"]
    assert mailbox.row.address_sealed is None
