"""Keys of web push from the shell: what is printed is what the processes take."""

from __future__ import annotations

import pytest
from click.testing import Result
from typer.testing import CliRunner

from models.database import Database
from push.vapid import VapidKey
from server.cli import app
from server.config import load_settings
from server.services.keep_push_subscription import CitizenOwner, KeepPushSubscription, keep_push_subscription
from tests.integration.cli.conftest import Brigade
from tests.support.push_service import Browser
from tests.support.push_subscribers import seed_subscriber
from tests.support.seed import NOW, seed_agent, seed_territory, send_request

GOOD = {"DATABASE_URL": "postgresql://db/brigade", "SECRET_KEY": "s" * 32}


def _vapid_keys(*arguments: str, **environment: str | None) -> Result:
    unset = {"VAPID_KEYS": None, "VAPID_SUBJECT": None}
    return CliRunner().invoke(app, ["vapid-keys", *arguments], env={**unset, **environment})


def _settings(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return dict(line.split("=", 1) for line in result.stdout.splitlines())


def test_what_is_printed_are_the_settings() -> None:
    result = _vapid_keys("--subject", "mailto:brigade@example.gouv.fr")
    printed = _settings(result)
    assert set(printed) == {"VAPID_KEYS", "VAPID_SUBJECT"}
    push = load_settings({**GOOD, **printed}).push
    assert push is not None
    [key] = push.keys
    assert push.subject == "mailto:brigade@example.gouv.fr"
    # The public half is what a browser will show; it is not a secret.
    assert key.public in result.stderr
    assert key.write() not in result.stderr


def test_a_new_key_goes_before_the_old_ones() -> None:
    first = _settings(_vapid_keys("--subject", "mailto:brigade@example.gouv.fr"))
    second = _settings(_vapid_keys("--rotate", **first))
    new, old = second["VAPID_KEYS"].split(",")
    assert old == first["VAPID_KEYS"]
    assert new != old
    assert second["VAPID_SUBJECT"] == first["VAPID_SUBJECT"]
    third = _settings(_vapid_keys("--rotate", **second))
    assert third["VAPID_KEYS"].split(",")[1:] == [new, old]


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        ([], {}, "subject"),
        (["--subject", "brigade@example.org"], {}, "mailto"),
        (["--rotate", "--subject", "mailto:a@example.org"], {}, "no key to rotate"),
        (["--rotate", "--subject", "mailto:a@example.org"], {"VAPID_KEYS": "tooshort"}, "VAPID_KEYS is wrong"),
    ],
)
def test_a_slip_is_answered_with_a_sentence(arguments: list[str], environment: dict[str, str], says: str) -> None:
    result = _vapid_keys(*arguments, **environment)
    assert result.exit_code == 2
    # The shell's frame breaks lines where it likes.
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert "tooshort" not in result.output


def test_an_operator_sees_when_an_old_key_may_go(
    brigade: Brigade, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Web push is off" in brigade("push-subscriptions").stderr
    current, old, unused, forgotten = (VapidKey.make() for _ in range(4))
    with database.transaction() as session:
        agent = seed_agent(session, seed_territory(session))
        for number, key in enumerate([current, current, old, forgotten]):
            given = Browser().subscribe(f"https://fcm.googleapis.com/{number}", key.public)
            seed_subscriber(session, agent, given)
        follower = Browser().subscribe("https://fcm.googleapis.com/citizen", current.public)
        owner = CitizenOwner(request_id=send_request(session).request_id)
        keep_push_subscription(session, KeepPushSubscription(owner, follower, "fr"), NOW)
    monkeypatch.setenv("VAPID_KEYS", ",".join(key.write() for key in (current, old, unused)))
    monkeypatch.setenv("VAPID_SUBJECT", "mailto:brigade@example.gouv.fr")
    assert brigade("push-subscriptions").stdout.splitlines() == [
        f"{current.public}  current  2 terminals, 1 citizens, last seen 2026-11-24",
        f"{old.public}  old  1 terminals, 0 citizens, last seen 2026-11-24",
        f"{unused.public}  old  no browser",
        f"{forgotten.public}  not in VAPID_KEYS  1 terminals, 0 citizens, last seen 2026-11-24",
    ]
