"""`brigade vapid-keys`: the keys of web push. They are settings, so nothing is written anywhere but to the screen."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from push.vapid import VapidKey, check_subject, read_keys


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


def _old_keys() -> tuple[VapidKey, ...]:
    try:
        keys = read_keys(os.environ.get("VAPID_KEYS", ""))
    except ValueError as error:
        raise typer.BadParameter(f"VAPID_KEYS is wrong: {error}.", param_hint="--rotate") from None
    if not keys:
        raise typer.BadParameter("VAPID_KEYS is not set: there is no key to rotate.", param_hint="--rotate")
    return keys
