"""Whatever people do to an export while a worker is at its agenda, nobody else goes there until that has ended."""

from __future__ import annotations

import pytest

from models.rules.exports import LEASE
from server.jobs.agendas import look_at_agendas
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.claim_export import ClaimExport, claim_export
from server.services.readdress_export import ReaddressExport, readdress_export
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.run_calendar_export import RunCalendarExport, run_calendar_export
from tests.support.push_service import Say
from tests.support.seed import actor_of


class Owner:
    """Martin, who does things to their export."""

    def __init__(self, exporting, kept):
        self.exporting, self.kept = exporting, kept

    def _do(self, service, command, *more):
        with self.exporting.database.transaction() as session:
            service(session, command, actor_of(self.exporting.martin), self.exporting.now, *more)

    def pause(self):
        self._do(change_calendar_export, ChangeCalendarExport(self.kept.id, paused=True))

    def resume(self):
        self._do(change_calendar_export, ChangeCalendarExport(self.kept.id, paused=False))

    def run(self):
        self._do(run_calendar_export, RunCalendarExport(self.kept.id))

    def revoke(self):
        self._do(revoke_calendar_export, RevokeCalendarExport(self.kept.id))

    def readdress(self, **address):
        self._do(readdress_export, ReaddressExport(self.kept.id, address), self.exporting.context.sealer)

    def claim(self):
        """What another worker would take in hand now."""
        with self.exporting.database.transaction() as session:
            return claim_export(session, ClaimExport(self.kept.id), self.exporting.now)


@pytest.fixture
def owner(exporting, kept):
    return Owner(exporting, kept)


@pytest.fixture
def meanwhile(exporting, kept, agenda_door, owner):
    """Do something during the first request of a visit, and see what another worker would get then."""
    claims = []

    def during(*deeds):
        def once():
            if not claims:
                claims.append("asked")
                for deed in deeds:
                    deed()
                claims[:] = [owner.claim()]

        agenda_door.before_each = once
        exporting.book(0, exporting.martin)
        kept.work()
        return claims

    return during


def test_whoever_pauses_and_goes_on_sends_no_second_worker(kept, owner, meanwhile):
    assert meanwhile(owner.pause, owner.resume) == [None]
    kept.assert_in_line()
    row = kept.row
    assert (row.wanted, row.paused_at) == (row.done, None)


def test_whoever_pauses_and_revokes_sends_no_second_worker(kept, owner, meanwhile):
    assert meanwhile(owner.pause, owner.revoke) == [None]
    assert kept.calendar.events() == []
    assert kept.row.address_sealed is None


@pytest.mark.parametrize("deed", ["run", "revoke"])
def test_what_is_wanted_while_a_worker_is_there_waits_for_its_end(kept, owner, meanwhile, deed):
    assert meanwhile(getattr(owner, deed)) == [None]
    assert len(kept.calendar.events()) == (1 if deed == "run" else 0)


def test_one_that_is_paused_during_a_visit_stays_paused_after_it(exporting, kept, owner, meanwhile):
    assert meanwhile(owner.pause) == [None]
    assert (kept.row.pause_cause, kept.row.run_at) == ("person", None)
    exporting.book(1, exporting.martin)
    kept.work()
    assert len(kept.calendar.events()) == 1
    owner.resume()
    kept.work()
    kept.assert_in_line()


def test_one_that_is_paused_before_its_worker_dies_stays_as_it_is(exporting, kept, owner):
    exporting.book(0, exporting.martin)
    assert owner.claim() is not None
    owner.pause()
    exporting.context.now.now += LEASE
    look_at_agendas(0)
    kept.work()
    assert kept.calendar.events() == []
    owner.resume()
    look_at_agendas(0)
    kept.work()
    kept.assert_in_line()


def test_a_password_that_is_entered_anew_during_a_visit_is_tried_after_it(kept, owner, meanwhile, agenda_door):
    agenda_door.answer(Say(401))
    assert meanwhile(lambda: owner.readdress(user="gendarme", password="essai-de-l’agenda ")) == [None]
    row = kept.row
    # The first answer was about the old one and stops nothing; the new one is tried, and is wrong as well.
    assert (row.pause_cause, [one.path.partition(" ")[0] for one in agenda_door.received]) == (
        "sign_in",
        ["REPORT", "REPORT"],
    )


def test_a_repaired_agenda_holds_each_appointment_once(exporting, kept, owner, agenda_door):
    exporting.book(0, exporting.martin)
    kept.work()
    agenda_door.answer(Say(401))
    owner.run()
    kept.work()
    assert kept.row.pause_cause == "sign_in"
    owner.readdress(password="falsch")
    kept.work()
    assert kept.row.pause_cause == "sign_in"
    exporting.book(1, exporting.martin)
    owner.readdress(password="essai-de-l’agenda")
    kept.work()
    kept.assert_in_line()
    assert (kept.row.paused_at, kept.findings) == (None, [])


@pytest.mark.parametrize("deed", ["readdress", "revoke"])
def test_what_is_found_where_nobody_is_to_look_any_more_is_not_asked_about(
    exporting, kept, owner, agenda_door, radicale, deed
):
    booked = exporting.book(0, exporting.martin)
    kept.work()
    kept.calendar.delete(kept.event_of(booked.booking_id))
    other = radicale.new_calendar()
    deeds = [lambda: owner.readdress(url=agenda_door.origin + other.path) if deed == "readdress" else owner.revoke()]
    agenda_door.before_each = lambda: deeds and deeds.pop()()
    owner.run()
    kept.work()
    assert (deeds, kept.findings) == ([], [])
