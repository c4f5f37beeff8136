"""The keys of web push from the shell. They are settings, so nothing is written anywhere but to the screen."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from models.queries.push_subscriptions import KeyInUse, keys_in_use
from push.vapid import VapidKey, check_subject, read_keys
from server.command_work import work


def vapid_keys(
    subject: Annotated[
        str, typer.Option(envvar="VAPID_SUBJECT", help="Whom push services write to: mailto:somebody@example.gouv.fr.")
    ],
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Put the new key before those of VAPID_KEYS, which stay in use.")
    ] = False,
) -> None:
    """Make a key for web push and print the settings that hold it; the private key is a secret."""
    try:
        check_subject(subject)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--subject") from None
    old = _old_keys() if rotate else ()
    keys = (VapidKey.make(), *old)
    typer.echo(f"VAPID_KEYS={','.join(key.write() for key in keys)}")
    typer.echo(f"VAPID_SUBJECT={subject}")
    typer.echo(f"New subscriptions are made with {keys[0].public}.", err=True)
    if old:
        typer.echo(f"Still in use for the subscriptions made with them: {len(old)} older.", err=True)


def push_subscriptions() -> None:
    """Count the browsers that are reached over web push, by the key that they subscribed with.

    A key that no browser names any more may be taken off the end of VAPID_KEYS.
    """
    with work() as (session, settings):
        found = {one.key: one for one in keys_in_use(session)}
    known = [] if settings.push is None else [key.public for key in settings.push.keys]
    for key in (*known, *(one for one in found if one not in known)):
        role = "current" if known[:1] == [key] else "old" if key in known else "not in VAPID_KEYS"
        typer.echo(f"{key}  {role}  {_counted(found.get(key))}")
    if not known and not found:
        typer.echo("Web push is off: VAPID_KEYS is not set, and nobody is subscribed.", err=True)


def _counted(use: KeyInUse | None) -> str:
    if use is None:
        return "no browser"
    return f"{use.terminals} terminals, {use.citizens} citizens, last seen {use.seen_at.date()}"


def _old_keys() -> tuple[VapidKey, ...]:
    try:
        keys = read_keys(os.environ.get("VAPID_KEYS", ""))
    except ValueError as error:
        raise typer.BadParameter(f"VAPID_KEYS is wrong: {error}.", param_hint="--rotate") from None
    if not keys:
        raise typer.BadParameter("VAPID_KEYS is not set: there is no key to rotate.", param_hint="--rotate")
    return keys
