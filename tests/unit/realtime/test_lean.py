"""The lean classes do what the library's own do, only for less."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
import socketio
from engineio.packet import PING, PONG, Packet
from hypothesis import given
from hypothesis import strategies as st

from server.realtime import lean_engine
from server.realtime.lean import LeanManager, forget_request
from server.realtime.lean_engine import LONGEST_OUTBOX, LeanEngine, LeanSocket

SOCKETS = ("a", "b", "c")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["connect", "enter", "leave", "disconnect"]),
        st.sampled_from(SOCKETS),
        st.sampled_from(["room", "other room"]),
    ),
    max_size=30,
)


@given(STEPS)
def test_rooms_are_those_of_the_library(steps):
    ours, theirs = LeanManager(), socketio.Manager()
    for manager in (ours, theirs):
        for step in steps:
            _take(manager, *step)
    assert ours.rooms == theirs.rooms
    assert set(ours._rooms_of) <= {("/n", sid) for sid in theirs.rooms.get("/n", {}).get(None, {})}


def _take(manager: Any, step: str, sid: str, room: str) -> None:
    known = sid in manager.rooms.get("/n", {}).get(None, {})
    if step == "connect" and not known:
        manager.basic_enter_room(sid, "/n", None, eio_sid=f"eio-{sid}")
        manager.basic_enter_room(sid, "/n", sid, eio_sid=f"eio-{sid}")
    elif known and step == "enter":
        manager.basic_enter_room(sid, "/n", room)
    elif known and step == "leave":
        manager.basic_leave_room(sid, "/n", room)
    elif known and step == "disconnect":
        manager.basic_disconnect(sid, "/n")


class Engine(LeanEngine):
    """An engine whose tasks run when the test says so, and whose clock is the test's."""

    def __init__(self) -> None:
        super().__init__(async_mode="threading", transports=["websocket"])
        self.tasks: deque[Any] = deque()
        self.left: list[str] = []
        self.on("disconnect", lambda _sid, reason: self.left.append(reason))

    def start_background_task(self, target: Any, *args: Any, **kwargs: Any) -> None:
        self.tasks.append((target, args))

    def run_tasks(self) -> None:
        for target, args in [self.tasks.popleft() for _ in range(len(self.tasks))]:
            if target != self.wheel._run:
                target(*args)


class Wire:
    """A websocket that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.closed = False
        self.socket = self

    def send(self, data: Any) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True

    def shutdown(self, how: int) -> None:
        self.closed = True


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(lean_engine.time, "monotonic", clock)
    return clock


@pytest.fixture
def engine():
    return Engine()


def _socket(engine: Engine) -> tuple[LeanSocket, Wire]:
    socket = LeanSocket(engine, "sid")
    wire = Wire()
    socket._websocket = wire
    socket.schedule_ping()
    return socket, wire


def test_the_wheel_pings_at_the_interval_and_hangs_up_on_the_silent(engine, clock):
    (answering, wire), (silent, dead_wire) = _socket(engine), _socket(engine)
    clock.now += engine.ping_interval
    engine.wheel.turn()
    engine.run_tasks()
    assert wire.sent == dead_wire.sent == [Packet(PING).encode()]
    answering.receive(Packet(PONG))
    answering.receive(Packet(PONG))
    clock.now += engine.ping_timeout
    engine.wheel.turn()
    assert (answering.closed, silent.closed) == (False, True)
    assert dead_wire.closed
    assert engine.left == [engine.reason.PING_TIMEOUT]
    clock.now += engine.ping_interval
    engine.wheel.turn()
    engine.run_tasks()
    assert len(wire.sent) == 2, "a second, unasked pong has not bought a second ping"


def test_what_is_sent_goes_out_in_order_and_then_the_goodbye(engine, clock):
    socket, wire = _socket(engine)
    for number in range(3):
        socket.send(Packet(4, str(number)))
    socket.farewell()
    socket.send(Packet(4, "too late"))
    engine.run_tasks()
    assert wire.sent == ["40", "41", "42"]
    assert wire.closed


def test_one_socket_that_keeps_its_writer_waiting_does_not_hold_up_the_others(engine, clock):
    (slow, slow_wire), (quick, quick_wire) = _socket(engine), _socket(engine)

    def wait_and_let_others_run(data: Any) -> None:
        # What happens while a greenthread waits inside send(): the others have their turn.
        engine.run_tasks()
        assert quick_wire.sent == ["4poke"]
        slow_wire.sent.append(data)

    slow_wire.send = wait_and_let_others_run  # type: ignore[method-assign]
    slow.send(Packet(4, "poke"))
    quick.send(Packet(4, "poke"))
    engine.run_tasks()
    assert slow_wire.sent == ["4poke"]


def test_somebody_who_does_not_read_is_dropped(engine, clock):
    socket, wire = _socket(engine)
    for _ in range(LONGEST_OUTBOX + 1):
        socket.send(Packet(4, "poke"))
    assert socket.closed
    assert wire.closed
    assert engine.left == [engine.reason.TRANSPORT_ERROR]


def test_a_joined_socket_keeps_nothing_of_its_request():
    environ = {"HTTP_COOKIE": "agent=secret", "QUERY_STRING": "EIO=4", "REMOTE_ADDR": "192.0.2.1", "PATH_INFO": "/"}
    forget_request(environ)
    assert environ == {"PATH_INFO": "/"}
