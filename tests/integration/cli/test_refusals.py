"""A command that cannot work says what to do instead of showing its insides."""

from __future__ import annotations

import pytest

from server.cli import main
from tests.support.seed import SECRET_KEY


def _run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> str:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY.decode())
    monkeypatch.setattr("sys.argv", ["brigade", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return str(ended.value.code)


def test_a_database_without_tables(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    # The run's maintenance database serves only to make others.
    assert "brigade release" in _run(monkeypatch, postgres_url, "change-epoch")


def test_a_database_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be reached" in _run(monkeypatch, "postgresql://localhost:1/none", "change-epoch")


def test_a_setting_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "DATABASE_URL" in _run(monkeypatch, "mysql://localhost/none", "change-epoch")
