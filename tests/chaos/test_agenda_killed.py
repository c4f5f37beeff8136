"""An agenda that is brought into line again and again while everything about it breaks: exactly the confirmed stay."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import threading
from datetime import timedelta
from uuid import UUID

import pytest

from server.calendars.caldav.answers import Outcome
from server.calendars.caldav.errands import Limits
from server.calendars.caldav.plan import Deed
from server.calendars.entries import CalendarEntry
from server.event_loops import run_to_its_end
from tests.support.agendas import Gendarme, appointment, name_of
from tests.support.push_service import HANG, RESET, Say
from tests.support.radicale import CUT, LOST

PASSES = 50
# A hang costs no more than this; whatever else is given up too soon for it is one more thing that breaks.
HASTY = Limits(connect_s=5, read_s=1, total_s=5)
FOREIGN = [appointment(number, UUID(int=0xF)) for number in range(3)]


class Unit:
    """The appointments of a gendarme, which change all the time, and what breaks meanwhile."""

    def __init__(self, gendarme: Gendarme, radicale, seed: int) -> None:
        self.gendarme, self.radicale = gendarme, radicale
        self.chance = random.Random(seed)
        self.confirmed: dict[str, CalendarEntry] = {}
        self.known: frozenset[str] = frozenset()
        self.outcomes: set[str] = set()
        self.found: set[Deed] = set()
        self.killer: threading.Thread | None = None
        self._numbers = iter(range(10, 10_000))

    def live(self) -> None:
        """Somebody books; others move and cancel."""
        for _ in range(self.chance.randint(1, 3)):
            entry = appointment(next(self._numbers))
            self.confirmed[entry.uid] = entry
        for uid in self.chance.choices(sorted(self.confirmed), k=self.chance.randint(0, 2)):
            entry, later = self.confirmed[uid], timedelta(hours=self.chance.randint(1, 9))
            self.confirmed[uid] = dataclasses.replace(
                entry, starts_at=entry.starts_at + later, ends_at=entry.ends_at + later, sequence=entry.sequence + 1
            )
        if len(self.confirmed) > 8:
            for uid in self.chance.sample(sorted(self.confirmed), 2):
                del self.confirmed[uid]

    def meddle(self) -> None:
        """The gendarme deletes one event and renames another."""
        there = [one for one in self.gendarme.calendar.uids if one in self.confirmed]
        if len(there) > 1:
            deleted, renamed = (name_of(self.confirmed[uid]) for uid in self.chance.sample(there, 2))
            self.gendarme.calendar.delete(deleted)
            self.gendarme.calendar.change(renamed, ("SUMMARY:", "SUMMARY:Pêche "))

    def break_something(self, visit: asyncio.Task, loop: asyncio.AbstractEventLoop) -> str:
        """Choose what breaks, and at which of the next requests."""
        door, left = self.gendarme.door, self.chance.randint(1, 4)
        what = self.chance.choice(["500", "503", "hang", "reset", "lost", "cut", "server", "worker"])

        def when_asked() -> None:
            nonlocal left
            left -= 1
            if left:
                return
            if what == "server":
                # Beside the request, so that it hits the server before, while or after it writes.
                self.killer = threading.Thread(target=self.radicale.kill)
                self.killer.start()
            elif what == "worker":
                loop.call_soon_threadsafe(visit.cancel)
            else:
                answers = {"500": Say(500), "503": Say(503), "hang": HANG, "reset": RESET, "lost": LOST, "cut": CUT}
                # The HTTP library asks twice.
                door.answer(*[answers[what]] * 2)

        door.before_each = when_asked
        return what

    def mend(self) -> None:
        """Start the server again if it was killed."""
        if self.killer is not None:
            self.killer.join()
            self.killer = None
            self.radicale.start()

    async def visit(self) -> None:
        """Bring the agenda into line; what a killed worker had learned is lost."""
        async with self.gendarme.agenda(limits=HASTY) as agenda:
            task = asyncio.ensure_future(agenda.reconcile(self.confirmed.values(), self.known))
            what = self.break_something(task, asyncio.get_running_loop())
            try:
                reconciled = await task
            except asyncio.CancelledError:
                self.outcomes.add(what)
                return
            finally:
                self.gendarme.door.mend()
        self.known = reconciled.known
        self.found |= {finding.deed for finding in reconciled.findings}
        if reconciled.verdict.outcome is not Outcome.DONE:
            assert reconciled.verdict.outcome is Outcome.RETRY, reconciled.verdict
            self.outcomes.add(what)


@pytest.mark.parametrize("seed", [1, 2])
def test_in_the_end_the_agenda_holds_exactly_the_confirmed(authority, open_door, own_radicale, seed):
    gendarme = Gendarme(authority, open_door(own_radicale), own_radicale.new_calendar())
    assert gendarme.reconcile(FOREIGN, export_id=UUID(int=0xF)).verdict.outcome is Outcome.DONE
    foreign = {entry.uid: gendarme.calendar.read(name_of(entry)) for entry in FOREIGN}
    unit = Unit(gendarme, own_radicale, seed)
    for number in range(PASSES):
        unit.live()
        if number % 5 == 4:
            unit.meddle()
        run_to_its_end(unit.visit())
        unit.mend()
    # Each kind of fault has hit at least once, or nothing was shown.
    assert unit.outcomes >= {"500", "503", "hang", "server", "worker"}
    # What broke is never taken for something that the gendarme has done.
    assert unit.found == {Deed.DELETED, Deed.CHANGED}
    assert gendarme.reconcile(unit.confirmed.values(), unit.known).verdict.outcome is Outcome.DONE
    there = {str(event["UID"]): event for event in gendarme.calendar.events()}
    assert there.keys() == unit.confirmed.keys() | foreign.keys()
    for uid, entry in unit.confirmed.items():
        assert (there[uid].start, there[uid].end) == (entry.starts_at, entry.ends_at)
    assert {entry.uid: gendarme.calendar.read(name_of(entry)) for entry in FOREIGN} == foreign
    again = gendarme.reconcile(unit.confirmed.values(), unit.confirmed.keys())
    assert (again.changed, again.findings) == (0, ())
