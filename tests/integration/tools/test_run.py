"""`make run` from an empty folder: what it provides, what it says, and that nothing stays behind."""

import contextlib
import json
import os
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from server import embedded_postgres
from server.push_settings import read_push_settings
from tests.support import cluster
from tests.support.processes import PROJECT, free_port, wait_until

# Stands for the application: answers /healthz, and ends itself when a file says so.
WEB = """
import http.server, os, threading, time, pathlib
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
def watch():
    while not pathlib.Path("die").exists(): time.sleep(0.02)
    os._exit(3)
threading.Thread(target=watch, daemon=True).start()
pathlib.Path("web.json").write_text(__import__("json").dumps(dict(os.environ)))
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
BRIGADE = """#!{python}
import os, sys, psycopg, pathlib, json
with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
    if sys.argv[1] == "release":
        connection.execute("CREATE TABLE IF NOT EXISTS agents (login text)")
    else:
        connection.execute("INSERT INTO agents VALUES ('dupont')")
        pathlib.Path("var/demo-sign-ins.json").write_text(json.dumps([{{"role": "gendarme", "login": "dupont"}}]))
print("ran", *sys.argv[1:])
"""


@pytest.fixture
def project():
    """A project of our own around the real script, in a folder that the database's account may enter."""
    folder = cluster.run_folder() / f"project-{uuid.uuid4().hex[:8]}"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(PROJECT / "tools" / "run.py", folder / "tools")
    (folder / "Procfile").write_text("release: brigade release\nweb: python web.py\nworker: sleep 1000\n")
    (folder / "web.py").write_text(WEB)
    program = folder / "bin" / "brigade"
    program.parent.mkdir()
    program.write_text(BRIGADE.format(python=sys.executable))
    program.chmod(0o755)
    yield folder
    embedded_postgres.stop(folder / "var")


class Run:
    def __init__(self, project: Path, **environment: str) -> None:
        self.output = project / "output"
        path = f"{project / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        inherited = {
            k: v
            for k, v in os.environ.items()
            if k not in ("DATABASE_URL", "SECRET_KEY", "PORT", "SMTP_URL", "VAR_DIR", "VAPID_KEYS", "VAPID_SUBJECT")
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "tools/run.py"],
                cwd=project,
                env={**inherited, "PYTHONPATH": str(PROJECT), "PATH": path, **environment},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        def there() -> bool:
            assert self.process.poll() is None or text in self.printed(), self.printed()
            return text in self.printed()

        wait_until(there, f"{text!r} is printed")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def alive(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still do something: a zombie only waits for its parent to look."""
    return [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def accepts(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=5):
        return True
    return False


def test_first_run_second_run_and_a_clean_end(project):
    port = str(free_port())
    run = Run(project, PORT=port)
    run.wait_for("Ctrl-C stops everything")
    family = run.family()
    assert len(family) >= 2

    printed = run.printed()
    assert printed.count("ran release") == 1
    assert printed.count("ran demo") == 1
    assert f"http://localhost:{port}/terminal/" in printed
    assert "gendarme  dupont" in printed
    seen = json.loads((project / "web.json").read_text())
    assert seen["DATABASE_URL"].startswith("postgresql+psycopg://")
    key = project / "var" / "secret_key"
    assert seen["SECRET_KEY"] == key.read_text()
    assert len(seen["SECRET_KEY"]) >= 43
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    push = read_push_settings(seen)
    assert push is not None
    assert stat.S_IMODE((project / "var" / "vapid_key").stat().st_mode) == 0o600

    host, mail_port = seen["SMTP_URL"].removeprefix("smtp://").split(":")
    wait_until(lambda: accepts(host, int(mail_port)), "the mail relay listens")
    with smtplib.SMTP(host, int(mail_port), timeout=30) as relay:
        relay.sendmail("a@example.org", "b@example.org", "Subject: Rappel\r\n\r\nBonjour")
    [mail] = (project / "var" / "mail" / "new").iterdir()
    assert "Subject: Rappel" in mail.read_text()
    assert f"{mail.parent}/" in printed

    # Ctrl-C reaches the whole foreground group at once.
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(60) == 0
    assert not alive(family)
    assert not embedded_postgres.is_running(project / "var")

    again = Run(project, PORT=port)
    again.wait_for("Ctrl-C stops everything")
    assert "ran release" in again.printed()
    assert "ran demo" not in again.printed()
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0
    for secret in ("SECRET_KEY", "VAPID_KEYS"):
        assert json.loads((project / "web.json").read_text())[secret] == seen[secret]


def test_a_dead_child_stops_the_rest(project):
    run = Run(project, PORT=str(free_port()))
    run.wait_for("Ctrl-C stops everything")
    family = run.family()
    (project / "die").touch()

    assert run.process.wait(60) == 3
    assert "ended by itself (code 3)" in run.printed()
    assert not alive(family)
    assert not embedded_postgres.is_running(project / "var")


def test_a_given_database_and_secret_are_used_as_they_are(project, database_url):
    with cluster.maintenance(database_url) as connection:
        # The stand-in brings a table of its own under this name.
        connection.execute("DROP TABLE agents CASCADE")
    run = Run(
        project,
        PORT=str(free_port()),
        DATABASE_URL=database_url,
        SECRET_KEY="given",
        SMTP_URL="smtp://mail.example:25",
        VAPID_KEYS="given too",
        VAPID_SUBJECT="mailto:a@example.net",
    )
    run.wait_for("Ctrl-C stops everything")
    seen = json.loads((project / "web.json").read_text())
    run.process.terminate()
    run.process.wait(60)

    assert (seen["DATABASE_URL"], seen["SECRET_KEY"]) == (database_url, "given")
    assert seen["SMTP_URL"] == "smtp://mail.example:25"
    assert (seen["VAPID_KEYS"], seen["VAPID_SUBJECT"]) == ("given too", "mailto:a@example.net")
    assert not any((project / "var" / name).exists() for name in ("postgres", "secret_key", "vapid_key", "mail"))


def test_a_port_that_is_taken(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = Run(project, PORT=str(port))
        assert run.process.wait(60) == 1
    assert f"Port {port} is taken" in run.printed()
    assert "make run" in run.printed()
    assert not (project / "var").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none(project, port):
    run = Run(project, PORT=port)
    assert run.process.wait(60) == 1
    assert f"PORT={port} is not a port" in run.printed()


def test_a_release_that_fails_stops_everything(project):
    (project / "Procfile").write_text("release: false\nweb: python web.py\n")
    run = Run(project, PORT=str(free_port()))
    assert run.process.wait(60) == 1
    assert "`false` failed (1)" in run.printed()
    assert not embedded_postgres.is_running(project / "var")
