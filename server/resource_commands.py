"""`brigade resource`: the rooms and interpreters that a unit's appointments may take."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from models.rules.errors import NotFound
from models.rules.resources import ListedKind
from models.tables import Resource, Unit
from server.command_work import work
from server.context import utc_now
from server.services.add_resource import AddResource, add_resource
from server.services.rename_resource import RenameResource, rename_resource
from server.services.retire_resource import RetireResource, retire_resource

UnitId = Annotated[int, typer.Argument(help="Public unit id.")]
Number = Annotated[int, typer.Argument(help="The number, from the list.")]
Name = Annotated[str, typer.Argument(help="What the unit calls it.")]

commands = typer.Typer(no_args_is_help=True, help="Rooms and interpreters of a unit.")


@commands.command()
def add(unit: UnitId, kind: Annotated[ListedKind, typer.Argument(help="What it is.")], name: Name) -> None:
    """List a room or an interpreter; a retired one of this name is in use again."""
    with work() as (session, _):
        resource = add_resource(session, AddResource(unit, kind, name))
        typer.echo(f"{resource.id}  {resource.kind}  {resource.name}")


@commands.command("list")
def list_resources(
    unit: UnitId, everything: Annotated[bool, typer.Option("--all", help="Retired ones too.")] = False
) -> None:
    """List what a unit has: number, kind, name."""
    with work() as (session, _):
        if session.get(Unit, unit) is None:
            raise NotFound("no_such_unit")
        query = select(Resource).where(Resource.unit_id == unit).order_by(Resource.kind, Resource.id)
        for one in session.scalars(query):
            if one.active or everything:
                typer.echo("  ".join([str(one.id), one.kind, one.name, *([] if one.active else ["retired"])]))


@commands.command()
def rename(number: Number, name: Name) -> None:
    """Give it another name; whatever has it keeps it."""
    with work() as (session, _):
        resource = rename_resource(session, RenameResource(number, name))
        typer.echo(f"{resource.id}  {resource.kind}  {resource.name}")


@commands.command()
def retire(number: Number) -> None:
    """Let no new appointment take it; those that have it keep it."""
    with work() as (session, _):
        count = retire_resource(session, RetireResource(number), utc_now())
        typer.echo(f"Number {number} is retired; {count} appointments to come have it.")
