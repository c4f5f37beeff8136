"""What a gendarme reads when something waits: neutral words, because a lock screen is read by whoever stands near.

No reason, no name, no place, no reference. Of a discreet request it is not even said that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.rules.ladder import Standing, Step, Subject
from push.messages import Message, lay_out
from push.web_push_values import PushNotice

_TITLES = {
    (Subject.REQUEST, False): "Une demande attend",
    (Subject.REQUEST, True): "Une demande attend toujours",
    (Subject.APPROVAL, False): "Un rendez-vous attend votre accord",
    (Subject.APPROVAL, True): "Un rendez-vous attend toujours votre accord",
}
_DISCREET = "Vous avez un message"
_OVER = {
    (Subject.REQUEST, Standing.TAKEN): ("Prise en charge", "Un collègue s’en occupe."),
    (Subject.REQUEST, Standing.OVER): ("Plus rien à faire", "Cette demande n’attend plus."),
    (Subject.APPROVAL, Standing.TAKEN): ("Rendez-vous traité", "Un collègue s’en est occupé."),
    (Subject.APPROVAL, Standing.OVER): ("Plus rien à faire", "Ce rendez-vous n’attend plus."),
}
_OVER_DISCREET = ("Prise en charge", "Ce message n’attend plus.")

_TRIAL = {
    "fr": ("Test de ce terminal", "Les notifications arrivent."),
    "en": ("Test of this terminal", "Notifications arrive."),
}


@dataclass(frozen=True)
class CallWords:
    """The words of a call, and where it leads.

    Args:
        tag: the same for every call about one subject, so that the later one takes the place of the earlier.
        navigate: below `/terminal/`; `url` is the same with the site before it.
        request_id: what the button « Accepter » is about; None: no button.
        again: an earlier step may have told the same person.
    """

    title: str
    body: str
    tag: str
    navigate: str
    url: str
    request_id: UUID | None
    late: bool
    again: bool


def compose_call(step: Step, subject: Subject, subject_id: UUID, *, discreet: bool, public_url: str) -> CallWords:
    """Write the words of a call.

    Args:
        subject_id: of the request or the appointment.
        public_url: the site's address, without a slash at its end.
    """
    late = step >= Step.CHIEF
    navigate = _navigate(subject, subject_id)
    return CallWords(
        title=_DISCREET if discreet else _TITLES[subject, late],
        body=f"{_DISCREET}." if discreet else "Ouvrez le terminal.",
        tag=_tag(subject, subject_id),
        navigate=navigate,
        url=public_url + navigate,
        request_id=subject_id if subject is Subject.REQUEST and not discreet else None,
        late=late,
        again=step > Step.AVAILABLE,
    )


def call_notice(words: CallWords, *, quiet: bool, receipt: str) -> PushNotice:
    """The words of a call as a terminal shows them.

    Args:
        quiet: nothing rings, and it does not stay on the screen until somebody looks.
    """
    accept = () if words.request_id is None else (("accept", "Accepter"), ("open", "Voir"))
    return PushNotice(
        title=words.title,
        body=words.body,
        navigate=words.navigate,
        tag=words.tag,
        silent=quiet,
        renotify=words.again and not quiet,
        require_interaction=not quiet,
        actions=accept,
        data={} if words.request_id is None else {"request_id": str(words.request_id)},
        receipt=receipt,
    )


def text_message(words: CallWords) -> str:
    """The text message: GSM 03.38 only and one segment. Whoever is called for a request can answer it."""
    choice = "" if words.request_id is None else " Répondez 1 = je m'en charge, 2 = je ne peux pas."
    return f"{words.title}.{choice} Ouvrez le terminal."


def over_notice(subject: Subject, standing: Standing, subject_id: UUID, *, discreet: bool) -> PushNotice:
    """What takes the place of a call once nothing waits there any more; `standing` is not `WAITING`."""
    title, body = _OVER_DISCREET if discreet else _OVER[subject, standing]
    return PushNotice(
        title=title,
        body=body,
        navigate=_navigate(subject, subject_id),
        tag=_tag(subject, subject_id),
        silent=True,
        # Pages and workers that know what this means take it off the screen altogether.
        data={"taken": "1"},
    )


def trial_notice(language: str, receipt: str) -> PushNotice:
    """What somebody sees who tests their terminal."""
    title, body = _TRIAL.get(language, _TRIAL["fr"])
    return PushNotice(
        title=title, body=body, navigate="/terminal/#/reglages/notifications", tag="test", lang=language,
        renotify=True, receipt=receipt,
    )  # fmt: skip


def mailbox_message(words: CallWords) -> Message:
    """The mail to the unit's mailbox, which everybody of the unit may read."""
    return lay_out(
        "call_mailbox",
        {"title": words.title, "body": words.body, "url": words.url},
        "fr",
        discreet=False,
        reference="",
        follow_url="",
        footer=False,
    )


def _navigate(subject: Subject, subject_id: UUID) -> str:
    return f"/terminal/#/{'demandes' if subject is Subject.REQUEST else 'agenda'}/{subject_id}"


def _tag(subject: Subject, subject_id: UUID) -> str:
    return f"{'request' if subject is Subject.REQUEST else 'appointment'}-{subject_id}"
