"""The demonstration: what `make run` starts, from an empty machine to a first sign-in.

It provides what a hosting platform provides (a database, a secret, a port), then runs the lines of the Procfile as
they stand. Nothing in the application knows about this script.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import psycopg
from honcho.environ import parse_procfile
from honcho.manager import Manager
from psycopg import sql

from push.vapid import VapidKey
from server import embedded_postgres

PROJECT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("VAR_DIR") or PROJECT / "var").resolve()
READY_WITHIN_S = 60


def main() -> int:
    # A SIGTERM while we set up must still stop the database, so it becomes an exception like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    os.chdir(PROJECT)
    environment = dict(os.environ)
    environment["PORT"] = str(_port(environment.get("PORT") or "8000"))
    environment["PYTHONUNBUFFERED"] = "1"
    VAR.mkdir(parents=True, exist_ok=True)
    embedded = not environment.get("DATABASE_URL")
    try:
        if embedded:
            environment["DATABASE_URL"] = embedded_postgres.start(VAR)
        if not environment.get("SECRET_KEY"):
            environment["SECRET_KEY"] = _secret(VAR / "secret_key", secrets.token_urlsafe(48))
        if not environment.get("VAPID_KEYS"):
            environment["VAPID_KEYS"] = _secret(VAR / "vapid_key", VapidKey.make().write())
            environment["VAPID_SUBJECT"] = "mailto:demonstration@example.org"
        lines = parse_procfile((PROJECT / "Procfile").read_text()).processes
        _run(lines.pop("release"), environment)
        if _nobody_can_sign_in(environment["DATABASE_URL"]):
            _run("brigade demo", environment)
        if not environment.get("SMTP_URL"):
            lines["mail"] = _mailbox(environment)
        return _serve(lines, environment)
    except KeyboardInterrupt:
        return 130
    finally:
        # From here on a second Ctrl-C must not leave the database running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if embedded:
            embedded_postgres.stop(VAR)


def _port(given: str) -> int:
    if not given.isdigit() or not 0 < int(given) < 65536:
        sys.exit(f"PORT={given} is not a port: set it to a number from 1 to 65535, for instance `PORT=8001 make run`.")
    port = int(given)
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except PermissionError:
        sys.exit(f"Port {port} is reserved to root: take one above 1023, for instance `PORT=8000 make run`.")
    except OSError:
        sys.exit(
            f"Port {port} is taken by another program: stop that one, or choose a free port, "
            f"for instance `PORT={port + 1 if port < 65535 else 8001} make run`."
        )
    return port


def _secret(path: Path, new: str) -> str:
    """A secret of the demonstration's own: `new` the first time, readable by its owner alone."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new)
    return path.read_text().strip()


def _mailbox(environment: dict[str, str]) -> str:
    """Give the demonstration a mail relay that delivers to the folder var/mail; returns the command that runs it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    return f"python -m aiosmtpd -n -l 127.0.0.1:{port} -c aiosmtpd.handlers.Mailbox {shlex.quote(str(VAR / 'mail'))}"


def _run(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(command, shell=True, env=environment, check=False)  # noqa: S602 - a line of our Procfile
    if done.returncode != 0:
        sys.exit(f"`{command}` failed ({done.returncode}): what it printed above says why.")


def _nobody_can_sign_in(url: str) -> bool:
    """True when the database holds no agent at all, hence neither real nor demonstration data."""
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1)) as connection:
        row = connection.execute(
            sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(sql.Identifier("agents"))
        ).fetchone()
        return bool(row and row[0])


def _serve(lines: dict[str, str], environment: dict[str, str]) -> int:
    """Run `lines` side by side until one ends or we are told to stop; returns the exit code for the shell."""
    manager = Manager()
    for name, command in lines.items():
        manager.add_process(name, command, env=environment)
    mailbox = VAR / "mail" / "new" if "mail" in lines else None
    threading.Thread(target=_announce, args=(environment["PORT"], mailbox), daemon=True).start()
    # Puts its own handlers on SIGINT and SIGTERM, passes them on to every child and waits; kills after 5 s.
    manager.loop()
    signalled = manager.returncode in (130, 143)
    if not signalled:
        print(
            f"One of {', '.join(lines)} ended by itself (code {manager.returncode}), so the rest was stopped. "
            "Its last lines are above.",
            file=sys.stderr,
        )
        return manager.returncode or 1
    return 0


def _announce(port: str, mailbox: Path | None) -> None:
    """Once the web process answers, say where it is and who can sign in."""
    address = f"http://localhost:{port}"
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            if time.monotonic() > deadline:
                return
            time.sleep(0.1)
    sign_ins = VAR / "demo-sign-ins.json"
    accounts = json.loads(sign_ins.read_text()) if sign_ins.exists() else []
    print(_welcome(address, accounts, mailbox), flush=True)


def _welcome(address: str, sign_ins: list[dict[str, str]], mailbox: Path | None) -> str:
    """What a newcomer needs to see.

    Args:
        address: where the web process answers.
        sign_ins: one object per demonstration account; its values are shown in their order.
        mailbox: the folder where sent mail can be read; None when a real relay sends it.
    """
    rows = [
        "",
        f"  Citizens    {address}/",
        f"  Gendarmes   {address}/terminal/",
        f"  Interface   {address}/api/openapi.json",
    ]
    if mailbox is not None:
        rows.append(f"  Sent mail   {mailbox}/")
    if sign_ins:
        widths = [max(len(str(value)) for value in column) for column in zip(*map(dict.values, sign_ins), strict=True)]
        rows += ["", "  Demonstration accounts"]
        for sign_in in sign_ins:
            cells = (f"{value!s:{width}}" for value, width in zip(sign_in.values(), widths, strict=True))
            rows.append("    " + "  ".join(cells).rstrip())
    rows += ["", "  Ctrl-C stops everything.", ""]
    return "\n".join(rows)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
