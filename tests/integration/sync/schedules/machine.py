"""The state machine: three terminals, one real application, and everything that can go wrong between them.

The terminals are the browser's own code, the application is the real one on a real database; only time, the network
and the moment of a crash belong to the test. The checks are the invariants of the sync protocol, by number:
1 a mutation takes effect once if its result is `applied`, else never; 2 each number gets one result; 3 `lmid` and
cursor never go back; 4 the queue drains once the server answers; 5 at rest a terminal holds what the server holds;
6 a revoked terminal loses its documents at the next contact and keeps its outbox.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import text, update

from models.rules.actor import CitizenActor, Role
from models.rules.errors import Conflict
from models.tables import AgentSession
from server.services.accept_request import AcceptRequest, accept_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.integration.sync.schedules.agenda import seed_agenda
from tests.integration.sync.schedules.at_rest import Handset, check_at_rest
from tests.integration.sync.schedules.crashing import ServerCrash, a_bug_in_notes
from tests.integration.sync.schedules.taps import OPS, Taps
from tests.integration.sync.schedules.wire import Wire
from tests.support.seed import NOW, actor_of, seed_agent, seed_commune, seed_jurisdiction, seed_sign_in, seed_unit
from tests.support.seed import send_request as send

_units = count(5_000_000)
_communes = count(1)
# Mostly the same terminal, so that what happens to it can meet.
terminals = st.sampled_from([0, 0, 0, 1, 2])
pick = st.integers(0, 10**6)
taps = st.tuples(st.sampled_from(OPS), pick, pick)
# How many calls ago the one left on which the server dies, and in which of its transactions: the first one only reads.
back = st.sampled_from([0, 0, 1, 2])
transactions = st.sampled_from([1, 2, 2, 3, 3, 4])


class Schedules(Wire):
    """One schedule; what it runs on, and the fault that is planted, are given by the test that runs it."""

    server_fault: ClassVar[Any] = None
    browser_fault: ClassVar[str] = ""

    @initialize(first=st.lists(taps, max_size=4))
    def begin(self, first: list[tuple[str, int, int]]) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(a_bug_in_notes())
        if self.server_fault is not None:
            self.stack.enter_context(self.server_fault())
        self.net, self.waiting, self.open_form = [], {}, None
        with self.database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '10s'"))
            self.unit = seed_unit(session, next(_units))
            self.other = seed_unit(session, next(_units))
            # A commune of this schedule alone: schedules share the database and must not share a unit.
            self.insee = f"{next(_communes):05d}"
            seed_jurisdiction(session, seed_commune(session, self.insee, "Essai", "01300"), self.unit)
            agents = [
                seed_agent(session, self.unit, Role.GENDARME, Role.CHIEF),
                seed_agent(session, self.unit),
                seed_agent(session, self.other),
            ]
            tokens = [seed_sign_in(session, agent) for agent in agents]
            requests = [send(session, commune_insee=self.insee).request_id for _ in range(2)]
            # A chief without a terminal, so that none has to account for what they did.
            deputy = seed_agent(session, self.unit, Role.CHIEF)
            accept_request(session, AcceptRequest(requests[1]), actor_of(deputy), NOW)
            agenda = seed_agenda(session, agents[0], agents[1], deputy)
        clients = self.browser.do("begin", devices=len(agents), plant=self.browser_fault)
        self.handsets = [
            Handset(agent, client, token) for agent, client, token in zip(agents, clients, tokens, strict=True)
        ]
        everybody = [agents[0].id, agents[1].id, deputy.id, agents[2].id]
        self.taps = Taps([self.unit.id, self.other.id], everybody, requests, **vars(agenda))
        self._everybody("pull")
        for tap in first:
            self._tap(0, *tap)

    # What people do

    @rule(terminal=terminals, op=st.sampled_from(OPS), which=pick, how=pick, sends=st.booleans())
    def tap(self, terminal: int, op: str, which: int, how: int, sends: bool) -> None:
        self._tap(terminal, op, which, how)
        if sends:
            self._start(terminal, "push")

    @rule(terminal=terminals, several=st.lists(taps, min_size=2, max_size=8))
    def taps_in_a_valley(self, terminal: int, several: list[tuple[str, int, int]]) -> None:
        for tap in several:
            self._tap(terminal, *tap)

    @rule()
    def citizen_sends(self) -> None:
        with self._if_not_locked(), self.database.transaction() as session:
            self.taps.requests.append(send(session, commune_insee=self.insee).request_id)

    @precondition(lambda self: self.open_form is None)
    @rule()
    def citizen_form_begins_its_transaction(self) -> None:
        transaction = self.database.transaction()
        session = transaction.__enter__()
        try:
            created = send(session, commune_insee=self.insee)
        except BaseException as error:
            transaction.__exit__(type(error), error, error.__traceback__)
            raise
        self.open_form = (transaction, created.request_id)

    @precondition(lambda self: self.open_form is not None)
    @rule()
    def citizen_form_commits(self) -> None:
        transaction, request_id = self.open_form
        self.open_form = None
        transaction.__exit__(None, None, None)
        self.taps.requests.append(request_id)

    @rule(which=pick)
    def citizen_withdraws(self, which: int) -> None:
        request_id = self.taps.requests[which % len(self.taps.requests)]
        with self._if_not_locked(), self.database.transaction() as session:
            try:
                withdraw_request(session, WithdrawRequest(request_id), CitizenActor(request_id), NOW)
            except Conflict:
                session.rollback()

    # What terminals do; a second run beside the first is a second tab, or the service worker

    @rule(terminal=terminals)
    def push(self, terminal: int) -> None:
        self._start(terminal, "push")

    @rule(terminal=terminals)
    def pull(self, terminal: int) -> None:
        self._start(terminal, "pull")

    @rule(terminal=terminals, kinds=st.sampled_from([("push", "push"), ("pull", "pull"), ("push", "pull")]))
    def two_tabs_wake(self, terminal: int, kinds: tuple[str, str]) -> None:
        for kind in kinds:
            self._start(terminal, kind)

    @precondition(lambda self: self.waiting)
    @rule(which=pick)
    def terminal_loses_patience(self, which: int) -> None:
        # What it sent may still arrive, at any time.
        runs = sorted(self.waiting)
        self._lose(runs[which % len(runs)])

    @rule(terminal=terminals)
    def browser_is_killed(self, terminal: int) -> None:
        for message in self.net:
            if message.terminal == terminal:
                self.waiting.pop(message.run, None)
        self.browser.do("kill", device=terminal)

    # What the network and the server do

    @precondition(lambda self: self.net)
    @rule(which=pick)
    def deliver(self, which: int) -> None:
        self._deliver(self.net.pop(which % len(self.net)))

    @precondition(lambda self: self.net)
    @rule()
    def deliver_the_latest(self) -> None:
        self._deliver(self.net.pop())

    @precondition(lambda self: self.net)
    @rule()
    def deliver_the_oldest(self) -> None:
        self._deliver(self.net.pop(0))

    @precondition(lambda self: self.net)
    @rule(which=pick)
    def deliver_twice(self, which: int) -> None:
        message = self.net.pop(which % len(self.net))
        self._deliver(replace(message))
        self._deliver(message)

    @precondition(lambda self: self.net)
    @rule(which=pick)
    def lose(self, which: int) -> None:
        self._drop(self.net.pop(which % len(self.net)))

    @rule(terminal=terminals, back=back, transaction=transactions)
    def server_dies_before_a_commit(self, terminal: int, back: int, transaction: int) -> None:
        self._crash(terminal, back, transaction, after=False)

    @rule(terminal=terminals, back=back, transaction=transactions)
    def server_dies_after_a_commit(self, terminal: int, back: int, transaction: int) -> None:
        self._crash(terminal, back, transaction, after=True)

    def _crash(self, terminal: int, back: int, transaction: int, *, after: bool) -> None:
        self._start(terminal, "push")
        calls = [message for message in self.net if message.status is None]
        if not calls:
            return
        message = calls[-1 - back % len(calls)]
        self.net.remove(message)
        self.database.crash(transaction, after=after)
        try:
            self._deliver(message)
        except ServerCrash:
            self._drop(message)
        finally:
            self.database.crash(None)

    @rule()
    def database_gets_a_new_epoch(self) -> None:
        with self.database.transaction() as session:
            session.execute(text("UPDATE feed_epoch SET epoch = epoch + 1"))

    @rule(terminal=terminals, really=st.sampled_from([False, False, True]))
    def sign_in_is_revoked(self, terminal: int, really: bool) -> None:
        handset = self.handsets[terminal]
        if not really:
            return
        with self.database.transaction() as session:
            session.execute(
                update(AgentSession).where(AgentSession.agent_id == handset.agent.id).values(revoked_at=NOW)
            )
        handset.revoked = True

    @rule(terminal=terminals)
    def agent_signs_in_again(self, terminal: int) -> None:
        self._sign_in(self.handsets[terminal])

    # The end: the network is good again, and everything must hold

    def teardown(self) -> None:
        if not hasattr(self, "handsets"):
            return
        try:
            if self.open_form is not None:
                self.citizen_form_commits()
            self._deliver_what_is_late()
            for handset in self.handsets:
                self._sign_in(handset)
            self._everybody("push")
            self._everybody("pull")
            for terminal, handset in enumerate(self.handsets):
                held = self.browser.do("held", device=terminal)
                answer = self._ask("pull", {"client": handset.client_id, "cursor": ""}, handset.token)[1]
                check_at_rest(self.database, handset, held, answer)
        finally:
            self.stack.close()

    def _everybody(self, kind: str) -> None:
        for terminal in range(len(self.handsets)):
            self._start(terminal, kind)
            self._deliver_what_is_late()

    def _deliver_what_is_late(self) -> None:
        while self.net:
            self._deliver(self.net.pop())
