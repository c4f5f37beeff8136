from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from models.rules.api_keys import KEY_PREFIX, Scope, draw_key, key_problems, use_is_due

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def test_a_key_has_256_bits_behind_a_prefix_that_searches_find():
    asked = []
    key = draw_key(lambda count: asked.append(count) or "x" * 43)
    assert (key, asked) == (KEY_PREFIX + "x" * 43, [32])
    assert draw_key(secrets.token_urlsafe) != draw_key(secrets.token_urlsafe)


@pytest.mark.parametrize(
    ("name", "scopes", "unit", "reason", "found"),
    [
        ("Partner", {Scope.SLOTS_READ}, None, None, {}),
        ("Partner", {Scope.VISIOPLAINTE}, 1, "complaint", {}),
        ("Partner", {Scope.VISIOPLAINTE}, None, None, {"unit": "missing", "reason": "missing"}),
        ("  ", set(), None, None, {"name": "missing", "scope": "missing"}),
        ("x" * 121, {Scope.SLOTS_READ}, None, None, {"name": "too_long"}),
    ],
)
def test_a_key_that_lacks_something_is_told_what(name, scopes, unit, reason, found):
    assert key_problems(name, scopes, unit, reason) == found


@pytest.mark.parametrize(("ago", "due"), [(None, True), (0, False), (59, False), (60, True)])
def test_the_last_use_is_written_once_a_minute(ago, due):
    last = None if ago is None else NOW - timedelta(seconds=ago)
    assert use_is_due(last, NOW) is due
