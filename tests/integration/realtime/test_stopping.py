from __future__ import annotations

import time

from tests.support.live import Listener
from tests.support.processes import wait_until

SOON_S = 3.0


def test_sigterm_says_goodbye_and_ends(running):
    """The last test of its process: sockets learn that the connection is over, and connect again by themselves."""
    site, web = running.site, running.web
    token = site.sign_in(site.agent())
    _, follow_token = site.request()
    terminal = Listener("/terminal").join(web.url, headers={"Cookie": f"agent={token}"})
    citizen = Listener("/citizen").join(web.url, auth={"token": follow_token})
    gone = Listener("/terminal").join(web.url, headers={"Cookie": f"agent={token}"})
    gone.leave()
    started = time.monotonic()
    assert web.stop() == 0
    # Not a figure but a promise: a deployment that waits longer kills it.
    assert time.monotonic() - started < SOON_S
    wait_until(lambda: not terminal.inside and not citizen.inside, "both sockets have noticed")
    assert not terminal.told_to_leave, "a client does not come back from a server's own disconnection"
    web.start()
    web.ready()
    wait_until(lambda: terminal.inside and citizen.inside, "both are back by themselves")
    terminal.leave()
    citizen.leave()
    printed = web.printed()
    assert "Traceback" not in printed, printed
    assert token not in printed
    assert follow_token not in printed
