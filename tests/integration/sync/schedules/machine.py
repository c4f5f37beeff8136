"""The state machine: three terminals, one real application, and everything that can go wrong between them.

The terminals are the browser's own code, the application is the real one on a real database; only time, the network
and the moment of a crash belong to the test. The checks are the invariants of the sync protocol, by number:
1 a mutation takes effect once if its result is `applied`, else never; 2 each number gets one result; 3 `lmid` and
cursor never go back; 4 the queue drains once the server answers; 5 at rest a terminal holds what the server holds;
6 a revoked terminal loses its documents at the next contact and keeps its outbox.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from models.rules.actor import CitizenActor, Role
from models.rules.errors import Conflict
from models.tables import AgentSession
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.integration.sync.schedules.appointments import seed_day
from tests.integration.sync.schedules.at_rest import Handset, check_at_rest
from tests.integration.sync.schedules.browser import Browser, Json
from tests.integration.sync.schedules.crashing import CrashingDatabase, ServerCrash, a_bug_in_notes
from tests.integration.sync.schedules.taps import OPS, Taps
from tests.support.seed import NOW, TOKENS, seed_agent, seed_commune, seed_jurisdiction, seed_sign_in, seed_unit
from tests.support.seed import send_request as send

_units = count(5_000_000)
_communes = count(1)
# Mostly the same terminal, so that what happens to it can meet.
terminals = st.sampled_from([0, 0, 0, 1, 2])
pick = st.integers(0, 10**6)
# How many calls ago the one left on which the server dies, and in which of its transactions: the first one only reads.
back = st.sampled_from([0, 0, 1, 2])
transactions = st.sampled_from([1, 2, 2, 3, 3, 4])


@dataclass
class Message:
    """A call on its way to the server or (with a status) its answer on the way back."""

    terminal: int
    run: int
    call: int
    kind: str
    body: Json
    token: str
    status: int | None = None


class Schedules(RuleBasedStateMachine):
    """One schedule; what it runs on, and the fault that is planted, are given by the test that runs it."""

    database: ClassVar[CrashingDatabase]
    app: ClassVar[Any]
    browser: ClassVar[Browser]
    server_fault: ClassVar[Any] = None
    browser_fault: ClassVar[str] = ""

    @initialize(first=st.lists(st.tuples(st.sampled_from(OPS), pick, pick), max_size=4))
    def begin(self, first: list[tuple[str, int, int]]) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(a_bug_in_notes())
        if self.server_fault is not None:
            self.stack.enter_context(self.server_fault())
        self.net: list[Message] = []
        # The call that each run of a terminal waits for; a run that is not here has ended or died.
        self.waiting: dict[int, int] = {}
        self.open_form: Any = None
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
            request_id = send(session, commune_insee=self.insee).request_id
            appointments = seed_day(session, agents[0])
        clients = self.browser.do("begin", devices=len(agents), plant=self.browser_fault)
        self.handsets = [
            Handset(agent, client, token) for agent, client, token in zip(agents, clients, tokens, strict=True)
        ]
        self.taps = Taps([self.unit.id, self.other.id], [agent.id for agent in agents], [request_id], appointments)
        self._everybody("pull")
        for tap in first:
            self._tap(0, *tap)

    # What people do

    @rule(terminal=terminals, op=st.sampled_from(OPS), which=pick, how=pick, sends=st.booleans())
    def tap(self, terminal: int, op: str, which: int, how: int, sends: bool) -> None:
        self._tap(terminal, op, which, how)
        if sends:
            self._start(terminal, "push")

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

    # Plumbing

    def _tap(self, terminal: int, op: str, which: int, how: int) -> None:
        entry = self.browser.do("tap", device=terminal, op=op, args=self.taps.arguments(op, which, how))
        self.handsets[terminal].tapped[entry["seq"]] = entry

    def _sign_in(self, handset: Handset) -> None:
        with self.database.transaction() as session:
            handset.token = seed_sign_in(session, handset.agent)
        handset.revoked = False

    def _start(self, terminal: int, kind: str) -> None:
        step = self.browser.do("start", device=terminal, kind=kind)
        self._went_on(terminal, step["run"], 1, kind, step)

    def _went_on(self, terminal: int, run: int, call: int, kind: str, step: Json) -> None:
        if "sent" in step:
            self.waiting[run] = call
            self.net.append(Message(terminal, run, call, kind, step["sent"], self.handsets[terminal].token))
        else:
            self.waiting.pop(run, None)

    def _lose(self, run: int) -> None:
        del self.waiting[run]
        assert "failed" in self.browser.do("lose", run=run)

    def _drop(self, message: Message) -> None:
        if self.waiting.get(message.run) == message.call:
            self._lose(message.run)

    def _deliver(self, message: Message) -> None:
        handset = self.handsets[message.terminal]
        if message.status is None:
            status, body = self._ask(message.kind, message.body, message.token)
            assert status == 401 or not handset.revoked, "6: a revoked terminal was answered"
            self._compare(handset, status, body)
            self.net.append(replace(message, status=status, body=body))
            return
        # A copy, or nobody waits for it any more.
        if self.waiting.get(message.run) != message.call:
            return
        before = self.browser.do("held", device=message.terminal)
        step = self.browser.do("answer", run=message.run, status=message.status, body=message.body)
        after = self.browser.do("held", device=message.terminal)
        self._check_memory(handset, message, before, after)
        self._went_on(message.terminal, message.run, message.call + 1, message.kind, step)

    def _compare(self, handset: Handset, status: int, body: Json) -> None:
        """Whoever asks twice for one number's result is told the same."""
        assert status != 409, f"2: the server does not know our numbers any more: {body}"
        for result in body.get("results", ()):
            known = handset.results.setdefault(result["seq"], result)
            assert known == result, f"2: two results for {result['seq']}: {known} and {result}"

    def _check_memory(self, handset: Handset, message: Message, before: Json, after: Json) -> None:
        if message.status == 401:
            assert not after["docs"], "6: a revoked terminal kept its documents"
            assert after["outbox"] == before["outbox"], "6: a revoked terminal lost its outbox"
        assert after["lmid"] >= before["lmid"], "3: lmid went back"
        began_anew = message.status == 401 or message.body.get("reset") or not before["cursor"]
        if not began_anew:
            assert _version(after["cursor"]) >= _version(before["cursor"]), "3: the cursor went back"
        waits = {entry["seq"] for entry in before["outbox"] if entry["seq"] > after["lmid"]}
        assert waits <= {entry["seq"] for entry in after["outbox"]}, "2: what has no result yet left the outbox"

    def _ask(self, kind: str, body: Json, token: str) -> tuple[int, Json]:
        http = self.app.test_client()
        http.set_cookie("agent", token)
        if kind == "pull":
            response = http.get("/api/sync/pull", query_string=body)
        else:
            response = http.post("/api/sync/push", json=body, headers={"X-CSRF-Token": TOKENS.csrf(token)})
        return response.status_code, response.json

    @contextmanager
    def _if_not_locked(self):
        try:
            yield
        except OperationalError:
            # An open form holds the unit: this citizen's page would wait; here they come back later.
            assert self.open_form is not None


def _version(cursor: str) -> int:
    return int(cursor.rpartition(".")[2]) if cursor else 0
