"""Workers that are killed fifty times while they export, with everything else that breaks: nothing is lost or twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models.record import defer
from models.rules.errors import Conflict
from models.tables import CalendarExport
from server.context import utc_now
from server.services._exports import in_hand
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.retry_stalled_jobs import RetryStalledJobs, retry_stalled_jobs
from tests.support.bookings import change_reason
from tests.support.exports import ExportingBrigade, KeptAgenda, context_of, environment_of
from tests.support.nursery import Nursery
from tests.support.processes import free_port, wait_until
from tests.support.push_service import HANG, RESET, Answer, Say
from tests.support.radicale import CUT, LOST, FrontDoor
from tests.support.seed import SECRET_KEY, actor_of

KILLS = 50
FOREIGN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//FR\r\nBEGIN:VEVENT\r\nUID:dentiste\r\n"
    "DTSTAMP:20261101T080000Z\r\nDTSTART:20261201T080000Z\r\nDTEND:20261201T083000Z\r\nSUMMARY:Dentiste\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


class WatchedDoor(FrontDoor):
    """A door that says when something has been carried out behind it, before anybody hears of it."""

    after_each: Callable[[str], None] | None = None

    async def _hand_on(self, request: bytes) -> Answer | bytes:
        reply = await super()._hand_on(request)
        if self.after_each is not None:
            self.after_each(request.partition(b" ")[0].decode())
        return reply


class Life:
    """What citizens and colleagues do all the time, through the services; both gendarmes have an agenda."""

    def __init__(self, brigade: ExportingBrigade, seed: int) -> None:
        self.brigade, self.chance = brigade, random.Random(seed)
        self.people = [brigade.martin, brigade.petit]
        # The appointment that each booking has now, and who receives.
        self.booked: dict[UUID, tuple[Any, UUID]] = {}
        self.done: Counter[str] = Counter()

    def go_on(self) -> None:
        for _ in range(self.chance.randint(1, 2)):
            deed = self.chance.choice(["book", "book", "move", "assign", "cancel", "approve"])
            if deed != "book" and not self.booked:
                deed = "book"
            try:
                getattr(self, f"_{deed}")()
            except Conflict:
                # Somebody receives already, or the time is taken.
                continue
            self.done[deed] += 1

    def _hours(self) -> float:
        return self.chance.randint(0, 30) / 2

    def _one(self) -> tuple[Any, UUID]:
        return self.booked[self.chance.choice(sorted(self.booked))]

    def _book(self) -> None:
        reason = self.chance.choice(["neighbours", "other"])
        booked = self.brigade.book(self._hours(), reason=reason)
        self.booked[booked.booking_id] = (booked, booked.appointment_id)
        self.brigade.assign(booked.appointment_id, self.chance.choice(self.people))

    def _move(self) -> None:
        booked, _ = self._one()
        appointment_id = self.brigade.move(booked, self._hours())
        self.booked[booked.booking_id] = (booked, appointment_id)
        self.brigade.assign(appointment_id, self.chance.choice(self.people))

    def _assign(self) -> None:
        self.brigade.assign(self._one()[1], self.chance.choice(self.people))

    def _cancel(self) -> None:
        if len(self.booked) > 5:
            booked, _ = self._one()
            self.brigade.cancel(booked)
            del self.booked[booked.booking_id]

    def _approve(self) -> None:
        with self.brigade.database.transaction() as session:
            command = ApproveAppointment(self._one()[1])
            approve_appointment(session, command, actor_of(self.brigade.chief), self.brigade.now)


class Chaos:
    """Kills the worker at a point that chance has chosen, and breaks something else in every second life."""

    def __init__(self, door: WatchedDoor, radicale: Any, nursery: Nursery, seed: int) -> None:
        self.door, self.radicale, self.nursery = door, radicale, nursery
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._killer: threading.Thread | None = None
        self._hangs = False

    def prepare(self) -> None:
        """Choose what happens in the next life."""
        where = self.chance.choice(["before", "carried out", "carried out", "later"])
        left, lock = self.chance.randint(1, 5), threading.Lock()
        pause = self.chance.random() * 0.03

        def count() -> bool:
            nonlocal left
            with lock:
                left -= 1
                return left == 0

        def die(point: str) -> None:
            self.kills[point] += self.nursery.kill()

        def before() -> None:
            if self._hangs:
                self._hangs = False
                threading.Timer(pause, die, ["in a hang"]).start()
            elif where == "before" and count():
                die("before")

        def after(method: str) -> None:
            if where == "carried out" and count():
                # Its answer is never heard, and nobody has committed what it did.
                die(f"after a {method}")
            elif where == "later" and count():
                threading.Timer(pause, die, ["later"]).start()

        self.door.before_each, self.door.after_each = before, after
        if self.chance.random() < 0.5:
            self._break()

    def _break(self) -> None:
        answers = {"500": Say(500), "503": Say(503), "hang": HANG, "reset": RESET, "lost": LOST, "cut": CUT}
        what = self.chance.choice([*answers, "server"])
        self.faults[what] += 1
        self._hangs = what == "hang"
        if what == "server":
            self._killer = threading.Thread(target=self.radicale.kill)
            self._killer.start()
        else:
            self.door.answer(*[answers[what]] * 2)

    def mend(self) -> None:
        """Nothing breaks any more, and what was killed besides the worker is there again."""
        self.door.after_each = None
        self.door.mend()
        if self._killer is not None:
            self._killer.join()
            self._killer = None
            self.radicale.start()


def pass_time(brigade: ExportingBrigade) -> None:
    """What an hour does: claims of the dead run out, whatever was put off is due, and their jobs go to the living."""
    with brigade.database.transaction() as session:
        session.execute(text("UPDATE calendar_exports SET run_at = now() WHERE run_at IS NOT NULL"))
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
        # What citizens and chiefs are told has chaos of its own.
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name NOT IN ('want_export', 'run_export')"))
        retry_stalled_jobs(session, RetryStalledJobs(), utc_now())
        defer(session, "look_at_agendas", queue="upkeep", timestamp=0)


def given_back(brigade: ExportingBrigade) -> bool:
    """Whether every agenda has been looked at, and is in nobody's hands."""
    with brigade.database.transaction() as session:
        rows = session.query(CalendarExport).all()
    now = utc_now()
    return all(one.run_at > now and not in_hand(one) for one in rows)


def idle(brigade: ExportingBrigade) -> bool:
    with brigade.database.transaction() as session:
        rows = session.query(CalendarExport).all()
        waiting = session.execute(
            text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name IN ('want_export', 'run_export')"
                " AND status IN ('todo', 'doing')"
            )
        ).scalar_one()
    return not waiting and all(one.wanted == one.done for one in rows)


@pytest.mark.parametrize("seed", [7])
def test_agendas_hold_exactly_what_they_ought_to_whatever_dies(database, authority, own_radicale, tmp_path, seed):
    door = WatchedDoor(authority, "localhost", own_radicale)
    environment = {
        "DATABASE_URL": database.url,
        "SECRET_KEY": SECRET_KEY.decode(),
        "SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        **environment_of(door, authority),
    }
    nursery = Nursery(environment, tmp_path / "workers.log")
    tomorrow = utc_now().replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=1)
    brigade = ExportingBrigade(context_of(database, utc_now, environment), tomorrow, hours=16, counters=3)
    with database.transaction() as session:
        change_reason(session, "other", needs_approval=True, duration_minutes=30)
    agendas = [
        KeptAgenda(brigade.context, one, door, own_radicale.new_calendar()) for one in (brigade.martin, brigade.petit)
    ]
    for agenda in agendas:
        agenda.calendar.write("dentiste.ics", FOREIGN)
    life, chaos = Life(brigade, seed), Chaos(door, own_radicale, nursery, seed)
    try:
        while chaos.kills.total() < KILLS:
            life.go_on()
            pass_time(brigade)
            chaos.prepare()
            nursery.start()
            wait_until(lambda: not nursery.pid or given_back(brigade), "killed, or nothing to do")
            nursery.kill()
            nursery.bury()
            chaos.mend()
        # Each kind of death and of fault has come about, or nothing was shown.
        assert chaos.kills.keys() >= {"before", "after a PUT", "after a REPORT", "later", "in a hang"}, chaos.kills
        assert chaos.faults.keys() >= {"500", "hang", "server"}, chaos.faults
        assert life.done.keys() >= {"book", "move", "assign", "cancel"}, life.done
        pass_time(brigade)
        nursery.start()
        wait_until(lambda: idle(brigade), "everything is done by a worker that lives")
    finally:
        nursery.close()
        door.close()
    for agenda in agendas:
        agenda.assert_in_line(besides=["dentiste"])
        assert agenda.ought_to_hold(), "an empty agenda shows nothing"
        row = agenda.row
        assert (row.wanted, row.failure_code, row.paused_at) == (row.done, None, None)
        assert set(row.known) == agenda.ought_to_hold().keys()
    # What broke is never taken for something that a gendarme has done.
    assert [(one.deed, one.sequence) for one in agendas[0].findings] == []
