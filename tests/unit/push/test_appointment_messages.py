from __future__ import annotations

import dataclasses
import itertools
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.appointment_events import APPOINTMENT_EVENTS
from models.events import DELIVER
from models.rules.appointments import State
from models.rules.openings import PlaceKind
from push.appointment_audience import AppointmentSituation, appointment_audience
from push.appointment_messages import AppointmentFacts, compose_appointment, compose_code
from push.messages import LANGUAGES
from push.ways import Channel, Recipient, Ways, Who
from tests.unit.push.test_messages import Words, plain

# A Tuesday: half past nine in Belley.
WHEN = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 13, 0, tzinfo=UTC)
FOLLOW = "https://rdv.example.org/suivi/AbCdEfGhIjKlMnOpQrStUv"
COMING, CANCELLING = f"{FOLLOW}/je-viens", f"{FOLLOW}/annuler"
OWN = {
    "appointment_booked": {"state": "confirmed"},
    "appointment_moved": {"from_appointment_id": "0", "by": "citizen"},
    "appointment_cancelled": {"by": "unit", "word": "Une intervention."},
    "appointment_offered": {"offer": "earlier"},
    "offer_ended": {"how": "declined"},
    "appointment_agents_changed": {"how": "taken", "agent_ids": (7,)},
    "appointment_outcome": {"outcome": "honoured"},
    "earlier_time_wanted": {"wanted": True},
    "calendar_mails_chosen": {"wanted": True},
    "appointment_reminded": {"ahead": "two_days"},
    "appointment_promised": {"ahead": "two_days"},
    "agenda_touched": {"deed": "deleted"},
    "agenda_answered": {"answer": "keep"},
    **{f"clash_{how}": {"clash_id": "1", "about_agent_id": None} for how in ("raised", "kept", "ended")},
}
DELIVERED = [name for name, event in APPOINTMENT_EVENTS.items() if DELIVER in event.deferrals]
STATE_AFTER = {
    "appointment_cancelled": State.CANCELLED,
    "appointment_offered": State.HELD,
    "appointment_late": State.REQUESTED,
    "appointment_opinion_asked": State.HONOURED,
}
EVERY = list(itertools.product(DELIVERED, LANGUAGES))


def event(name, **changes):
    one = UUID("00000000-0000-4000-8000-000000000001")
    values = {**OWN.get(name, {}), **changes}
    return APPOINTMENT_EVENTS[name](at=WHEN, unit_id=1, booking_id=one, appointment_id=one, **values)


def facts(**changes):
    values = {
        "reference": "RV-7K4Q-29",
        "unit_name": "Brigade de gendarmerie - Belley",
        "unit_phone": "04 65 71 00 12",
        "unit_address": "3 rue du Lavoir, 01300 Belley",
        "time_zone": "Europe/Paris",
        "starts_at": WHEN,
        "requested": False,
        "place_kind": "unit",
        "place_name": None,
        "address": None,
        "papers": "Une pièce d’identité.",
        "word": "",
        "by": "unit",
        "closed": False,
        "offers": [],
        "offers_until": None,
        "discreet": False,
        "new_booking_url": "https://rdv.example.org/",
        "follow_url": FOLLOW,
        "coming_url": COMING,
        "cancelling_url": CANCELLING,
        **changes,
    }
    return AppointmentFacts(**values)


def situation(name, *, email="camille@example.org", **changes):
    values = {
        "state": STATE_AFTER.get(name, State.CONFIRMED), "erased": False, "offer_stands": True,
        "has_another": False, "until_start": timedelta(hours=48),
        "ways": Ways(email=email), **changes,
    }  # fmt: skip
    return AppointmentSituation(**values)


def french(name, **changes):
    return plain(compose_appointment(event(name), facts(**changes), "fr").text)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_delivered_event_says_when_in_both_languages(name, language):
    message = compose_appointment(event(name), facts(offers_until=LATER), language)
    when = {"fr": "mardi 1er décembre à 9 h 30", "en": "Tuesday 1 December at 9:30 am"}[language]
    for body in (message.text, " ".join(" ".join(Words(message.html).text).split())):
        assert when in plain(body)
        assert "RV-7K4Q-29" in body
        assert "112" in body
    assert FOLLOW in message.text
    asked = [COMING, CANCELLING] if name == "appointment_reminded" else []
    assert Words(message.html).links == [*asked, FOLLOW]
    assert "  " not in message.text
    assert " ." not in message.text
    assert {"fr": "Voir mon rendez-vous", "en": "See my appointment"}[language] in message.text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_text_and_html_say_the_same(name, language):
    message = compose_appointment(event(name), facts(offers=[WHEN, LATER], offers_until=LATER), language)
    html = " ".join(" ".join(Words(message.html).text).split())
    for line in message.text.splitlines():
        if line.strip() and line.strip() != "--" and not line.startswith("https://"):
            assert " ".join(line.split()) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    several = [facts(by=by, requested=asked, offers_until=LATER) for by in ("unit", "citizen", "time")
               for asked in (True, False)]  # fmt: skip
    for name, told in itertools.product(DELIVERED, [*several, facts(offers=[WHEN], offers_until=LATER, word="Oui.")]):
        message = compose_appointment(event(name), told, language)
        prose = re.sub(r"https://\S+", "lien", plain(message.text))
        for sentence in re.split(r"[.?!:]\s|\n", prose):
            assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_discreet_one_says_only_that_there_is_a_message(name, language):
    told = facts(discreet=True, word="Apportez le certificat", offers=[LATER], offers_until=LATER)
    message = compose_appointment(event(name), told, language)
    says = {"fr": "Vous avez un message", "en": "You have a message"}[language]
    assert (message.subject, message.text) == (says, f"{says}.\n\n{FOLLOW}\n")
    source = message.html.lower().replace(FOLLOW.lower(), "")
    for tell_tale in ("gendarme", "brigade", "rv-", "rendez", "appointment", "décembre", "december", "certificat"):
        assert tell_tale not in source


def test_the_time_is_the_units_and_the_papers_are_there():
    text = french("appointment_booked", time_zone="Pacific/Tahiti")
    assert "Votre rendez-vous avec la brigade de Belley est confirmé : lundi 30 novembre à 22 h 30." in text
    assert "À apporter : Une pièce d’identité." in text
    assert "À apporter" not in french("appointment_booked", papers="")


def test_what_waits_for_the_chief_is_not_called_confirmed():
    for name in ("appointment_booked", "appointment_moved"):
        text = french(name, requested=True)
        assert "doit encore le confirmer" in text
        assert "est confirmé" not in text
        assert "doit encore" not in french(name)


@pytest.mark.parametrize(("kind", "language"), list(itertools.product(PlaceKind, LANGUAGES)))
def test_every_place_is_said(kind, language):
    there = facts(place_kind=kind.value, place_name="Mairie de Culoz", address="8 chemin du Pré")
    text = compose_appointment(event("appointment_booked"), there, language).text
    expected = {"unit": "3 rue du Lavoir", "home": "8 chemin du Pré", "video": "vid"}.get(kind, "Mairie de Culoz")
    assert expected in text


def test_a_cancellation_says_by_whom_and_what_now():
    ours = french("appointment_cancelled", word="Une intervention.")
    assert "La brigade vous écrit : « Une intervention. »" in ours
    assert "Choisissez un autre horaire sur la page de suivi" in ours
    theirs = french("appointment_cancelled", by="citizen")
    assert "Comme vous l’avez demandé" in theirs
    assert "excuses" not in theirs
    assert "n’a pas pu confirmer à temps" in french("appointment_cancelled", by="time")


def test_whoever_cannot_choose_another_time_is_sent_to_book_anew():
    assert "page de suivi" in french("appointment_cancelled")
    closed = plain(compose_appointment(event("appointment_cancelled"), facts(closed=True), "fr").text)
    assert "page de suivi" not in closed
    assert "Prenez un autre rendez-vous" in closed


@pytest.mark.parametrize(("by", "reaches"), [("unit", 0), ("time", 0), ("citizen", 1)])
def test_who_has_chosen_another_time_meanwhile_is_not_asked_to_choose(by, reaches):
    told = appointment_audience(
        event("appointment_cancelled", by=by), situation("appointment_cancelled", has_another=True)
    )
    assert len(told) == reaches


@pytest.mark.parametrize(
    ("language", "come", "cancel", "late"),
    [
        ("fr", "Je viens", "J’annule", "Il est trop tard pour annuler en ligne. Appelez la brigade de Belley au"),
        ("en", "I am coming", "Cancel my appointment", "It is too late to cancel online. Call the Belley brigade on"),
    ],
)
def test_a_reminder_asks_and_after_the_term_says_whom_to_call(language, come, cancel, late):
    def text(**changes):
        return plain(compose_appointment(event("appointment_reminded"), facts(**changes), language).text)

    in_time, after = text(), text(cancelling_url="")
    assert f"{come}\n{COMING}\n\n{cancel}\n{CANCELLING}\n" in in_time
    assert late not in in_time
    assert f"{come}\n{COMING}\n" in after
    assert cancel not in after
    assert f"{late} 04 65 71 00 12." in after
    assert "call" not in text(cancelling_url="", unit_phone=None).lower().partition(late[:30].lower())[2][:40]


def test_other_times_are_listed_with_until_when_they_are_kept():
    text = french("appointment_cancelled", offers=[WHEN, LATER], offers_until=LATER)
    assert "Ces horaires sont gardés pour vous jusqu’au jeudi 3 décembre à 14 h :" in text
    assert "– mardi 1er décembre à 9 h 30" in text
    assert "– jeudi 3 décembre à 14 h" in text
    assert "Cet horaire est gardé" in french("appointment_cancelled", offers=[WHEN], offers_until=LATER)


def test_what_a_unit_writes_is_escaped():
    message = compose_appointment(event("appointment_cancelled"), facts(word="<b>X</b>"), "fr")
    assert "<b>X</b>" not in message.html
    assert "<b>X</b>" in message.text


def test_a_message_can_only_say_what_is_allowed():
    assert {one.name for one in dataclasses.fields(AppointmentFacts)}.isdisjoint(
        {"reason", "reason_code", "facts", "caller_name", "phone", "email", "agents"}
    )
    assert FOLLOW not in repr(facts())


@pytest.mark.parametrize(("language", "discreet"), list(itertools.product(LANGUAGES, (True, False))))
def test_a_code_comes_with_nothing_that_tells_what_it_is_for(language, discreet):
    message = compose_code("012345", language, discreet=discreet)
    assert "012345" in message.subject
    assert "012345" in message.text
    assert message.discreet is discreet
    assert ("112" in message.text) is not discreet
    words = Words(message.html)
    assert words.links == []
    if discreet:
        for tell_tale in ("gendarme", "brigade", "rendez", "appointment", "112"):
            assert tell_tale not in message.html.lower().replace("#1", "")


@pytest.mark.parametrize("name", DELIVERED)
def test_a_citizen_with_an_address_hears(name):
    expected = (Recipient(Who.CITIZEN, Channel.EMAIL, "camille@example.org"),)
    assert appointment_audience(event(name), situation(name)) == expected
    assert appointment_audience(event(name), situation(name, email=None)) == ()
    assert appointment_audience(event(name), situation(name, erased=True)) == ()


@pytest.mark.parametrize("name", sorted(APPOINTMENT_EVENTS.keys() - set(DELIVERED)))
def test_other_events_reach_nobody_outside(name):
    assert appointment_audience(event(name), situation(name)) == ()


@pytest.mark.parametrize(
    ("name", "changes", "reaches"),
    [
        ("appointment_booked", {"state": State.REQUESTED}, True),
        ("appointment_booked", {"state": State.CANCELLED}, False),
        ("appointment_booked", {"state": State.MOVED}, False),
        ("appointment_approved", {"state": State.MOVED}, False),
        ("appointment_moved", {"state": State.MOVED}, False),
        ("appointment_offered", {"offer_stands": False, "state": State.EXPIRED}, False),
        ("appointment_cancelled", {}, True),
        ("appointment_reminded", {"state": State.MOVED}, False),
        ("appointment_reminded", {"state": State.CANCELLED}, False),
        ("appointment_reminded", {"until_start": timedelta(hours=3)}, True),
        # The other reminder says it.
        ("appointment_reminded", {"until_start": timedelta(hours=2)}, False),
        ("appointment_late", {"state": State.CONFIRMED}, False),
        ("appointment_late", {"state": State.CANCELLED}, False),
        ("appointment_opinion_asked", {"state": State.NO_SHOW}, False),
    ],
)
def test_what_later_events_have_overtaken_is_not_said(name, changes, reaches):
    assert (appointment_audience(event(name), situation(name, **changes)) != ()) is reaches


def test_what_is_offered_instead_is_told_with_the_cancellation_only():
    offered = event("appointment_offered", offer="instead")
    assert appointment_audience(offered, situation("appointment_offered")) == ()
