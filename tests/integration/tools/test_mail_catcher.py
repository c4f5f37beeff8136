from __future__ import annotations

import email
import re
import signal
import smtplib
import stat
import subprocess
import sys
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.support.processes import PROJECT, wait_until
from tools.mail_catcher import MailCatcher


def post(url: str, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", subject
    mail.set_content("Voilà.")
    mail["Content-Language"] = "fr"
    host, port = url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), local_hostname="test", timeout=30) as smtp:
        smtp.send_message(mail)


def test_each_mail_becomes_a_private_file(tmp_path, capsys):
    with MailCatcher(tmp_path / "mail") as catcher:
        assert catcher.url.startswith("smtp://127.0.0.1:")
        post(catcher.url, "un")
        post(catcher.url, "deux")
    files = sorted((tmp_path / "mail").glob("*-fr.eml"))
    caught = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
    assert [mail["Subject"] for mail in caught] == ["un", "deux"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    printed = capsys.readouterr().out
    assert all(file.name in printed for file in files)


def test_it_runs_by_itself_and_stops_cleanly(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "tools/mail_catcher.py", str(tmp_path / "mail")], cwd=PROJECT, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: "Ctrl-C" in log.read_text(), "the catcher says where it listens")
        found = re.search(r"SMTP_URL=(\S+)", log.read_text())
        assert found is not None
        post(found[1], "seul")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    assert len(list(Path(tmp_path / "mail").glob("*.eml"))) == 1
    assert "Traceback" not in log.read_text()
