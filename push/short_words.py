"""What fits on a locked screen: the two lines of a push, and the text message about the same event.

Both are read by whoever stands near. They hold no reason, no name, no place and not who we are; a reference, a time and
the link that follows are all a text message may say. A discreet one says that there is a message, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.appointment_events import AppointmentEvent, AppointmentReminded
from models.events import RequestEvent
from models.rules.appointments import EndedBy
from push.appointment_messages import AppointmentFacts
from push.messages import NoticeFacts
from push.sms.words import in_gsm7
from push.times import say_instant


@dataclass(frozen=True)
class ShortWords:
    """The words about one event.

    Args:
        title, body: of a push.
        text: of a text message; it holds the link that follows, unless it is discreet.
        answers: of a push that asks: an answer's name, the words on its button, and the page where it is given.
    """

    title: str
    body: str
    text: str = field(repr=False)
    answers: Sequence[tuple[str, str, str]] = field(default=(), repr=False)


# An event's title and body on a locked screen, then its text message.
_Words = tuple[str, str, str]

_FRENCH: dict[str, _Words] = {
    "request_created": (
        "Votre demande est reçue",
        "Touchez pour la suivre.",
        "Votre demande {reference} est bien reçue. Pour la suivre : {url}",
    ),
    "request_accepted": (
        "Quelqu’un s’occupe de votre demande",
        "Vous aurez bientôt une réponse.",
        "Demande {reference} : quelqu'un s'en occupe. Suivi : {url}",
    ),
    "request_transferred": (
        "Votre demande a changé de service",
        "Touchez pour savoir qui répondra.",
        "Demande {reference} : un autre service y répondra. Suivi : {url}",
    ),
    "request_closed": (
        "Votre demande est close",
        "Touchez pour lire la suite.",
        "Demande {reference} : elle est close. Suivi : {url}",
    ),
    "request_withdrawn": (
        "Votre demande est retirée",
        "Comme vous l’avez demandé.",
        "Demande {reference} : elle est retirée, comme vous l'avez voulu. {url}",
    ),
    "request_expired": (
        "Votre demande est restée sans réponse",
        "Touchez pour voir que faire.",
        "Demande {reference} : restée sans réponse, nous le regrettons. Que faire : {url}",
    ),
    "request_late": (
        "Votre demande attend encore",
        "Les responsables sont prévenus.",
        "Demande {reference} : elle attend encore, les responsables sont prévenus. {url}",
    ),
    "request_opinion_asked": (
        "Comment cela s’est-il passé ?",
        "Touchez pour répondre, si vous voulez.",
        "Demande {reference} : comment cela s'est-il passé ? {url}",
    ),
    "appointment_requested": (
        "Rendez-vous demandé",
        "{When}. Vous aurez une réponse.",
        "Rendez-vous demandé : {when}. Vous aurez une réponse. {url}",
    ),
    "appointment_booked": ("Votre rendez-vous", "{When}.", "Rendez-vous : {when}. Lieu et détails : {url}"),
    "appointment_approved": (
        "Rendez-vous confirmé",
        "{When}.",
        "Rendez-vous confirmé : {when}. Lieu et détails : {url}",
    ),
    "appointment_moved": ("Rendez-vous déplacé", "{When}.", "Rendez-vous déplacé : {when}. Détails : {url}"),
    "cancelled_by_citizen": (
        "Rendez-vous annulé",
        "{When}. Comme vous l’avez demandé.",
        "Rendez-vous annulé comme demandé : {when}. {url}",
    ),
    "cancelled_by_unit": (
        "Votre rendez-vous ne peut pas avoir lieu",
        "{When}. Touchez pour en choisir un autre.",
        "Rendez-vous impossible : {when}. La suite : {url}",
    ),
    "cancelled_by_time": (
        "Votre rendez-vous n’a pas été confirmé",
        "{When}. Touchez pour en choisir un autre.",
        "Rendez-vous non confirmé : {when}. La suite : {url}",
    ),
    "appointment_offered": (
        "Un rendez-vous plus tôt est possible",
        "{When}. Touchez pour répondre.",
        "Rendez-vous plus tôt possible : {when}. Répondre : {url}",
    ),
    "reminded_two_days": (
        "Rappel de votre rendez-vous",
        "{When}.",
        "Rappel : {when}. Répondez 1 = je viens, 2 = j'annule. {url}",
    ),
    # It is too late to cancel without speaking to somebody.
    "reminded_two_hours": (
        "Votre rendez-vous est proche",
        "{When}.",
        "Rappel : rendez-vous {when}. Lieu : {url}",
    ),
    "appointment_late": (
        "Votre rendez-vous attend encore",
        "Les responsables sont prévenus.",
        "Rendez-vous demandé : toujours sans réponse, les responsables sont prévenus. {url}",
    ),
    "appointment_opinion_asked": (
        "Comment cela s’est-il passé ?",
        "Touchez pour répondre, si vous voulez.",
        "Votre rendez-vous : comment cela s'est-il passé ? {url}",
    ),
}

_ENGLISH: dict[str, _Words] = {
    "request_created": (
        "Your request has arrived",
        "Tap to follow it.",
        "Your request {reference} has arrived. Follow it: {url}",
    ),
    "request_accepted": (
        "Somebody takes care of your request",
        "You will soon have an answer.",
        "Request {reference}: somebody takes care of it. Follow it: {url}",
    ),
    "request_transferred": (
        "Your request went to another service",
        "Tap to see who will answer.",
        "Request {reference}: another service will answer. Follow it: {url}",
    ),
    "request_closed": ("Your request is closed", "Tap to read on.", "Request {reference}: it is closed. {url}"),
    "request_withdrawn": (
        "Your request is withdrawn",
        "As you asked.",
        "Request {reference}: it is withdrawn, as you asked. {url}",
    ),
    "request_expired": (
        "Nobody answered your request",
        "Tap to see what to do.",
        "Request {reference}: nobody answered, we are sorry. What to do: {url}",
    ),
    "request_late": (
        "Your request is still waiting",
        "Those in charge know of it.",
        "Request {reference}: still waiting, those in charge know of it. {url}",
    ),
    "request_opinion_asked": (
        "How was it?",
        "Tap to answer, if you like.",
        "Request {reference}: how was it? {url}",
    ),
    "appointment_requested": (
        "Appointment requested",
        "{When}. You will have an answer.",
        "Appointment requested: {when}. An answer follows. {url}",
    ),
    "appointment_booked": ("Your appointment", "{When}.", "Appointment: {when}. Place and details: {url}"),
    "appointment_approved": (
        "Appointment confirmed",
        "{When}.",
        "Appointment confirmed: {when}. Place and details: {url}",
    ),
    "appointment_moved": ("Appointment moved", "{When}.", "Appointment moved: {when}. Details: {url}"),
    "cancelled_by_citizen": (
        "Appointment cancelled",
        "{When}. As you asked.",
        "Appointment cancelled, as you asked: {when}. {url}",
    ),
    "cancelled_by_unit": (
        "Your appointment cannot take place",
        "{When}. Tap to choose another one.",
        "Appointment not possible: {when}. What next: {url}",
    ),
    "cancelled_by_time": (
        "Your appointment was not confirmed",
        "{When}. Tap to choose another one.",
        "Appointment not confirmed: {when}. What next: {url}",
    ),
    "appointment_offered": (
        "An earlier appointment is possible",
        "{When}. Tap to answer.",
        "Earlier appointment possible: {when}. Answer: {url}",
    ),
    "reminded_two_days": (
        "Reminder of your appointment",
        "{When}.",
        "Reminder: {when}. Reply 1 = coming, 2 = cancel. {url}",
    ),
    "reminded_two_hours": (
        "Your appointment is near",
        "{When}.",
        "Reminder: appointment {when}. Place: {url}",
    ),
    "appointment_late": (
        "Your appointment is still waiting",
        "Those in charge know of it.",
        "Appointment requested: no answer yet, those in charge know of it. {url}",
    ),
    "appointment_opinion_asked": (
        "How was it?",
        "Tap to answer, if you like.",
        "Your appointment: how was it? {url}",
    ),
}

_WORDS: Mapping[str, Mapping[str, _Words]] = {"fr": _FRENCH, "en": _ENGLISH}
_ANSWERS = {"fr": ("Je viens", "J’annule"), "en": ("I am coming", "Cancel my appointment")}
_DISCREET = {"fr": "Vous avez un message", "en": "You have a message"}


def short_request(event: RequestEvent, facts: NoticeFacts, language: str) -> ShortWords:
    """Write the short words about a request.

    Raises:
        LookupError: this event has none in this language.
    """
    if facts.discreet:
        return _discreet(language)
    return _fill(event.name, language, {"reference": facts.reference, "url": facts.follow_url})


def short_appointment(event: AppointmentEvent, facts: AppointmentFacts, language: str) -> ShortWords:
    """Write the short words about an appointment.

    Raises:
        LookupError: as above.
    """
    if facts.discreet:
        return _discreet(language)
    when = say_instant(facts.starts_at, facts.time_zone, language)
    values = {"when": when, "When": when[:1].upper() + when[1:], "url": facts.follow_url}
    words = _fill(_variant(event, facts), language, values)
    return replace(words, answers=_answers(facts, language)) if isinstance(event, AppointmentReminded) else words


def _answers(facts: AppointmentFacts, language: str) -> list[tuple[str, str, str]]:
    pages = {"coming": facts.coming_url, "cancelling": facts.cancelling_url}
    named = zip(pages.items(), _ANSWERS[language], strict=True)
    return [(answer, words, url) for (answer, url), words in named if url]


def _variant(event: AppointmentEvent, facts: AppointmentFacts) -> str:
    if event.name == "appointment_cancelled":
        return {EndedBy.CITIZEN: "cancelled_by_citizen", EndedBy.UNIT: "cancelled_by_unit"}.get(
            EndedBy(facts.by), "cancelled_by_time"
        )
    if isinstance(event, AppointmentReminded):
        return f"reminded_{event.ahead}"
    if event.name in ("appointment_booked", "appointment_moved") and facts.requested:
        return "appointment_requested"
    return event.name


def _discreet(language: str) -> ShortWords:
    words = _DISCREET[language]
    return ShortWords(words, f"{words}.", f"{words}.")


def _fill(name: str, language: str, values: Mapping[str, str]) -> ShortWords:
    title, body, text = (words.format(**values) for words in _WORDS[language][name])
    return ShortWords(title, body, in_gsm7(text))
