"""`brigade api-key`: the keys of partners' machines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from models.queries.api_keys import list_api_keys
from models.rules.api_keys import Scope
from server.command_work import work
from server.context import utc_now
from server.services.create_api_key import CreateApiKey, CreatedApiKey, create_api_key
from server.services.renew_api_key import RenewApiKey, renew_api_key
from server.services.revoke_api_key import RevokeApiKey, revoke_api_key
from server.tokens import Tokens

Number = Annotated[int, typer.Argument(help="The key's number, from the list.")]

commands = typer.Typer(no_args_is_help=True, help="Keys for partners' machines.")


@commands.command()
def create(
    name: Annotated[str, typer.Option(help="Whose machine it is.")],
    scope: Annotated[list[Scope], typer.Option(help="Give it again for each further scope.")],
    unit: Annotated[int | None, typer.Option(help="The one unit that it is for; without it, every unit.")] = None,
    reason: Annotated[
        str | None, typer.Option(help="Code of the reason of its bookings; needed with visioplainte.")
    ] = None,
) -> None:
    """Make a key and print it, this once: only its hash is kept."""
    with work() as (session, settings):
        command = CreateApiKey(name, frozenset(scope), unit, reason)
        made = create_api_key(session, command, utc_now(), Tokens(settings.secret_key))
    _show(made, f"Key {made.api_key_id} for {name.strip()}.")


@commands.command("list")
def list_keys(everything: Annotated[bool, typer.Option("--all", help="Revoked ones too.")] = False) -> None:
    """List the keys: number, name, scopes, unit, reason, last use."""
    with work() as (session, _):
        for key in list_api_keys(session, with_revoked=everything):
            unit = "every unit" if key.unit_id is None else f"unit {key.unit_id}"
            facts = [str(key.id), key.name, " ".join(key.scopes), unit, *([key.reason_code] if key.reason_code else [])]
            facts.append(f"last used {_day(key.last_used_at)}")
            if key.revoked_at is not None:
                facts.append(f"revoked {_day(key.revoked_at)}")
            typer.echo("  ".join(facts))


@commands.command()
def renew(number: Number) -> None:
    """Print another secret for a key, once; the old one ends at once, its bookings stay."""
    with work() as (session, settings):
        made = renew_api_key(session, RenewApiKey(number), Tokens(settings.secret_key))
    _show(made, f"Key {number} is renewed.")


@commands.command()
def revoke(number: Number) -> None:
    """End a key at once; what was booked with it stays."""
    with work() as (session, _):
        key = revoke_api_key(session, RevokeApiKey(number), utc_now())
        typer.echo(f"Key {key.id} of {key.name} is revoked.")


def _show(made: CreatedApiKey, sentence: str) -> None:
    # Called once it is committed: a key that was shown but not kept would be a riddle. It stands alone on standard
    # output, so that a script can take it without cutting.
    typer.echo(made.key)
    typer.echo(f"{sentence} Its secret is not kept and cannot be shown again.", err=True)


def _day(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"
