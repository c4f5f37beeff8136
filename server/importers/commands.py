"""The command line of the imports: one transaction each, a progress bar, and a report that names every bad row.

The database is that of `DATABASE_URL`, else the embedded one; no other setting is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    # Only for their names: every `brigade` command loads this module, and most import nothing.
    from rich.console import Console
    from sqlalchemy.orm import Session

    from server.importers.reading import Progress as Told
    from server.importers.report import ImportReport

commands = typer.Typer(help="Import the reference data: units, jurisdictions, communes.", no_args_is_help=True)

SourceArgument = Annotated[str, typer.Argument(metavar="PATH|URL", help="A file, or an https address; .gz is fine.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Report what would happen, and change nothing.")]
AcceptMissing = Annotated[
    bool, typer.Option("--accept-missing", help="Take a file that lacks more than a fifth of what is known.")
]
Limit = Annotated[int, typer.Option("--list", min=0, help="How many rows of each list to print; 0 prints them all.")]


@commands.command("import-units")
def import_units_command(
    source: SourceArgument,
    dry_run: DryRun = False,
    accept_missing: AcceptMissing = False,
    listed: Limit = 20,
) -> None:
    """Import brigades and police stations, in the layout of the ministry's export or of the directory (DILA)."""
    from server.importers.units import import_units

    _run(
        listed,
        "units",
        lambda session, told: import_units(
            session, source, dry_run=dry_run, accept_missing=accept_missing, progress=told
        ),
    )


@commands.command("import-jurisdictions")
def import_jurisdictions_command(
    source: SourceArgument,
    effective_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day when the file is right; today when left out."),
    ] = None,
    dry_run: DryRun = False,
    accept_missing: AcceptMissing = False,
    listed: Limit = 20,
) -> None:
    """Import who is competent for each commune."""
    from server.importers.jurisdictions import import_jurisdictions

    on = (effective_date or datetime.now(ZoneInfo("Europe/Paris"))).date()
    _run(
        listed,
        "jurisdictions",
        lambda session, told: import_jurisdictions(
            session, source, on=on, dry_run=dry_run, accept_missing=accept_missing, progress=told
        ),
    )


@commands.command("import-communes")
def import_communes_command(
    folder: Annotated[
        str, typer.Argument(help="The unpacked npm package.")
    ] = "node_modules/@etalab/decoupage-administratif",
    dry_run: DryRun = False,
    accept_missing: AcceptMissing = False,
    listed: Limit = 20,
) -> None:
    """Import the communes of France and their mergers, from the npm package that `npm ci` installs."""
    from server.importers.communes import import_communes

    _run(
        listed,
        "communes",
        lambda session, told: import_communes(
            session, folder, dry_run=dry_run, accept_missing=accept_missing, progress=told
        ),
    )


def _run(listed: int, what: str, work: Callable[[Session, Told], ImportReport]) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from models.database import Database
    from server.config import database_url
    from server.importers.report import FileRefused

    console, errors = Console(), Console(stderr=True)
    database = Database(database_url(), pool_size=1, application_name=f"brigade import-{what}")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=errors, transient=True) as bar, database.transaction() as session:
            task = bar.add_task(f"Importing {what}", total=None)
            report = work(session, lambda done, size: bar.update(task, completed=done, total=size))
    except FileRefused as refused:
        errors.print("Refused.", style="bold red", end=" ")
        errors.print(str(refused), soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(1) from None
    finally:
        database.dispose()
    print_report(console, report, listed)


def print_report(console: Console, report: ImportReport, listed: int) -> None:
    """Print the counts, then the first `listed` entries of each list (all of them when 0)."""
    from rich.table import Table

    title = f"{report.what} from {os.path.basename(report.source)} ({report.layout})"
    console.print(f"Dry run, nothing changed: {title}" if report.dry_run else title, markup=False, soft_wrap=True)
    table = Table("", "rows")
    table.columns[1].justify = "right"
    for name, count in report.counts().items():
        table.add_row(name, f"{count:,}")
    console.print(table)
    lists: dict[str, Sequence[object]] = {
        "rejected": report.rejected,
        "repaired": report.repaired,
        "missing": report.missing,
    }
    for name, entries in lists.items():
        shown = entries[: listed or None]
        if shown:
            console.print(f"[bold]{name}[/]")
        for entry in shown:
            console.print(f"  {entry}", highlight=False, markup=False, soft_wrap=True)
        if len(entries) > len(shown):
            console.print(f"  … and {len(entries) - len(shown):,} more (--list 0 prints them all)", highlight=False)
