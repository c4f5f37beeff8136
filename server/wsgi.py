"""The web process: `python -m server.wsgi`. Nothing else may be imported before the patching on these first lines."""

# ruff: noqa: E402
from __future__ import annotations

import os
import sys

mode = os.environ.get("ASYNC_MODE", "eventlet")
if mode == "eventlet":
    # psycopg 3 blocks eventlet's whole hub unless it waits through a selector; it reads this when it is imported.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    import eventlet

    eventlet.monkey_patch()
elif mode == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()

from models.database import Database
from server.app import create_app, create_socketio
from server.config import ConfigError, load_settings
from server.observability import configure_logging


def main() -> None:
    """Serve until the process is stopped."""
    configure_logging(os.environ.get("LOG_LEVEL", "INFO"))
    settings = load_settings()
    app = create_app(settings, Database(settings.database_url, pool_size=20, application_name="brigade web"))
    socketio = create_socketio(app, settings)
    # Without `max_size` eventlet's server stops at 1,024 sockets; without `log_output` it would write follow links.
    options = {"max_size": settings.max_sockets, "log_output": False} if mode == "eventlet" else {}
    socketio.run(app, host=settings.host, port=settings.port, use_reloader=False, **options)


if __name__ == "__main__":
    try:
        main()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
