"""The same three times fought over through every door at once: nobody has two, and nothing of it is an error."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.database import Database
from models.rules.actor import AgentActor, CitizenActor, Role, SystemActor
from models.rules.api_keys import Scope
from models.rules.appointments import State
from models.rules.errors import Refusal
from models.tables import Agent, Appointment, AppointmentAgent
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.propose_times import ProposeTimes, propose_times
from server.services.start_intervention import StartIntervention, start_intervention
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import book
from tests.support.citizen import Citizen
from tests.support.partners import bearer, make_key, visioplainte
from tests.support.recomputation import overlaps, recomputed_gaps, stored_gaps
from tests.support.seed import TOKENS, actor_of, seed_agent, seed_territory
from tests.support.terminals import Clock, Terminal, application

# A Tuesday, half past eight in Belley; what everybody wants begins at two in the afternoon.
NOW = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
WANTED = [datetime(2026, 12, 1, 13, tzinfo=UTC) + timedelta(minutes=30 * number) for number in range(3)]
TOMORROW = datetime(2026, 12, 2, 8, tzinfo=UTC)
LATER = TOMORROW + timedelta(hours=7)
REASON = "neighbours"
CLOCK = SystemActor("every door")


class Brigade:
    """Belley: two counters this afternoon, one of them a named gendarme's, and a full morning tomorrow."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.draw = database, random.Random(seed)
        self.app = application(database, Clock(NOW))
        with database.transaction() as session:
            unit = seed_territory(session)
            self.unit_id = unit.id
            self.boss = seed_agent(session, unit, Role.CHIEF)
            self.gendarmes = [seed_agent(session, unit) for _ in range(3)]
            seed_windows(session, self.boss, WANTED[0], WANTED[-1] + timedelta(minutes=30))
            seed_windows(session, self.boss, WANTED[0], WANTED[-1] + timedelta(minutes=30), agent=self.gendarmes[0])
            seed_windows(session, self.boss, TOMORROW, TOMORROW + timedelta(hours=6))
            starts = [TOMORROW + timedelta(minutes=30 * number) for number in range(12)]
            found = [book(session, unit.id, start, now=NOW).booking_id for start in starts]
            self.movers, self.waiting, self.others = found[:4], found[4:8], found[8:]
            for booking_id in self.waiting:
                want_earlier(session, WantEarlier(booking_id, True), NOW)
            # The chief approves these one by one.
            seed_windows(session, self.boss, LATER, LATER + timedelta(hours=3))
            self.requests = [
                book(session, unit.id, LATER + timedelta(hours=number), reason="case_follow_up", now=NOW).booking_id
                for number in range(3)
            ]
        # What terminals knew when they lost their network.
        self.known = [self.appointment_of(one) for one in (*self.others, *self.movers)]
        self.known_requests = [self.appointment_of(one) for one in self.requests]
        self.chief = actor_of(self.boss)
        self.terminals = [Terminal(self.app, database, agent, NOW) for agent in (self.boss, *self.gendarmes)]
        partner = make_key(database).key
        self.partner = bearer(self.app, partner)
        contract = make_key(database, [Scope.VISIOPLAINTE], unit_id=self.unit_id, reason=REASON).key
        self.contract = visioplainte(self.app, contract)

    def start(self) -> datetime:
        return self.draw.choice(WANTED)

    def run(self, step: Callable[[Any], Any]) -> Any:
        with self.database.transaction() as session:
            return step(session)

    def appointment_of(self, booking_id: UUID) -> UUID:
        with self.database.transaction() as session:
            found = session.scalars(
                select(Appointment.id).where(Appointment.booking_id == booking_id).order_by(Appointment.created_at)
            )
            return found.all()[-1]

    # Each door returns what it came to, in a word; a refusal is one of its words.

    def citizen(self, start: datetime) -> str:
        """The pages: the second and the third are sent by two requests, as a browser does."""
        page = Citizen(self.app)
        page.get("/rendez-vous").press(reason_code=REASON, commune="Belley")
        pick = f"pick-{self.unit_id}.{start:%Y%m%dT%H%MZ}.unit"
        if pick not in page.buttons("pick-"):
            return "gone"
        page.press(pick)
        if page.response.status_code == 409:
            return "taken"
        page.press(caller_name="Camille Essai", email=f"{uuid4()}@example.org")
        return "booked" if page.response.status_code == 200 else str(page.response.status_code)

    def api(self, start: datetime) -> str:
        body = {"unit_id": self.unit_id, "reason_code": REASON, "starts_at": start.isoformat()}
        held = self.partner("POST", "/api/v1/holds", json=body)
        if held.status_code != 201:
            return held.json["code"] if held.status_code == 409 else f"{held.status_code}"
        booked = self.partner("POST", "/api/v1/bookings", json={"hold_token": held.json["hold_token"]})
        return "booked" if booked.status_code == 201 else f"{booked.status_code}"

    def calls(self, start: datetime) -> str:
        answer = self.contract("POST", f"/api/visioplainte/rdvs?starts_at={quote(start.isoformat())}")
        return {201: "booked", 422: "taken"}.get(answer.status_code, f"{answer.status_code}")

    def move(self, booking_id: UUID, start: datetime) -> str:
        held = self.run(lambda s: hold_slot(s, HoldSlot(self.unit_id, REASON, start, booking_id), NOW, TOKENS))
        command, citizen = MoveAppointment(booking_id, held.hold_token), CitizenActor(booking_id=booking_id)
        self.run(lambda session: move_appointment(session, command, citizen, NOW, TOKENS))
        return "booked"

    def waiting_list(self) -> str:
        made = self.run(lambda session: offer_earlier(session, OfferEarlier(), CLOCK, NOW))
        with self.database.transaction() as session:
            offers = session.scalars(select(Appointment).where(Appointment.offer == "earlier")).all()
        for offer in offers:
            if offer.booking_id is not None and offer.state == State.HELD:
                command = AcceptOffer(offer.booking_id, offer.id)
                self.run(lambda session, command=command: accept_offer(session, command, NOW))
        return "offered" if made else "nothing to offer"

    def chief_proposes(self, booking_id: UUID, start: datetime) -> str:
        command = ProposeTimes(self.appointment_of(booking_id), (start,), "Plus tôt ?")
        self.run(lambda session: propose_times(session, command, self.chief, NOW))
        return "proposed"

    def chief_assigns(self, booking_id: UUID, agent: Agent) -> str:
        command = AssignAppointment(self.appointment_of(booking_id), (agent.id,))
        self.run(lambda session: assign_appointment(session, command, self.chief, NOW))
        return "assigned"

    def intervention(self, actor: AgentActor) -> str:
        command = StartIntervention(uuid4(), WANTED[1])
        self.run(lambda session: start_intervention(session, command, actor, NOW))
        return "called out"

    def chief_approves(self, booking_id: UUID) -> str:
        command = ApproveAppointment(self.appointment_of(booking_id))
        self.run(lambda session: approve_appointment(session, command, self.chief, NOW))
        return "approved"

    def cancel(self, booking_id: UUID) -> str:
        citizen = CitizenActor(booking_id=booking_id)
        self.run(lambda session: cancel_booking(session, CancelBooking(booking_id), citizen, NOW))
        return "cancelled"

    def outbox(self, terminal: Terminal, start: datetime) -> str:
        """What a terminal kept while it had no network; the chief's also approves, names, and proposes a time."""
        batch = [terminal.mutation("appointment.take", appointment_id=str(one)) for one in self.known]
        if terminal is self.terminals[0]:
            for one in self.known_requests:
                batch.append(terminal.mutation("appointment.approve", appointment_id=str(one)))
            names = {"appointment_id": str(self.known[0]), "agents": [self.gendarmes[0].id]}
            batch.append(terminal.mutation("appointment.assign", **names))
            other = {"appointment_id": str(self.known[1]), "starts": [start.isoformat()], "word": "Plus tôt ?"}
            batch.append(terminal.mutation("appointment.propose", **other))
        if terminal is self.terminals[-1]:
            called = {"absence_id": str(uuid4()), "until": WANTED[1].isoformat()}
            batch.append(terminal.mutation("intervention.start", **called))
        answer = terminal.push(*batch)
        assert answer.status_code == 200, answer.json
        return "some applied" if any(one["status"] == "applied" for one in answer.json["results"]) else "all refused"

    def minute_job(self) -> str:
        self.run(lambda session: expire_holds(session, ExpireHolds(), CLOCK, NOW))
        return "ticked"

    def doors(self) -> list[tuple[str, Callable[[], str]]]:
        """Some of each, in a drawn order, each with the time or the person that it wants."""
        found: list[tuple[str, Callable[[], str]]] = []

        def add(name: str, door: Callable[..., str], *what: Any) -> None:
            found.append((name, lambda: door(*what)))

        for _ in range(4):
            add("citizen", self.citizen, self.start())
            add("api", self.api, self.start())
            add("contract", self.calls, self.start())
        for booking_id in self.movers:
            add("move", self.move, booking_id, self.start())
        for booking_id in self.others[:2]:
            add("chief proposes", self.chief_proposes, booking_id, self.start())
        for booking_id in (*self.others[2:], *self.movers[:2]):
            add("chief assigns", self.chief_assigns, booking_id, self.gendarmes[0])
        for _ in range(3):
            add("waiting list", self.waiting_list)
            add("minute job", self.minute_job)
        for agent in self.gendarmes[:2]:
            add("intervention", self.intervention, actor_of(agent))
        for terminal in self.terminals:
            add("outbox", self.outbox, terminal, self.start())
        for booking_id in self.requests:
            add("chief approves", self.chief_approves, booking_id)
        add("cancel", self.cancel, self.requests[0])
        add("cancel", self.cancel, self.movers[0])
        self.draw.shuffle(found)
        return found


@pytest.fixture
def database(database_url):
    """More connections than two web processes have, so that the race is in the database and not in the pool."""
    database = Database(database_url, pool_size=25)
    yield database
    database.dispose()


@pytest.mark.parametrize("seed", range(4))
def test_nobody_has_two_whichever_doors_they_came_through(database, seed):
    brigade = Brigade(database, seed)
    doors = brigade.doors()
    barrier = Barrier(len(doors))

    def go(name: str, door: Callable[[], str]) -> tuple[str, str]:
        barrier.wait(timeout=60)
        try:
            return name, door()
        except Refusal as refusal:
            return name, refusal.code

    with ThreadPoolExecutor(len(doors)) as pool:
        answers = Counter(future.result(timeout=240) for future in [pool.submit(go, *door) for door in doors])

    with database.transaction() as session:
        assert overlaps(session) == {}
        assert stored_gaps(session) == recomputed_gaps(session)
        afternoon = session.scalars(
            select(Appointment).where(Appointment.starts_at <= WANTED[-1], Appointment.ended_at.is_(None))
        ).all()
        doubled = Counter((one.counter_id, one.starts_at) for one in afternoon)
        assert max(doubled.values()) == 1
        named = session.execute(
            select(AppointmentAgent.agent_id, Appointment.starts_at)
            .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
            .where(Appointment.ended_at.is_(None))
        ).all()
        assert len(named) == len(set(named))
    # The times are all gone, and every answer is one that a person can be told: nobody met a broken door.
    assert len(afternoon) >= len(WANTED), answers
    words = {word for _, word in answers}
    assert not {word for word in words if word.isdigit()}, answers
    # Who came too late has everything refused; that no outbox at all did anything would be a test of nothing.
    assert ("outbox", "some applied") in answers
