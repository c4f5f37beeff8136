"""The browser code's own unit tests, one by one, and what it shares with the server by name."""

import json
import subprocess
from pathlib import Path

import pytest

from models.events import EVENTS
from models.rules.request_lifecycle import Outcome
from server.services.mutations import MUTATIONS

PROJECT = Path(__file__).resolve().parents[3]
# The server takes these already; whoever makes their screens takes them off this list, until it is empty.
WITHOUT_SCREENS = {
    "duty.set",
    "absence.declare",
    "absence.cancel",
    "opening.propose",
    "opening.approve",
    "opening.refuse",
    "opening.withdraw",
}
TESTS = sorted((PROJECT / "pwa").rglob("*.test.js"))


def evaluate(script: str):
    """Run a module that prints JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", [path for path in TESTS if "dist" not in path.parts], ids=lambda path: path.name)
def test_file(path):
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(path)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n# pass 0\n" not in done.stdout


def test_terminal_and_server_know_the_same_mutations():
    script = "import { MUTATIONS } from './pwa/sync/mutations.js'; console.log(JSON.stringify(Object.keys(MUTATIONS)))"
    terminal = evaluate(script)
    assert [op for op in MUTATIONS if op not in WITHOUT_SCREENS] == terminal
    assert MUTATIONS.keys() >= WITHOUT_SCREENS


def test_the_terminal_has_words_for_every_event_and_outcome():
    words = evaluate("import fr from './pwa/locales/fr.js'; console.log(JSON.stringify(Object.keys(fr)))")
    shown = [name for name in EVENTS if name != "request_erased"]  # An erased request is on no terminal.
    assert [name for name in shown if f"event_{name}" not in words] == []
    assert [outcome for outcome in Outcome if f"outcome_{outcome}" not in words] == []
