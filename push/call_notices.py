"""What a terminal shows over web push, in the language of its screens: calls, what takes their place, and tests."""

from __future__ import annotations

from uuid import UUID

from models.rules.ladder import Standing, Subject
from push.call_messages import CallWords, navigate_to, tag_of
from push.web_push_values import PushNotice

_ENGLISH = {
    (Subject.REQUEST, False): "A request is waiting",
    (Subject.REQUEST, True): "A request is still waiting",
    (Subject.APPROVAL, False): "An appointment is waiting for your approval",
    (Subject.APPROVAL, True): "An appointment is still waiting for your approval",
}
_ENGLISH_DISCREET = "You have a message"
_BUTTONS = {
    "fr": (("accept", "Accepter"), ("open", "Voir")),
    "en": (("accept", "Accept"), ("open", "View")),
}
_OVER = {
    "fr": {
        (Subject.REQUEST, Standing.TAKEN): ("Prise en charge", "Un collègue s’en occupe."),
        (Subject.REQUEST, Standing.OVER): ("Plus rien à faire", "Cette demande n’attend plus."),
        (Subject.APPROVAL, Standing.TAKEN): ("Rendez-vous traité", "Un collègue s’en est occupé."),
        (Subject.APPROVAL, Standing.OVER): ("Plus rien à faire", "Ce rendez-vous n’attend plus."),
    },
    "en": {
        (Subject.REQUEST, Standing.TAKEN): ("Taken", "A colleague is seeing to it."),
        (Subject.REQUEST, Standing.OVER): ("Nothing left to do", "This request is no longer waiting."),
        (Subject.APPROVAL, Standing.TAKEN): ("Appointment dealt with", "A colleague has seen to it."),
        (Subject.APPROVAL, Standing.OVER): ("Nothing left to do", "This appointment is no longer waiting."),
    },
}
_OVER_BY_ONESELF = {
    "fr": {Subject.REQUEST: "C’est vous qui vous en occupez.", Subject.APPROVAL: "C’est vous qui avez répondu."},
    "en": {Subject.REQUEST: "You are seeing to it.", Subject.APPROVAL: "You have answered it."},
}
_OVER_DISCREET = {
    "fr": ("Plus rien à faire", "Ce message n’attend plus."),
    "en": ("Nothing left to do", "This message is no longer waiting."),
}
_TEST = {
    "fr": ("Test de ce terminal", "Les notifications arrivent."),
    "en": ("Test of this terminal", "Notifications arrive."),
}


def call_notice(words: CallWords, language: str, *, quiet: bool, receipt: str) -> PushNotice:
    """A call as a terminal shows it.

    Args:
        quiet: nothing rings, and it does not stay on the screen until somebody looks.
    """
    title, body = _in_words(words, language)
    return PushNotice(
        title=title,
        body=body,
        navigate=words.navigate,
        tag=words.tag,
        lang=language,
        silent=quiet,
        renotify=words.again and not quiet,
        require_interaction=not quiet,
        actions=() if words.request_id is None else _BUTTONS[language],
        data={} if words.request_id is None else {"request_id": str(words.request_id)},
        receipt=receipt,
    )


def over_notice(
    subject: Subject, standing: Standing, subject_id: UUID, language: str, *, discreet: bool, own: bool = False
) -> PushNotice:
    """What takes the place of a call once nothing waits there any more; `standing` is not `WAITING`.

    Args:
        own: whoever reads it has ended the wait, from a plain phone or another terminal.
    """
    title, body = _OVER_DISCREET[language] if discreet else _OVER[language][subject, standing]
    if own and standing is Standing.TAKEN and not discreet:
        body = _OVER_BY_ONESELF[language][subject]
    return PushNotice(
        title=title,
        body=body,
        navigate=navigate_to(subject, subject_id),
        tag=tag_of(subject, subject_id),
        lang=language,
        silent=True,
        # By this pages and workers know that it only takes something back.
        data={"taken": "1"},
    )


def trial_notice(language: str, receipt: str) -> PushNotice:
    """What somebody sees who tests their terminal; it rings, although they may have rested."""
    title, body = _TEST[language]
    return PushNotice(
        title=title,
        body=body,
        navigate="/terminal/#/reglages/notifications",
        tag="test",
        lang=language,
        renotify=True,
        receipt=receipt,
    )


def _in_words(words: CallWords, language: str) -> tuple[str, str]:
    if language == "fr":
        return words.title, words.body
    if words.discreet:
        return _ENGLISH_DISCREET, f"{_ENGLISH_DISCREET}."
    return _ENGLISH[words.subject, words.late], "Open the terminal."
