"""`brigade`: everything an administrator does from a shell."""

from __future__ import annotations

import sys

import typer

from server.config import ConfigError, load_settings
from server.importers.commands import commands as import_commands

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

app.add_typer(import_commands)


@app.callback()
def _brigade() -> None:
    """Brigade numérique."""


@app.command()
def release() -> None:
    """Bring the database up to date; safe to run again, and by two releases at once."""
    from models import migrations
    from models.database import driver_url

    migrations.upgrade(driver_url(load_settings().database_url))


def main() -> None:
    """Run one command; a wrong setting ends with a sentence instead of a traceback."""
    try:
        app()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
