"""A NEOGEND smartphone: a Chromium with a memory of its own on the disk, which can be killed and switched on again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from tests.support.brigade import PATIENCE_MS, PHONE
from tests.support.browsers import CHROMIUM_FLAGS
from tests.support.processes import wait_until


class Phone:
    """Chromium as a process of ours, driven over its debugging port.

    Args:
        chromium: the program.
        folder: its profile; what is on the disk there outlives the process.
    """

    def __init__(self, driver: Playwright, chromium: Path, folder: Path) -> None:
        self.folder = folder
        self.complaints: list[str] = []
        self._driver = driver
        self._chromium = chromium
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Any = None

    def __enter__(self) -> Phone:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Switch it on; `context` and `new_page()` work once it returns."""
        port_file = self.folder / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                str(self._chromium),
                *CHROMIUM_FLAGS,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.folder}",
                "--lang=fr-FR",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A group of its own: all of it can be killed at once, and nothing else.
            start_new_session=True,
        )
        wait_until(lambda: port_file.exists() and port_file.read_text().count("\n") > 0, "Chromium listens")
        port = port_file.read_text().split("\n", 1)[0]
        self._browser = self._driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    @property
    def context(self) -> BrowserContext:
        context: BrowserContext = self._browser.contexts[0]
        return context

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.set_viewport_size(PHONE)
        return page

    def cdp(self, page: Page) -> CDPSession:
        return self.context.new_cdp_session(page)

    def kill(self) -> None:
        """SIGKILL to all of it: the battery is out."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        self._browser.close()

    def switch_off(self) -> None:
        """Let it put everything away, as when the system closes it."""
        if self._process is None:
            return
        self._browser.new_browser_cdp_session().send("Browser.close")
        self._process.wait(30)
        self._process = None

    def databases(self) -> list[Path]:
        """The files in which it keeps IndexedDB; touch them only while it is off."""
        return [
            path
            for path in self.folder.rglob("*")
            if path.is_file() and re.search(r"\.indexeddb\.leveldb/[^/]+\.(log|ldb)$", str(path))
        ]
