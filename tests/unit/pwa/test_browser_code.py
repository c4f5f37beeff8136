"""The browser code's own unit tests, one by one, and what it shares with the server by name."""

import json
import re
import subprocess
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.events import EVENTS
from models.rules.openings import State
from models.rules.request_lifecycle import Outcome
from server.services.mutations import MUTATIONS

PROJECT = Path(__file__).resolve().parents[3]
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


def all_words():
    """The keys of everything that the terminal says, at once or later."""
    imports = "import first from './pwa/locales/fr.js'; import later from './pwa/locales/later/fr.js';"
    return evaluate(f"{imports} console.log(JSON.stringify(Object.keys({{ ...first, ...later }})))")


def test_terminal_and_server_know_the_same_mutations():
    # The later part adds its own to those of the first picture, whatever their order.
    script = (
        "import './pwa/sync/later-mutations.js'; import { MUTATIONS } from './pwa/sync/mutations.js';"
        "console.log(JSON.stringify(Object.keys(MUTATIONS)))"
    )
    assert sorted(MUTATIONS) == sorted(evaluate(script))


def test_the_terminal_has_words_for_every_event_and_outcome():
    words = all_words()
    shown = [name for name in EVENTS if name != "request_erased"]  # An erased request is on no terminal.
    assert [name for name in shown if f"event_{name}" not in words] == []
    assert [outcome for outcome in Outcome if f"outcome_{outcome}" not in words] == []


def test_the_first_picture_has_its_words():
    """What is there from the start says nothing that only comes with `pwa/later.js`."""
    seen, waiting = set(), [PROJECT / "pwa/terminal.js"]
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for name in re.findall(r"^(?:import|export) [^;]*?from '(\.[^']+)'", module.read_text(), flags=re.MULTILINE):
            if (found := (module.parent / name).resolve()) not in seen:
                waiting.append(found)
    assert PROJECT / "pwa/screens/inbox.js" in seen
    assert PROJECT / "pwa/screens/request.js" not in seen
    words = set(evaluate("import fr from './pwa/locales/fr.js'; console.log(JSON.stringify(Object.keys(fr)))"))
    said = {word for module in seen for word in re.findall(r"\bt\('(\w+)'", module.read_text())}
    assert "loading" in said
    assert said - words == set()


def test_the_terminal_has_a_sentence_for_every_refusal_that_is_documented():
    """Each mutation has a title for its conflict, each code a sentence, each wrong argument too."""
    text = (PROJECT / "docs/sync-documents.md").read_text()
    words = all_words()
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \| [^|]* \| [^|]* \| ([^|]*) \|$", text, flags=re.MULTILINE)
    assert [op for op, _ in rows] == list(MUTATIONS)
    assert [op for op in MUTATIONS if f"conflict_{op.replace('.', '_')}" not in words] == []
    codes = {
        code for _, said in rows for code in re.findall(r"`(\w+)`(?=[ ,]|$)", re.sub(r"\([^)]*\)|as `[^`]*`", "", said))
    }
    assert {"absence_overlaps", "already_decided", "no_such_unit"} <= codes
    assert [code for code in {*codes, "invalid_arguments", "not_in_a_unit"} if f"why_{code}" not in words] == []
    assert [
        state for state in State if state is not State.PROPOSED and f"why_already_decided_{state}" not in words
    ] == []
    fields = re.findall(r"`(\w+)`", text[text.index("What `fields` may say") :].split(" Longest texts")[0])
    arguments = {"fields", "until", "counters", "agents", "starts", "recurrence", "day", "name"}
    wrong = {word for word in fields if word not in arguments}
    assert {"too_far", "before_start", "one_for_an_agent"} <= wrong
    assert [code for code in wrong if f"invalid_{code}" not in words] == []


def test_days_and_hours_are_the_instants_that_the_servers_calendar_makes_of_them():
    """Around every change of the clocks, in zones with and without, and at half hours from UTC."""
    zones = (
        "Europe/Paris",
        "Pacific/Marquesas",
        "America/Miquelon",
        "Pacific/Noumea",
        "Indian/Reunion",
        "Asia/Kathmandu",
    )
    days = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 28), date(2026, 3, 29), date(2026, 7, 14)]
    days += [date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26), date(2026, 11, 1), date(2026, 12, 31)]
    cases = [
        (str(day), f"{hour:02}:{minute:02}", zone)
        for zone in zones
        for day in days
        for hour in (0, 1, 2, 3, 4, 14, 23)
        for minute in (0, 30)
    ]
    expected = [
        datetime.combine(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)
        for day, at, zone in cases
    ]
    script = (
        "import { instantOf } from './pwa/ui/zone.js'; console.log(JSON.stringify(%s.map((one) => instantOf(...one))))"
    )
    found = [datetime.fromisoformat(instant) for instant in evaluate(script % json.dumps(cases))]
    assert [case for case, one, other in zip(cases, expected, found, strict=True) if one != other] == []
