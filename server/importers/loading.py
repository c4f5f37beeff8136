"""Bring many rows into a table at once, and count what that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import Column, MetaData, Table, and_, func, literal_column, not_, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

# One import at a time: two would race for the same rows, and for the numbers of the police stations.
_IMPORT_LOCK = 0x62_6E_72_65_66


@dataclass(frozen=True, slots=True)
class Counts:
    """What an upsert did, in rows."""

    created: int
    changed: int
    unchanged: int


def lock_imports(session: Session) -> None:
    """Wait until no other import runs, and keep others waiting until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))


def stage(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """COPY `rows` into a temporary twin of `table` with only `columns`; it goes with the transaction."""
    staged = Table(
        f"incoming_{table.name}",
        MetaData(),
        *(Column(name, table.c[name].type) for name in columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    connection = session.connection()
    connection.execute(text(f'DROP TABLE IF EXISTS pg_temp."{staged.name}"'))
    staged.create(connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("pg_temp", staged.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(text(f'ANALYZE pg_temp."{staged.name}"'))
    return staged


def upsert(
    session: Session,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    keys: Sequence[str],
    updated: Sequence[str],
    ignored: Sequence[str] = (),
) -> Counts:
    """Insert or update `rows`, and leave alone those that say what is stored already.

    Args:
        table: where to.
        columns: the names of the values of each row.
        rows: no two with the same key.
        keys: the columns of the unique key that tells a new row from a known one.
        updated: the columns that a known row takes over; others keep what another source said.
        ignored: those of `updated` that by themselves do not make a row a changed one.
    """
    staged = stage(session, table, columns, rows)
    total = session.scalar(select(func.count()).select_from(staged)) or 0
    statement = insert(table).from_select(list(columns), select(staged))
    differs = or_(
        *(table.c[name].is_distinct_from(statement.excluded[name]) for name in updated if name not in ignored)
    )
    upserted: Any = statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: statement.excluded[name] for name in updated}, where=differs
    ).returning(literal_column("xmax = 0"))
    touched = session.scalars(upserted).all()
    created = sum(1 for is_new in touched if is_new)
    return Counts(created, len(touched) - created, total - len(touched))


def delete_absent(session: Session, table: Table, staged: Table, keys: Sequence[str]) -> int:
    """Delete the rows of a derived table that were not staged; return how many."""
    present = select(staged).where(and_(*(table.c[name] == staged.c[name] for name in keys))).exists()
    return len(session.execute(table.delete().where(not_(present)).returning(literal_column("1"))).all())


def analyze(session: Session, *tables: Table) -> None:
    """Tell the planner what was imported; its own daemon comes minutes later, and searches are slow till then."""
    for table in tables:
        session.execute(text(f'ANALYZE "{table.name}"'))
