from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

import models.tables  # noqa: F401 -- declares every table.
from models import migrations
from models.base import Base
from models.migrations.env_filters import include_name


def test_the_migrations_make_what_the_tables_declare(database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": include_name, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_second_release_finds_nothing_to_do(database_url):
    migrations.upgrade(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM reasons")) == 11
        assert connection.scalar(text("SELECT count(*) FROM feed_epoch")) == 1
    engine.dispose()
