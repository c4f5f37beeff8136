"""What every command of the shell shares: one transaction, and refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.orm import Session

from models.database import Database
from models.rules.errors import Refusal
from server.config import Settings, load_settings
from server.importers.report import FileRefused

SENTENCES = {
    "invalid_agent": "The account does not hold together:",
    "invalid_api_key": "The key does not hold together:",
    "login_taken": "An account with this login exists already.",
    "no_such_agent": "No account has this login.",
    "number_taken": "Another account has this service number.",
    "invalid_arguments": "This cannot be:",
    "no_such_reason": "There is no reason with this code.",
    "no_such_resource": "No room or interpreter has this number.",
    "resource_exists": "The unit has one of this kind and name already.",
    "no_such_api_key": "No key has this number.",
    "no_such_unit": "There is no unit with this id.",
    "not_empty": "This database is not empty: the demonstration only fills an empty one. Nothing was changed.",
}


@contextmanager
def work() -> Iterator[tuple[Session, Settings]]:
    """One transaction of one command; a refusal becomes a sentence and exit code 1."""
    settings = load_settings()
    database = Database(settings.database_url, pool_size=1, application_name="brigade cli")
    try:
        with database.transaction() as session:
            yield session, settings
    except Refusal as refusal:
        fields = ", ".join(f"{field} is {code}" for field, code in refusal.detail.get("fields", {}).items())
        typer.echo(f"{SENTENCES.get(refusal.code, refusal.code)} {fields}".rstrip(), err=True)
        raise typer.Exit(1) from None
    except FileRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    finally:
        database.dispose()
