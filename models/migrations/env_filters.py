"""What Alembic compares and how it writes our own types, for `env.py` and for the test that compares both."""

from __future__ import annotations

from typing import Any, Literal


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our instants as the plain type they are stored as: a migration must outlive the code of its day."""
    if kind == "type" and type(item).__name__ == "Instant":
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave the job queue's own tables to its package's SQL."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))
