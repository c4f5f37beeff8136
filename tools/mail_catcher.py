"""Catches the demonstration's mail: each message becomes a file under var/mail, and nothing leaves this machine.

Run by itself it listens until it is stopped: `python tools/mail_catcher.py [FOLDER [PORT]]` prints the SMTP_URL to use.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class MailCatcher:
    """An SMTP server on 127.0.0.1; use it as a context manager, or call `start` and `stop`.

    Args:
        port: a free one when it is 0.
        folder: where the .eml files go, readable by their owner alone; created when missing.
        quiet: do not print where each message went.
    """

    def __init__(self, folder: Path, *, port: int = 0, quiet: bool = False) -> None:
        self.folder = folder
        self.port = port
        self.quiet = quiet
        self.url = ""
        self._controller: Controller | None = None

    def start(self) -> str:
        """Start listening; returns the value for SMTP_URL."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = self.port or _free_port()
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()
        self.url = f"smtp://{HOST}:{self.port}"
        return self.url

    def stop(self) -> None:
        """Stop listening; harmless when it does not."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> MailCatcher:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Write the message down; called by aiosmtpd."""
        content = envelope.content
        assert isinstance(content, bytes)
        path = self._write(content)
        if not self.quiet:
            print(f"A mail was caught: {_shown(path)}", flush=True)
        return "250 Caught"

    def _write(self, content: bytes) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        found = re.search(rb"^Content-Language: (\w+)\r?$", content, re.MULTILINE | re.IGNORECASE)
        path = self.folder / f"{stamp}{'-' + found[1].decode() if found else ''}.eml"
        # A mail holds a follow link: nobody else on this machine needs to read it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _shown(path: Path) -> str:
    """The path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def main() -> int:
    """Catch mail until SIGINT or SIGTERM."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ.get("VAR_DIR", "var")) / "mail"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    signals = {signal.SIGINT, signal.SIGTERM}
    # Blocked before the server's thread exists, so that it inherits the mask and the signal waits for us here.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with MailCatcher(folder.resolve(), port=port) as catcher:
        print(f"SMTP_URL={catcher.url}\nMail is written to {_shown(folder.resolve())}/. Ctrl-C stops.", flush=True)
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
