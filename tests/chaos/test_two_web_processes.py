from __future__ import annotations

from tests.support.live import LiveTerminal, Site
from tests.support.processes import wait_until

REQUESTS = 30


def test_two_web_processes_serve_two_terminals_and_neither_misses_anything(database_url, deployment):
    site = Site(database_url, deployment)
    first = LiveTerminal(site, deployment.web({"ASYNC_MODE": "eventlet"}).url, site.agent()).start()
    second = LiveTerminal(site, deployment.web({"ASYNC_MODE": "gevent"}).url, site.agent()).start()
    sent = [site.request()[0] for _ in range(REQUESTS)]
    for number, request_id in enumerate(sent):
        result = (first, second)[number % 2].push("request.accept", request_id=str(request_id))
        assert result["status"] == "applied"

    def same_picture() -> bool:
        return first.docs == second.docs and _accepted(first) == {f"request/{request_id}" for request_id in sent}

    wait_until(same_picture, "both terminals see every request accepted")
    for terminal in (first, second):
        terminal.leave()
    site.close()


def _accepted(terminal: LiveTerminal) -> set[str]:
    return {
        key for key, body in list(terminal.docs.items()) if key.startswith("request/") and body["state"] == "accepted"
    }
