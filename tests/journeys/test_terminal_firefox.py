"""The terminal in Firefox: the one journey that must work everywhere."""

import subprocess
from pathlib import Path

from tests.support.seed import PASSWORD, request_row

SCRIPT = Path(__file__).with_name("terminal_in_firefox.mjs")


def test_a_gendarme_accepts_a_request_in_firefox(brigade, firefox_path, tmp_path):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    profile = tmp_path / "profile"
    profile.mkdir()

    done = subprocess.run(
        ["node", str(SCRIPT), str(firefox_path), brigade.url, agent.login, PASSWORD, str(profile)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.stdout.strip() == "accepted", done.stdout + done.stderr
    with brigade.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == agent.id
