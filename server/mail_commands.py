"""What a mail server hands over to us: `brigade bounce` reads a mail that came back."""

from __future__ import annotations

import os
import sys

import typer
from sqlalchemy.exc import SQLAlchemyError

from push.bounces import read_bounce
from server.command_work import work
from server.config import ConfigError
from server.context import utc_now
from server.services.record_bounce import RecordBounce, record_bounce

# What comes after it is the mail that we have sent ourselves.
LONGEST = 1_000_000


def bounce() -> None:
    """Read a mail that came back from standard input, and tell its citizen over the next channel.

    Whatever is no bounce of ours is ignored, so that the mail server never sends an answer. Exit code 75 asks it to
    come again later: the database is away, or a setting is missing.
    """
    raw = sys.stdin.buffer.read(LONGEST)
    try:
        with work() as (session, settings):
            if settings.mail_bounces is None:
                raise ConfigError("MAIL_BOUNCES is missing: set it to the address that mails come back to.")
            found = read_bounce(raw, settings.mail_bounces)
            is_news = found is not None and record_bounce(
                session, RecordBounce(found.notice_id, found.status), utc_now()
            )
    except (ConfigError, SQLAlchemyError) as error:
        words = str(error) if isinstance(error, ConfigError) else "the database cannot be used now"
        typer.echo(f"brigade: {words}", err=True)
        raise typer.Exit(os.EX_TEMPFAIL) from None
    if found is None:
        typer.echo("No bounce of ours: ignored.")
    else:
        typer.echo(f"notice {found.notice_id}: {found.status}" + ("" if is_news else ", known already"))
