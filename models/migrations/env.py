"""What Alembic runs for each command; the connection comes from `models.migrations`."""

import importlib
import importlib.util
import pkgutil

from alembic import context
from sqlalchemy import MetaData

from models.migrations.env_filters import include_name, render_item


def target_metadata() -> MetaData | None:
    """The tables as the code declares them, for `--autogenerate` and for the test that compares both."""
    if importlib.util.find_spec("models.base") is None:
        return None
    import models.tables
    from models.base import Base

    for module in pkgutil.iter_modules(models.tables.__path__):
        importlib.import_module(f"models.tables.{module.name}")
    metadata: MetaData = Base.metadata
    return metadata


# One transaction holds all pending revisions: a release that fails half-way leaves the database as it was.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=target_metadata(),
    render_item=render_item,
    include_name=include_name,
)
with context.begin_transaction():
    context.run_migrations()
