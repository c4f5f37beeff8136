"""A stock Firefox, driven over Marionette: Playwright only drives a Firefox of its own making, which has no web push.

The protocol is JSON over TCP, a message's length before it, and the few commands that are needed fit on a page; the
library for it on PyPI wants eight more to find, start and watch a browser, which is a subprocess here.
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import wait_until

PATIENCE_S = 60.0
Setting = str | int | bool
# Nothing but the pages under test may use the network; notifications are allowed, and shown by the browser itself,
# because no desktop is there to show them.
QUIET: Mapping[str, Setting] = {
    "alerts.useSystemBackend": False,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": True,
    "dom.push.testing.allowInsecureServerURL": True,
    "extensions.getAddons.cache.enabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "permissions.default.desktop-notification": 1,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}
# What a page asks of its service worker, for `Firefox.run`.
SUBSCRIBE = """
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: arguments[0] };
  return (await pushManager.subscribe(options)).toJSON();
"""
SHOWN = """
  const registrations = await navigator.serviceWorker.getRegistrations();
  const all = await Promise.all(registrations.map((one) => one.getNotifications()));
  return all.flat().map(({ title, body, tag, data, silent }) => ({ title, body, tag, data, silent }));
"""
PRESS = """
  const all = [...document.querySelectorAll('button, a, summary')];
  const named = all.filter((one) => one.textContent.trim() === arguments[0] && one.checkVisibility());
  const found = named.find((one) => !one.disabled && one.ariaDisabled !== 'true');
  found?.click();
  return Boolean(found);
"""
FILL = """
  const found = document.querySelector(arguments[0]);
  if (!found) return false;
  found.value = arguments[1];
  found.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
"""
READ = """
  const all = [...document.querySelectorAll(arguments[0])];
  return all.some((one) => one.textContent.trim() === arguments[1] && one.checkVisibility());
"""


class FirefoxError(Exception):
    """The browser refused a command, or a script in the page has failed."""


class Firefox:
    """One person's browser; its profile in `folder` outlives its lives."""

    def __init__(self, program: Path, folder: Path, settings: Mapping[str, Setting]) -> None:
        self._program = program
        self._folder = folder
        self._log = folder / "firefox.log"
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)
        wanted = {**QUIET, **settings}.items()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted]
        (folder / "user.js").write_text("\n".join(lines))

    def start(self) -> None:
        """Start it, or start it again, and wait until it listens."""
        port_file = self._folder / "MarionetteActivePort"
        port_file.unlink(missing_ok=True)
        command = [self._program, "--headless", "--marionette", "--no-remote", "--profile", self._folder, "about:blank"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: self._listens(port_file), "Firefox listens")
        self._socket = socket.create_connection(("127.0.0.1", int(port_file.read_text())), PATIENCE_S)
        self._stream = self._socket.makefile("rb")
        self._receive()
        timeouts = {"script": int(PATIENCE_S * 1000), "pageLoad": int(PATIENCE_S * 1000), "implicit": 0}
        self._ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": timeouts}})

    def quit(self) -> None:
        """Close it as a person does: what it keeps is on the disk when this returns."""
        assert self._process is not None
        self._ask("Marionette:Quit", flags=["eForceQuit"])
        self._hang_up()
        self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it, whatever it is about."""
        if self._process is not None and self._process.poll() is None:
            self._hang_up()
            self._process.kill()
            self._process.wait()

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._ask("WebDriver:Navigate", url=url)

    def add_cookie(self, name: str, value: str) -> None:
        """Give the present page's site a cookie that scripts cannot read."""
        self._ask("WebDriver:AddCookie", cookie={"name": name, "value": value, "path": "/", "httpOnly": True})

    def run(self, script: str, *args: Any) -> Any:
        """Run the body of an asynchronous function in the page, out of reach of the page's policy.

        Args:
            args: JSON values, `arguments[0]` and so on for the script.

        Raises:
            FirefoxError: it has thrown.
        """
        # An arrow function has its surroundings' arguments.
        body = f"return (async () => {{ {script} }})();"
        return self._ask("WebDriver:ExecuteScript", script=body, args=list(args))["value"]

    def wait_for(self, script: str, *args: Any, what: str, seconds: float = PATIENCE_S) -> Any:
        """Run `script` again and again until it gives something, and return that."""
        found: list[Any] = []

        def holds() -> bool:
            found[:] = [self.run(script, *args)]
            return bool(found[0])

        wait_until(holds, what, seconds)
        return found[0]

    def press(self, words: str) -> None:
        """Press the button, link or summary with these words, once it is there and may be pressed."""
        self.wait_for(PRESS, words, what=f"« {words} » can be pressed")

    def fill(self, selector: str, text: str) -> None:
        """Write into a field, once it is there."""
        self.wait_for(FILL, selector, text, what=f"{selector} can be filled")

    def reads(self, selector: str, words: str) -> None:
        """Wait until an element of `selector` that is to be seen has these words."""
        self.wait_for(READ, selector, words, what=f"{selector} reads « {words} »")

    def _listens(self, port_file: Path) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"Firefox died. It printed:\n{self._log.read_text(errors='replace')}")
        return port_file.exists() and port_file.read_text().strip().isdigit()

    def _ask(self, command: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        message = json.dumps([0, number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, answered, error, result = self._receive()
        assert answered == number
        if error is not None:
            raise FirefoxError(f"{command}: {error['error']}: {error['message']}")
        return result

    def _receive(self) -> Any:
        length = b""
        while (octet := self._stream.read(1)) != b":":
            if not octet:
                raise FirefoxError("the browser has hung up")
            length += octet
        return json.loads(self._stream.read(int(length)))

    def _hang_up(self) -> None:
        with contextlib.suppress(AttributeError):
            self._stream.close()
            self._socket.close()


NewFirefox = Callable[..., Firefox]


@pytest.fixture
def new_firefox(firefox_path: Path, tmp_path: Path) -> Iterator[NewFirefox]:
    """`new_firefox({"dom.push.serverURL": …})`: a browser of somebody's own, killed when the test is over."""
    started: list[Firefox] = []

    def start(settings: Mapping[str, Setting] | None = None) -> Firefox:
        firefox = Firefox(firefox_path, tmp_path / f"firefox-{len(started)}", settings or {})
        started.append(firefox)
        firefox.start()
        return firefox

    yield start
    for firefox in started:
        firefox.kill()
