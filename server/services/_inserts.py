"""Insert a row and let the database refuse, instead of looking first and being overtaken."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


def insert_unless_refused(session: Session, row: object) -> str | None:
    """Insert `row` in a savepoint.

    Returns:
        None, or the name of the constraint that refused it; nothing but the row is undone then.

    Raises:
        IntegrityError: refused by something that has no name.
    """
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if constraint is None:
            raise
        return str(constraint)
    return None
