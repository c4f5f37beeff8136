from __future__ import annotations

import pytest

from tests.support.checks import assert_nothing_lost
from tests.support.live import LiveTerminal, Stream
from tests.support.processes import wait_until


@pytest.mark.parametrize("mode", ["eventlet", "gevent"])
def test_a_killed_web_process_loses_nothing(site, mode):
    """Killed twice under a stream of requests and acceptances, then started again: the terminal catches up by pull."""
    web = site.deployment.web({"ASYNC_MODE": mode})
    terminal = LiveTerminal(site, web.url, site.agent()).start()
    stream = Stream(lambda: web.url)
    accepted: list[str] = []
    with stream.flowing():
        for _ in range(2):
            stream.await_more(10)
            web.kill()
            wait_until(lambda: not terminal.inside, "the terminal has noticed")
            web.start()
            web.ready()
            wait_until(lambda: terminal.inside, "the terminal is back by itself")
            stream.await_more(10)
            request_id = next(key for key in terminal.waiting() if key not in accepted)
            assert terminal.push("request.accept", request_id=request_id)["status"] in ("applied", "noop")
            accepted.append(request_id)
    assert_nothing_lost(site, stream, terminal)
    assert {status for _, status in stream.answers} == {201}, "what was answered at all was answered well"
    terminal.leave()
