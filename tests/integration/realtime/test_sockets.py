"""Who may listen, for how long, and that nothing else comes through: on all three async modes."""

from __future__ import annotations

import threading

import pytest
import requests
import socketio
import websocket
from sqlalchemy import text, update

from models.events import request_scope, unit_scope
from models.record import lock_scopes
from models.tables import Agent, AgentSession, ContactRequest, Terminal
from server.context import utc_now
from server.services.sign_out import SignOut, sign_out
from tests.support.live import OTHER_UNIT, Listener, LiveTerminal
from tests.support.processes import wait_until


def test_a_commit_pokes_the_units_terminals_and_no_others(stage):
    mine, foreign = stage.terminal(), stage.terminal(stage.site.agent(stage.site.other_unit))
    request_id, _ = stage.site.request()
    mine.await_poke(unit_scope(stage.site.unit.id))
    wait_until(lambda: f"request/{request_id}" in mine.docs, "the terminal has pulled the request")
    assert foreign.pokes == []
    assert set(mine.pokes[0]) == {"scope", "version"}, "a poke carries no data"


def test_a_rollback_pokes_nobody(stage):
    terminal = stage.terminal()
    with stage.site.database.transaction() as session:
        session.execute(text("""SELECT pg_notify('poke', '{"scope": "unit:1008593", "version": 999999}')"""))
        session.rollback()
    stage.site.request()
    terminal.await_poke(unit_scope(stage.site.unit.id))
    assert all(poke["version"] < 999999 for poke in terminal.pokes)


def test_without_a_sign_in_nobody_joins(stage):
    for headers in ({}, {"Cookie": "agent=made-up"}):
        with pytest.raises(socketio.exceptions.ConnectionError):
            Listener("/terminal").join(stage.web.url, headers=headers)


def test_an_operator_has_no_unit_to_listen_to(stage):
    with stage.site.database.transaction() as session:
        agent = stage.site.agent()
        session.execute(update(Agent).where(Agent.id == agent.id).values(roles=["operator"], unit_id=None))
    with pytest.raises(socketio.exceptions.ConnectionError):
        stage.terminal(agent)


def _sign_out(session, site, terminal):
    sign_out(session, SignOut(terminal.token), utc_now(), site.tokens)


def _close_account(session, site, terminal):
    session.execute(update(Agent).where(Agent.id == terminal.agent.id).values(active=False))


def _move_to_another_unit(session, site, terminal):
    session.execute(update(Agent).where(Agent.id == terminal.agent.id).values(unit_id=OTHER_UNIT))


def _take_the_role_away(session, site, terminal):
    session.execute(update(Agent).where(Agent.id == terminal.agent.id).values(roles=["operator"]))


def _let_it_run_out(session, site, terminal):
    session.execute(update(AgentSession).where(AgentSession.agent_id == terminal.agent.id).values(expires_at=utc_now()))


def _delete_the_sign_in(session, site, terminal):
    session.execute(text("DELETE FROM agent_sessions WHERE agent_id = :id"), {"id": terminal.agent.id})


@pytest.mark.parametrize(
    "end",
    [_sign_out, _close_account, _move_to_another_unit, _take_the_role_away, _let_it_run_out, _delete_the_sign_in],
)
def test_a_right_that_ends_ends_its_socket_and_no_other(stage, end):
    leaving, staying = stage.terminal(), stage.terminal()
    with stage.site.database.transaction() as session:
        end(session, stage.site, leaving)
    leaving.await_leave()
    # A terminal that comes into the unit is news to the one that was there.
    before = list(leaving.pokes)
    stage.site.request()
    staying.await_poke(unit_scope(stage.site.unit.id))
    assert staying.inside
    assert leaving.pokes == before


def test_a_revoked_terminal_hears_nothing_more(stage):
    enrolled, chief = stage.terminal(as_terminal=True), stage.terminal()
    with stage.site.database.transaction() as session:
        session.execute(update(Terminal).values(last_seen_at=utc_now()))
    stage.site.request()
    enrolled.await_poke(unit_scope(stage.site.unit.id))
    with stage.site.database.transaction() as session:
        session.execute(update(Terminal).values(revoked_at=utc_now()))
    enrolled.await_leave()
    assert chief.inside


def test_seeing_an_agent_again_does_not_end_their_socket(stage):
    terminal = stage.terminal()
    with stage.site.database.transaction() as session:
        session.execute(update(AgentSession).values(last_seen_at=utc_now()))
        session.execute(update(Agent).where(Agent.id == terminal.agent.id).values(name="Autre nom"))
    assert terminal.ask("still_here") == {"ok": True}
    assert terminal.inside


def test_still_here_is_no_when_the_right_is_over(stage):
    """The trigger is off here, as after a gap, so that only the question itself can find out."""
    terminal = stage.terminal()
    with stage.site.database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        _close_account(session, stage.site, terminal)
    assert terminal.inside
    terminal.say("still_here")
    terminal.await_leave()


@pytest.fixture
def follower(stage):
    request_id, token = stage.site.request()
    listener = Listener("/citizen").join(stage.web.url, auth={"token": token})
    yield listener, request_id
    listener.leave()


def test_a_follow_page_hears_of_its_own_request_only(stage, follower):
    listener, request_id = follower
    stage.site.request()
    result = stage.terminal().push("request.accept", request_id=str(request_id))
    assert result["status"] == "applied", result
    listener.await_poke(request_scope(request_id))
    assert listener.scopes() == {request_scope(request_id)}


@pytest.mark.parametrize("column", ["follow_token_hash", "erased_at"])
def test_a_link_revoked_or_a_request_erased_ends_the_follow_page(stage, follower, column):
    listener, request_id = follower
    value = b"another" + request_id.bytes if column == "follow_token_hash" else utc_now()
    with stage.site.database.transaction() as session:
        session.execute(update(ContactRequest).where(ContactRequest.id == request_id).values({column: value}))
    listener.await_leave()


@pytest.mark.parametrize("auth", [None, {}, {"token": "x" * 22}, {"token": "x" * 2000}, {"token": 5}, ["token"]])
def test_a_made_up_link_follows_nothing(stage, auth):
    with pytest.raises(socketio.exceptions.ConnectionError):
        Listener("/citizen").join(stage.web.url, auth=auth)


def test_one_address_holds_so_many_follow_pages(stage):
    _, token = stage.site.request()
    listeners = [Listener("/citizen").join(stage.web.url, auth={"token": token}) for _ in range(3)]
    with pytest.raises(socketio.exceptions.ConnectionError):
        Listener("/citizen").join(stage.web.url, auth={"token": token})
    # An event that is called like the server's own must not give a place back.
    listeners[0].say("disconnect")
    stage.terminal()
    with pytest.raises(socketio.exceptions.ConnectionError):
        Listener("/citizen").join(stage.web.url, auth={"token": token})
    for listener in listeners:
        listener.leave()

    def room_again() -> bool:
        late = Listener("/citizen")
        try:
            late.join(stage.web.url, auth={"token": token})
        except socketio.exceptions.ConnectionError:
            return False
        late.leave()
        return True

    wait_until(room_again, "places are given back when pages close", 20)


@pytest.mark.parametrize("event", ["disconnect", "connect", "poke", "on_connect", "__class__", "nonsense"])
def test_events_that_nobody_named_do_nothing(stage, event):
    terminal = stage.terminal()
    terminal.say(event, {"scope": "unit:1", "version": 1})
    assert terminal.ask("still_here") == {"ok": True}
    stage.site.request()
    terminal.await_poke(unit_scope(stage.site.unit.id))
    # Above all, its right is still known, and ends.
    with stage.site.database.transaction() as session:
        _sign_out(session, stage.site, terminal)
    terminal.await_leave()


def test_a_long_message_ends_the_connection(stage):
    terminal = stage.terminal()
    terminal.say("still_here", "x" * 100_000)
    terminal.await_leave()


def _opens(stage, origin: str, host: str) -> bool:
    """Whether a page of `origin` may open a socket to us, which it knows as `host`."""
    address = f"ws://127.0.0.1:{stage.web.port}/socket.io/?EIO=4&transport=websocket"
    try:
        connection = websocket.create_connection(address, origin=origin, host=host, timeout=20)
    except websocket.WebSocketException:
        return False
    try:
        return str(connection.recv()).startswith("0{")
    except websocket.WebSocketException:
        return False
    finally:
        connection.shutdown()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_page_opens_no_socket(stage, origin):
    assert not _opens(stage, origin, f"127.0.0.1:{stage.web.port}")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "192.0.2.10"])
def test_our_own_page_opens_one_by_any_of_its_names(stage, name):
    host = f"{name}:{stage.web.port}"
    assert _opens(stage, f"http://{host}", host)


@pytest.mark.parametrize(
    "nonsense",
    ["", "9", "4", "4nonsense", "42/terminal,[]", "42/terminal,{}", "451-", "40/nowhere,", "42/terminal,[5]"],
)
def test_nonsense_on_the_wire_is_not_worth_a_traceback(stage, nonsense):
    token = stage.site.sign_in(stage.site.agent())
    connection = websocket.create_connection(
        f"ws://127.0.0.1:{stage.web.port}/socket.io/?EIO=4&transport=websocket", cookie=f"agent={token}", timeout=20
    )
    assert str(connection.recv()).startswith("0{")
    connection.send("40/terminal,")
    assert str(connection.recv()).startswith("40/terminal,{")
    connection.send(nonsense)
    connection.shutdown()
    # Whoever comes after is served as ever.
    assert stage.terminal().ask("still_here") == {"ok": True}
    assert "Traceback" not in stage.web.printed(), stage.web.printed()[-3000:]


def test_a_slow_query_stalls_nobody_else(stage):
    """One request waits for a lock; meanwhile others are answered, join and are poked."""
    request_id, _ = stage.site.request()
    waiting = LiveTerminal(stage.site, stage.web.url, stage.site.agent())
    foreign = stage.terminal(stage.site.agent(stage.site.other_unit))
    results = []
    with stage.site.database.transaction() as session:
        lock_scopes(session, {unit_scope(stage.site.unit.id)})
        pushes = [
            threading.Thread(target=lambda: results.append(waiting.push("request.accept", request_id=str(request_id))))
        ]
        for push in pushes:
            push.start()
        wait_until(lambda: _waits_for_a_lock(stage), "the push waits for the unit's lock")
        assert requests.get(f"{stage.web.url}/healthz", timeout=5).status_code == 200
        with stage.site.database.transaction() as other:
            other.execute(text(f"""SELECT pg_notify('poke', '{{"scope": "unit:{OTHER_UNIT}", "version": 7}}')"""))
        foreign.await_poke(unit_scope(OTHER_UNIT), 7)
        assert results == [], "the lock is still held"
    for push in pushes:
        push.join(30)
    assert [result["status"] for result in results] == ["applied"]


def _waits_for_a_lock(stage) -> bool:
    with stage.site.database.transaction() as session:
        return bool(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name = 'brigade web' AND wait_event_type = 'Lock'"
                )
            )
        )
