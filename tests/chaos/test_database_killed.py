from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from models.events import unit_scope
from tests.support.checks import assert_nothing_lost
from tests.support.live import LiveTerminal, Stream
from tests.support.processes import wait_until


@pytest.mark.parametrize("mode", ["eventlet", "gevent"])
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_restarted_database_loses_nothing(site_on_own_postgres, own_postgres, mode, how):
    """Stopped at once or killed under load: web reconnects by itself, and pokes resume on the same socket."""
    site = site_on_own_postgres
    web = site.deployment.web({"ASYNC_MODE": mode})
    terminal = LiveTerminal(site, web.url, site.agent()).start()
    stream = Stream(lambda: web.url)
    with stream.flowing():
        stream.await_more(10)
        getattr(own_postgres, how)()
        wait_until(lambda: any(status == 503 for _, status in stream.answers), "somebody has been told to come back")
        own_postgres.start()
        web.ready()
        back = time.monotonic()
        stream.await_more(20)
        terminal.await_poke("*")
        wait_until(
            lambda: any(status == 201 and at > back + 1 for at, status in stream.answers), "all is as it was before"
        )
        settled = time.monotonic()
        stream.await_more(20)
    assert {status for _, status in stream.answers} <= {201, 503}, "a database that is away is a 503, never a 500"
    assert {status for at, status in stream.answers if at > settled} == {201}, "no storm once it is back"
    assert terminal.inside, "its socket has outlived the database"
    request_id, _ = site.request()
    wait_until(lambda: f"request/{request_id}" in terminal.docs, "pokes have resumed")
    assert_nothing_lost(site, stream, terminal)
    terminal.leave()


@pytest.mark.parametrize("mode", ["eventlet", "gevent"])
def test_a_terminated_listener_comes_back_and_terminals_look_again(site, mode):
    web = site.deployment.web({"ASYNC_MODE": mode})
    terminal = LiveTerminal(site, web.url, site.agent()).start()
    with site.database.transaction() as session:
        ended = session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'brigade pokes'"
            )
        ).all()
    assert len(ended) == 1
    # Whether this one's own poke is lost or not, the terminal looks.
    missed, _ = site.request()
    terminal.await_poke("*")
    wait_until(lambda: f"request/{missed}" in terminal.docs, "what was missed has been pulled")
    terminal.pokes.clear()
    site.request()
    terminal.await_poke(unit_scope(site.unit.id))
    assert terminal.inside
    terminal.leave()
