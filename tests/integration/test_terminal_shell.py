"""The terminal's page and the files around it, as the server gives them; what the build makes of them weighs little."""

import gzip
import json
import re

import pytest

from server.static_files import DIST
from tests.support.terminals import application

KILOBYTE = 1000


@pytest.fixture
def client(database):
    return application(database).test_client()


@pytest.fixture
def get(client):
    """`get(path)` → status, headers, text, with the file behind the answer closed."""

    def run(path):
        with client.get(path) as answer:
            return answer.status_code, answer.headers, answer.get_data().decode(errors="replace")

    return run


def weight(*paths):
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_the_page_names_built_files_that_are_there(get):
    status, headers, page = get("/terminal/")
    assert status == 200
    assert headers["Cache-Control"] == "no-cache"
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert len(addresses) >= 5
    assert [address for address in addresses if get(address)[0] != 200] == []
    assert "<script>" not in page
    assert " style=" not in page


def test_page_and_worker_agree_on_the_version(get):
    _, _, page = get("/terminal/")
    _, _, precache = get("/terminal/precache.js")
    listed = json.loads(precache[precache.index("{") : precache.rindex("}") + 1])
    assert f'data-version="{listed["version"]}"' in page
    assert [address for address in listed["files"] if get(address)[0] != 200] == []


@pytest.mark.parametrize("name", ["service-worker.js", "precache.js", "manifest.webmanifest"])
def test_what_keeps_its_address_is_asked_for_each_time(get, name):
    status, headers, _ = get(f"/terminal/{name}")
    assert status == 200
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Service-Worker-Allowed"] == "/terminal/"


def test_a_terminal_whose_memory_is_gone_can_sign_in_again(client):
    client.set_cookie("agent", "a sign-in that nobody remembers")
    answer = client.post("/api/sign-in", json={"login": "nobody", "password": "x"})
    assert answer.json["code"] == "wrong_credentials"


def test_the_terminal_starts_on_thirty_kilobytes():
    assets = json.loads((DIST / "assets.json").read_text())
    critical, waiting = set(), [DIST / assets["terminal.js"]]
    while waiting:
        script = waiting.pop()
        critical.add(script)
        # Static imports only: `import("…")` comes later, when it is needed.
        for name in re.findall(r'(?:from|import)"(\./[^"]+)"', script.read_text()):
            waiting.append((script.parent / name).resolve())
    assert weight(*critical, DIST / assets["styles/terminal.css"]) <= 30 * KILOBYTE
    assert weight(DIST / "service-worker.js") <= 4.25 * KILOBYTE
