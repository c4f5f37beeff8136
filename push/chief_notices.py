"""What a chief's terminals show when the planning needs them: neutral words, as for every lock screen.

No name, no time, no place. Of a discreet appointment it is not even said that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from push.web_push_values import PushNotice

_SILENT = {
    "fr": ("Un planning ne répond plus", "Les rendez-vous qui en dépendent attendent votre accord."),
    "en": ("A planning has gone silent", "Appointments that depend on it wait for your approval."),
}
_CLASHES = {
    "fr": ("Le planning contredit un rendez-vous", "Le planning contredit {count} rendez-vous", "À vous de décider."),
    "en": ("The planning contradicts an appointment", "The planning contradicts {count} appointments", "You decide."),
}
_DISCREET = {"fr": "Vous avez un message", "en": "You have a message"}


@dataclass(frozen=True)
class Silence:
    """A source that has been silent for longer than it may."""

    planning_id: UUID


@dataclass(frozen=True)
class Clashes:
    """Appointments that are near and that the planning contradicts; `discreet`: one of them is.

    Args:
        unit_id: whose; all of its clashes are one notice on a screen.
    """

    unit_id: int
    appointment_ids: tuple[UUID, ...]
    discreet: bool


def chief_notice(said: Silence | Clashes, language: str, *, quiet: bool) -> PushNotice:
    """What is shown on a terminal in `language`; nothing rings when `quiet`."""
    if isinstance(said, Silence):
        title, body = _SILENT[language]
        place, tag = f"reglages/calendriers/planning/{said.planning_id}", f"planning-{said.planning_id}"
    else:
        title, body = _words(said, language)
        # Where there are several, the desk has them all.
        [only, *others] = said.appointment_ids
        place, tag = ("a-traiter" if others else f"agenda/{only}"), f"clashes-{said.unit_id}"
    return PushNotice(
        title=title,
        body=body,
        navigate=f"/terminal/#/{place}",
        tag=tag,
        lang=language,
        silent=quiet,
        renotify=not quiet,
    )


def _words(said: Clashes, language: str) -> tuple[str, str]:
    if said.discreet:
        return _DISCREET[language], f"{_DISCREET[language]}."
    one, several, body = _CLASHES[language]
    count = len(said.appointment_ids)
    return (one if count == 1 else several.format(count=count)), body
