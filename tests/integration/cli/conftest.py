from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from server.cli import app
from tests.support.processes import PROJECT

Brigade = Callable[..., Result]


@pytest.fixture
def brigade(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brigade:
    """Run `brigade …` on a database of the test's own; `typed` goes to its standard input."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "a key that only the tests know, 32+ characters")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    # The communes are read from node_modules, wherever the tests were started.
    monkeypatch.chdir(PROJECT)

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=typed)

    return run
