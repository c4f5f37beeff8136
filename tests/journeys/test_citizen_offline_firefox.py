"""The follow page without its server in Firefox, whose service workers are not Chromium's."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("citizen_offline_in_firefox.mjs")


def test_the_last_known_state_opens_in_firefox(brigade, firefox_path, tmp_path):
    created = brigade.request()
    profile = tmp_path / "profile"
    profile.mkdir()
    address = f"{brigade.url}/suivi/{created.follow_token}"
    with subprocess.Popen(
        ["node", str(SCRIPT), str(firefox_path), address, str(profile)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as firefox:
        assert firefox.stdout is not None
        said = firefox.stdout.readline().strip()
        brigade.web.kill()
        shown, errors = firefox.communicate("\n", timeout=240)

    assert said == "kept", errors
    assert shown.strip() == "La brigade a reçu votre demande", errors
