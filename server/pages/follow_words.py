"""The state of a request in sentences: what is, what happens next, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.queries.followed_request import FollowedEvent, FollowedRequest
from models.rules.contact_details import CallWindow, Channel
from models.rules.request_lifecycle import Outcome, State
from server.i18n import gettext
from server.pages.moments import say_deadline, say_moment
from server.pages.units import unit_in_words


@dataclass(frozen=True)
class StateInWords:
    """What the follow page says on top.

    Args:
        badge: one or two words; `tone` is the design system's (`info`, `success`, `warning`, or `new`).
        title: what is, `next` what happens now, as a sentence.
    """

    badge: str
    tone: str
    title: str
    next: str


@dataclass(frozen=True)
class Line:
    """One line of the history; a `quiet` one says what was sent, not what happened."""

    at: str
    iso: str
    words: str
    own_word: str = ""
    quiet: bool = False


def say_state(request: FollowedRequest, now: datetime, *, near_words: bool = True) -> StateInWords:
    """The words for the present state at `now`, in the unit's own zone; `near_words` as for `say_day`."""
    match request.state:
        case State.WAITING:
            return _waiting(request, now, near_words)
        case State.ACCEPTED:
            return StateInWords(
                gettext("Prise en charge"),
                "success",
                gettext("Un gendarme s’occupe de votre demande"),
                _answer(request, gettext("Un gendarme de %(unit)s", unit=_unit(request))),
            )
        case State.DONE:
            return StateInWords(gettext("Terminée"), "success", gettext("Votre demande est terminée"), _done(request))
        case State.WITHDRAWN:
            return StateInWords(
                gettext("Annulée"),
                "info",
                gettext("Vous avez annulé votre demande"),
                gettext("Personne ne vous appellera. Vous pouvez faire une nouvelle demande à tout moment."),
            )
        case State.EXPIRED:
            return StateInWords(
                gettext("Sans réponse"),
                "warning",
                gettext("Votre demande n’a pas reçu de réponse"),
                gettext("Nous le regrettons. Appelez la brigade, ou faites une nouvelle demande."),
            )


def say_history(request: FollowedRequest, now: datetime, *, near_words: bool = True) -> list[Line]:
    """What happened, the newest first; `near_words` as for `say_day`."""
    zone = ZoneInfo(request.unit.time_zone)
    return [
        Line(
            capital(say_moment(event.at, now, zone, near_words=near_words)),
            event.at.isoformat(),
            _say_event(event),
            event.text,
        )
        for event in reversed(request.history)
    ]


def _waiting(request: FollowedRequest, now: datetime, near_words: bool) -> StateInWords:
    if now > request.due_at:
        return StateInWords(
            gettext("En attente"),
            "warning",
            gettext("Votre demande attend plus longtemps que prévu"),
            gettext("Elle n’est pas oubliée. Si vous ne pouvez pas attendre, appelez la brigade."),
        )
    when = say_deadline(request.due_at, now, ZoneInfo(request.unit.time_zone), near_words=near_words)
    unit = capital(_unit(request))
    if request.call_window == CallWindow.ASAP:
        happens = _deadline_by_channel(request.channel, unit, when)
    else:
        happens = gettext("%(unit)s lit votre demande %(when)s.", unit=unit, when=when)
        happens += " " + _window_by_channel(request.channel, _window(request.call_window))
    transferred = request.transferred_at is not None
    return StateInWords(
        gettext("Transmise") if transferred else gettext("En attente"),
        "info",
        gettext("Votre demande a changé de brigade") if transferred else gettext("La brigade a reçu votre demande"),
        happens,
    )


def _deadline_by_channel(channel: str, unit: str, when: str) -> str:
    match channel:
        case Channel.SMS:
            return gettext("%(unit)s vous écrit par SMS %(when)s.", unit=unit, when=when)
        case Channel.EMAIL:
            return gettext("%(unit)s vous répond par courriel %(when)s.", unit=unit, when=when)
        case _:
            return gettext("%(unit)s vous rappelle %(when)s.", unit=unit, when=when)


def _window_by_channel(channel: str, window: str) -> str:
    match channel:
        case Channel.SMS:
            return gettext("Un gendarme vous écrit ensuite par SMS %(window)s.", window=window)
        case Channel.EMAIL:
            return gettext("Un gendarme vous répond ensuite par courriel %(window)s.", window=window)
        case _:
            return gettext("Un gendarme vous appelle ensuite, %(window)s.", window=window)


def _window(call_window: str) -> str:
    return {
        CallWindow.MORNING.value: gettext("plutôt le matin"),
        CallWindow.AFTERNOON.value: gettext("plutôt l’après-midi"),
        CallWindow.EVENING.value: gettext("plutôt en soirée"),
    }.get(call_window, gettext("dès que possible"))


def _answer(request: FollowedRequest, who: str) -> str:
    window = _window(request.call_window)
    match request.channel:
        case Channel.SMS:
            return gettext("%(who)s vous écrit par SMS %(window)s.", who=who, window=window)
        case Channel.EMAIL:
            return gettext("%(who)s vous répond par courriel %(window)s.", who=who, window=window)
        case _:
            return gettext("%(who)s vous appelle %(window)s.", who=who, window=window)


def _done(request: FollowedRequest) -> str:
    match request.outcome:
        case Outcome.APPOINTMENT:
            return gettext("Vous avez convenu d’un rendez-vous avec la brigade.")
        case Outcome.REDIRECTED:
            return gettext("Le gendarme vous a orienté vers le bon service.")
        case Outcome.UNREACHABLE:
            return gettext(
                "Le gendarme n’a pas réussi à vous joindre. Appelez la brigade, ou faites une nouvelle demande."
            )
        case Outcome.MISTAKE:
            return gettext("La brigade l’a classée comme une erreur. Si ce n’en est pas une, appelez-la.")
        case _:
            return gettext("Le gendarme y a répondu. Pour la suite, gardez la référence.")


def _say_event(event: FollowedEvent) -> str:
    unit = unit_in_words(event.unit)
    words = {
        "request_created": gettext("Vous avez envoyé votre demande à %(unit)s.", unit=unit),
        "request_accepted": gettext("Un gendarme de %(unit)s a pris votre demande en charge.", unit=unit),
        "request_released": gettext("Votre demande attend un autre gendarme de %(unit)s.", unit=unit),
        "request_transferred": gettext("Votre demande a été transmise à %(unit)s.", unit=unit),
        "citizen_word_added": gettext("Vous avez ajouté un message."),
        "request_closed": gettext("Le gendarme a terminé votre demande."),
        "request_withdrawn": gettext("Vous avez annulé votre demande."),
        "request_late": gettext("Personne ne l’a encore prise en charge. Les responsables ont été prévenus."),
        "request_expired": gettext("Votre demande a pris fin sans réponse."),
    }
    return words[event.name]


def _unit(request: FollowedRequest) -> str:
    return unit_in_words(request.unit.name)


def capital(text: str) -> str:
    """`text` as it begins a sentence."""
    return text[:1].upper() + text[1:]
