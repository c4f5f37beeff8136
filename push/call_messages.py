"""What a gendarme reads when something waits: neutral words, because a lock screen is read by whoever stands near.

No reason, no name, no place, no reference. Of a discreet request it is not even said that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.rules.ladder import Step, Subject
from push.messages import Message, lay_out

_TITLES = {
    (Subject.REQUEST, False): "Une demande attend",
    (Subject.REQUEST, True): "Une demande attend toujours",
    (Subject.APPROVAL, False): "Un rendez-vous attend votre accord",
    (Subject.APPROVAL, True): "Un rendez-vous attend toujours votre accord",
}
_DISCREET = "Vous avez un message"


@dataclass(frozen=True)
class CallWords:
    """The words of a call, and where it leads; `push.call_notices` has them in English too.

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
    subject: Subject
    discreet: bool
    late: bool
    again: bool


def compose_call(step: Step, subject: Subject, subject_id: UUID, *, discreet: bool, public_url: str) -> CallWords:
    """Write the words of a call.

    Args:
        subject_id: of the request or the appointment.
        public_url: the site's address, without a slash at its end.
    """
    late = step >= Step.CHIEF
    navigate = navigate_to(subject, subject_id)
    return CallWords(
        title=_DISCREET if discreet else _TITLES[subject, late],
        body=f"{_DISCREET}." if discreet else "Ouvrez le terminal.",
        tag=tag_of(subject, subject_id),
        navigate=navigate,
        url=public_url + navigate,
        request_id=subject_id if subject is Subject.REQUEST and not discreet else None,
        subject=subject,
        discreet=discreet,
        late=late,
        again=step > Step.AVAILABLE,
    )


def text_message(words: CallWords) -> str:
    """The text message: GSM 03.38 only and one segment. Whoever is called for a request can answer it."""
    choice = "" if words.request_id is None else " Répondez 1 = je m'en charge, 2 = je ne peux pas."
    return f"{words.title}.{choice} Ouvrez le terminal."


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


def navigate_to(subject: Subject, subject_id: UUID) -> str:
    """Where a call leads, below `/terminal/`."""
    return f"/terminal/#/{'demandes' if subject is Subject.REQUEST else 'agenda'}/{subject_id}"


def tag_of(subject: Subject, subject_id: UUID) -> str:
    """The tag of whatever is said about one subject."""
    return f"{'request' if subject is Subject.REQUEST else 'appointment'}-{subject_id}"
