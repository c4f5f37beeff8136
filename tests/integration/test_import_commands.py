"""The command line: what it prints, how it ends, and that nothing is half done."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from models.tables import Jurisdiction, Unit
from server.cli import app
from tests.support.reference import COMMUNES, EXPORT, JURISDICTIONS, write


@pytest.fixture
def brigade(database_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str):
        return CliRunner().invoke(app, list(arguments))

    return run


def count(database, table) -> int:
    with database.snapshot() as session:
        return int(session.scalar(select(func.count()).select_from(table)))


def test_the_three_imports(brigade, database):
    communes = brigade("import-communes", str(COMMUNES))
    assert communes.exit_code == 0, communes.output
    units = brigade("import-units", str(EXPORT))
    assert units.exit_code == 0, units.output
    assert "line 34: public unit id is 0" in units.stdout
    assert "coordinates were swapped" in units.stdout
    jurisdictions = brigade("import-jurisdictions", str(JURISDICTIONS), "--effective-date", "2026-11-23")
    assert jurisdictions.exit_code == 0, jurisdictions.output
    assert count(database, Unit) == 30
    assert count(database, Jurisdiction) == 11


def test_a_dry_run_says_so(brigade, database):
    result = brigade("import-units", str(EXPORT), "--dry-run")
    assert result.exit_code == 0
    assert "Dry run, nothing changed" in result.stdout
    assert count(database, Unit) == 0


def test_long_lists_are_cut_and_can_be_had_whole(brigade):
    assert "and 5 more" in brigade("import-units", str(EXPORT), "--dry-run", "--list", "2").stdout
    assert "more (" not in brigade("import-units", str(EXPORT), "--dry-run", "--list", "0").stdout


def test_a_refused_file_ends_with_a_sentence_and_an_exit_code(brigade, database, tmp_path):
    brigade("import-units", str(EXPORT))
    result = brigade("import-units", write(tmp_path, "<html>[bold]Not Found[/bold]</html>"))
    assert result.exit_code == 1
    assert "Refused." in result.stderr
    assert "web page" in result.stderr
    assert count(database, Unit) == 30


def test_an_import_that_breaks_half_way_leaves_nothing(brigade, database, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("server.importers.units._missing", broken)
    result = brigade("import-units", str(EXPORT))
    assert isinstance(result.exception, RuntimeError)
    assert count(database, Unit) == 0
