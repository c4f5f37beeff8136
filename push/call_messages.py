"""What a gendarme reads when something waits: neutral words, because a lock screen is read by whoever stands near.

No reason, no name, no place, no reference. Of a discreet request it is not even said that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.rules.ladder import Step, Subject
from push.messages import Message, lay_out
from push.web_push_values import PushNotice

_TITLES = {
    (Subject.REQUEST, False): "Une demande attend",
    (Subject.REQUEST, True): "Une demande attend toujours",
    (Subject.APPROVAL, False): "Un rendez-vous attend votre accord",
    (Subject.APPROVAL, True): "Un rendez-vous attend toujours votre accord",
}
_DISCREET = "Vous avez un message"


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
    place = "demandes" if subject is Subject.REQUEST else "agenda"
    navigate = f"/terminal/#/{place}/{subject_id}"
    return CallWords(
        title=_DISCREET if discreet else _TITLES[subject, late],
        body=f"{_DISCREET}." if discreet else "Ouvrez le terminal.",
        tag=f"{'request' if subject is Subject.REQUEST else 'appointment'}-{subject_id}",
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
