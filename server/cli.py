"""`brigade`: everything an administrator does from a shell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.rules.errors import Invalid
from models.tables import Agent, Unit
from server.api_key_commands import commands as api_key_commands
from server.command_work import work as _work
from server.config import ConfigError, Settings, database_url
from server.context import utc_now
from server.importers.commands import commands as import_commands
from server.mail_commands import bounce
from server.phone_numbers import read_mobile, region_of
from server.push_commands import push_subscriptions, vapid_keys
from server.reason_commands import commands as reason_commands
from server.resource_commands import commands as resource_commands
from server.sms_settings import countries_of
from server.tokens import Tokens

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Login = Annotated[str, typer.Argument(help="The name that the agent signs in with.")]
PasswordFromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]

UNDEFINED_TABLE = "42P01"


@app.callback()
def _brigade(context: typer.Context) -> None:
    """Brigade numérique."""
    command = context.invoked_subcommand or ""
    if command.startswith("import-"):
        # Imports know only a database address; without one they take the embedded server, like all the rest.
        context.default_map = {command: {"database_url": database_url()}}


app.add_typer(import_commands)
app.add_typer(api_key_commands, name="api-key")
app.command("vapid-keys")(vapid_keys)
app.command("push-subscriptions")(push_subscriptions)
app.command("bounce")(bounce)
app.add_typer(resource_commands, name="resource")
app.add_typer(reason_commands, name="reason")


@app.command()
def release() -> None:
    """Bring the database up to date; safe to run again, and by two releases at once."""
    from models import migrations
    from models.database import driver_url

    migrations.upgrade(driver_url(database_url()))


@app.command()
def demo(
    var_dir: Annotated[
        Path, typer.Option(envvar="VAR_DIR", help="Where demo-sign-ins.json is written, for its owner only.")
    ] = Path("var"),
) -> None:
    """Fill an empty database with a demonstration: fictional brigades, accounts and requests."""
    # Imported late, because only a demonstration needs it.
    from server.demo.fill import fill, write_sign_ins
    from server.sealing import Sealer

    # Before anything is drawn: passwords that cannot be written down would be lost.
    var_dir.mkdir(parents=True, exist_ok=True)
    with _work() as (session, settings):
        filled = fill(session, utc_now(), Tokens(settings.secret_key), Sealer(settings.calendar_settings.secrets))
    path = write_sign_ins(var_dir, filled.sign_ins)
    typer.echo(
        f"Demonstration: {filled.communes} communes, {filled.units} units, {filled.requests} requests,"
        f" {filled.bookings} bookings, {len(filled.sign_ins)} accounts (passwords in {path})."
    )


@app.command("create-agent")
def create_agent_command(
    login: Login,
    name: Annotated[str, typer.Option(help="The name that colleagues read.")],
    role: Annotated[list[Role], typer.Option(help="Give it again for each further role.")],
    unit: Annotated[int | None, typer.Option(help="Public unit id; needed by gendarmes and chiefs.")] = None,
    phone: Annotated[str | None, typer.Option(help="Mobile number that the ladder may send text messages to.")] = None,
    password_stdin: PasswordFromStdin = False,
) -> None:
    """Open an account. The password is asked for twice, or read from standard input; never an argument."""
    from server.services.create_agent import CreateAgent, create_agent

    password = _read_password(password_stdin)
    with _work() as (session, settings):
        mobile = _read_mobile(session, settings, unit, phone) if phone else None
        agent = create_agent(session, CreateAgent(login, name, frozenset(role), unit, password, mobile), utc_now())
        typer.echo(f"Account {agent.login} is open for {agent.name}.")


@app.command("set-phone")
def set_phone_command(
    login: Login,
    phone: Annotated[str | None, typer.Argument(help="As it is dialled in the unit, or with +33 before it.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Send this agent no text messages any more.")] = False,
) -> None:
    """Set or forget the mobile phone over which what waits may call an agent by text message."""
    from server.services.revoke_sign_ins import find_agent
    from server.services.set_agent_phone import SetAgentPhone, set_agent_phone

    if (phone is None) != forget:
        raise typer.BadParameter("give a number, or --forget.")
    with _work() as (session, settings):
        agent: Agent = find_agent(session, login)
        mobile = _read_mobile(session, settings, agent.unit_id, phone) if phone else None
        set_agent_phone(session, SetAgentPhone(login, mobile))
        typer.echo(f"{agent.name} can{'not' if forget else ''} be called by text message.")


@app.command("set-service-number")
def set_service_number_command(
    login: Login,
    number: Annotated[str | None, typer.Argument(help="What planning tools call the agent (NIGEND).")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="No table of positions names this agent any more.")] = False,
) -> None:
    """Set or forget the number by which tables of positions name an agent."""
    from server.services.set_service_number import SetServiceNumber, set_service_number

    if (number is None) != forget:
        raise typer.BadParameter("give a number, or --forget.")
    with _work() as (session, _settings):
        kept = set_service_number(session, SetServiceNumber(login, number))
        typer.echo(f"{login} has no service number." if kept is None else f"{login} has the service number {kept}.")


@app.command("close-agent")
def close_agent_command(login: Login) -> None:
    """Close an account; its open sign-ins end at once."""
    from server.services.close_agent import CloseAgent, close_agent

    _tell_ended(lambda session: close_agent(session, CloseAgent(login), utc_now()), f"Account {login} is closed.")


@app.command("reset-password")
def reset_password_command(login: Login, password_stdin: PasswordFromStdin = False) -> None:
    """Give an account a new password; its open sign-ins end at once."""
    from server.services.reset_password import ResetPassword, reset_password

    command = ResetPassword(login, _read_password(password_stdin))
    _tell_ended(lambda session: reset_password(session, command, utc_now()), f"Account {login} has a new password.")


@app.command("revoke-sessions")
def revoke_sessions_command(
    login: Annotated[str | None, typer.Argument(help="Whose; leave it out with --all.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="End the sign-ins of every account.")] = False,
) -> None:
    """End open sign-ins at once, as when a phone is lost."""
    from server.services.revoke_sign_ins import RevokeSignIns, revoke_sign_ins

    if (login is None) != everybody:
        raise typer.BadParameter("name one login, or give --all.")
    _tell_ended(lambda session: revoke_sign_ins(session, RevokeSignIns(login), utc_now()), "Done.")


@app.command("change-epoch")
def change_epoch_command() -> None:
    """After a restore from backup: make every terminal start over with the documents that the database now has."""
    from server.services.change_epoch import change_epoch

    with _work() as (session, _):
        typer.echo(f"The feeds are in epoch {change_epoch(session, utc_now())}.")


@app.command("set-holiday")
def set_holiday_command(
    unit: Annotated[int, typer.Argument(help="Public unit id.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Such as 2027-07-14.")],
    name: Annotated[str, typer.Option(help="The day is a public holiday for the unit, under this name.")] = "",
    ordinary: Annotated[bool, typer.Option("--ordinary", help="The day is a day like any for the unit.")] = False,
) -> None:
    """Let a unit depart from its zone's public holidays; without --name and --ordinary the calendar holds again.

    Its openings close and open as their own rule says; whoever has an appointment is offered other times.
    """
    from models.rules.actor import SystemActor
    from server.services.set_unit_holiday import SetUnitHoliday, set_unit_holiday

    with _work() as (session, _):
        command = SetUnitHoliday(day.date(), name.strip(), ordinary, unit)
        set_unit_holiday(session, command, SystemActor("command line"), utc_now())
    typer.echo("Done.")


def _tell_ended(work: Callable[[Session], int], done: str) -> None:
    with _work() as (session, _):
        ended = work(session)
    typer.echo(f"{done} Sign-ins ended: {ended}.")


def _read_mobile(session: Session, settings: Settings, unit_id: int | None, typed: str) -> str:
    unit = None if unit_id is None else session.get(Unit, unit_id)
    region = region_of(unit.commune_insee) if unit else "FR"
    phone = read_mobile(typed, region, countries_of(settings.sms))
    if phone is None:
        raise Invalid("invalid_agent", {"fields": {"phone": "no mobile number of a country that texts go to"}})
    return phone


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def main() -> None:
    """Run one command; a wrong setting ends with a sentence instead of a traceback."""
    try:
        app()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != UNDEFINED_TABLE:
            raise
        sys.exit("brigade: this database has no tables yet. Run `brigade release` first.")
    except OperationalError:
        sys.exit("brigade: the database cannot be reached. Check DATABASE_URL, and that the server runs.")
