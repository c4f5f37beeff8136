"""What lies between the terminals of a schedule and the server: what is on its way, and who waits for it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy.exc import OperationalError

from tests.integration.sync.schedules.at_rest import Handset
from tests.integration.sync.schedules.browser import Browser, Json
from tests.integration.sync.schedules.crashing import CrashingDatabase
from tests.integration.sync.schedules.taps import Taps
from tests.support.seed import TOKENS, seed_sign_in


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


class Wire(RuleBasedStateMachine):
    """The network of one schedule, which its rules hold up, lose and double.

    Attributes:
        net: what is on its way.
        waiting: the call that each run of a terminal waits for; a run that is not here has ended or died.
        open_form: a citizen's transaction that has not committed yet, and its request.
    """

    database: ClassVar[CrashingDatabase]
    app: ClassVar[Any]
    browser: ClassVar[Browser]
    handsets: list[Handset]
    taps: Taps
    net: list[Message]
    waiting: dict[int, int]
    open_form: Any

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
