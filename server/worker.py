"""The worker process: `python -m server.worker` runs the background jobs until it is stopped."""

from __future__ import annotations

import os
import sys

from procrastinate import PsycopgConnector

from models.database import Database, libpq_url
from server.config import ConfigError, load_settings
from server.context import Context
from server.jobs import wiring
from server.jobs.app import queue
from server.observability import configure_logging
from server.tokens import Tokens

CONCURRENCY = 4


def main() -> None:
    """Work on every queue; on SIGTERM finish the jobs in hand first.

    Raises:
        ConfigError: a setting is missing; mail has nowhere to go without SMTP_URL.
    """
    configure_logging(os.environ.get("LOG_LEVEL", "INFO"))
    settings = load_settings()
    if settings.smtp is None:
        raise ConfigError(
            "SMTP_URL is missing: the worker sends mail; set it to your relay, such as smtp://localhost:25."
        )
    database = Database(settings.database_url, pool_size=CONCURRENCY + 1, application_name="brigade worker")
    wiring.install(Context(settings, database, Tokens(settings.secret_key)))
    with queue.replace_connector(PsycopgConnector(conninfo=libpq_url(settings.database_url))) as app:
        app.run_worker(name="brigade", concurrency=CONCURRENCY, delete_jobs="successful")


if __name__ == "__main__":
    try:
        main()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
