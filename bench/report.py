"""One line of a benchmark, and the table that shows all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure beside its bar and, where there is one, beside a peer's from the same run.

    Args:
        what: what was done, in words.
        measured: our figure, in `unit`.
        unit: "ms", "kB", "events/s", …
        bar: the promise as one reads it, such as "≤ 500".
        peer: who did the same for comparison, or "".
        peer_measured: the peer's figure in the same unit, or None.
        ok: whether `measured` keeps the promise; None when the line only informs and promises nothing.
    """

    what: str
    measured: float
    unit: str
    bar: str = ""
    peer: str = ""
    peer_measured: float | None = None
    ok: bool | None = None


def show(title: str, rows: Sequence[Row], console: Console) -> None:
    """Print `rows` as one table."""
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("peer", justify="right")
    table.add_column("")
    for row in rows:
        peer = "" if row.peer_measured is None else f"{row.peer}: {figure(row.peer_measured)} {row.unit}"
        verdict = {True: "[green]kept[/]", False: "[bold red]MISSED[/]", None: ""}[row.ok]
        bar = f"{row.bar} {row.unit}" if row.bar else ""
        table.add_row(row.what, f"{figure(row.measured)} {row.unit}", bar, peer, verdict)
    console.print(table)


def figure(value: float) -> str:
    """Three digits that mean something: 0.0123, 4.56, 78.9, 12 345."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"
