"""The databases that tests get are theirs alone."""

from sqlalchemy import create_engine, inspect, text

from models.migrations import upgrade
from tests.support import cluster


def exists(engine, name):
    return name in inspect(engine).get_table_names()


def test_a_copy_is_apart_from_the_next_and_goes_away(postgres_url):
    with cluster.database_copy(postgres_url) as first, cluster.database_copy(postgres_url) as second:
        one, other = create_engine(first), create_engine(second)
        with one.begin() as connection:
            connection.execute(text("CREATE TABLE mark (n int)"))
        assert exists(one, "mark")
        assert not exists(other, "mark")
        name = one.url.database
        one.dispose()
        other.dispose()
    with cluster.maintenance(postgres_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None


def test_a_copy_is_migrated(database_url):
    engine = create_engine(database_url)
    assert exists(engine, "alembic_version")
    engine.dispose()


def test_migrating_again_changes_nothing(database_url):
    upgrade(database_url)


class TestWhatASessionCommitsIsUndone:
    """Two tests that would meet in the same table if either were not undone."""

    def test_one(self, session):
        self.leave_a_mark(session)

    def test_other(self, session):
        self.leave_a_mark(session)

    @staticmethod
    def leave_a_mark(session):
        session.execute(text("CREATE TABLE mark_of_one_test (n int)"))
        session.commit()
        session.execute(text("INSERT INTO mark_of_one_test VALUES (1)"))
        session.rollback()
        assert session.execute(text("SELECT count(*) FROM mark_of_one_test")).scalar_one() == 0
