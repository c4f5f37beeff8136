from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.appointment_events import APPOINTMENT_EVENTS
from models.events import DELIVER
from push.messages import LANGUAGES
from push.short_words import short_appointment, short_request
from push.sms.segments import Alphabet, weigh
from push.web_push_values import LONGEST_PAYLOAD, PushNotice
from tests.unit.push import test_appointment_messages as appointments
from tests.unit.push.facts import DELIVERED, event, facts

# As long as addresses are allowed to be in what the tests promise: the State's own are shorter.
SITE = "https://rendez-vous.gendarmerie.interieur.gouv.fr"
URLS = {"fr": f"{SITE}/suivi/AbCdEfGhIjKlMnOpQrStUv", "en": f"{SITE}/en/follow/AbCdEfGhIjKlMnOpQrStUv"}
OF_APPOINTMENTS = [name for name, known in APPOINTMENT_EVENTS.items() if DELIVER in known.deferrals]
# The longest that an instant can be in French.
LONGEST_WHEN = datetime.fromisoformat("2026-09-30T16:30+02:00")

EVERY = [
    (short_request(event(name), facts(discreet=discreet, follow_url=URLS[language]), language), discreet, language)
    for name in DELIVERED
    for language in LANGUAGES
    for discreet in (False, True)
] + [
    (
        short_appointment(
            appointments.event(name),
            appointments.facts(
                discreet=discreet, follow_url=URLS[language], requested=requested, by=by, starts_at=LONGEST_WHEN + later
            ),
            language,
        ),
        discreet,
        language,
    )
    for name in OF_APPOINTMENTS
    for language in LANGUAGES
    for discreet in (False, True)
    for requested in (False, True)
    for by in ("citizen", "unit", "time")
    # In August, whose French name has a letter that text messages have not.
    for later in (timedelta(0), timedelta(days=-35))
]


@pytest.mark.parametrize(("words", "discreet", "language"), EVERY)
def test_every_event_fits_on_one_text_message_and_on_a_locked_screen(words, discreet, language):
    weighed = weigh(words.text)
    assert weighed.alphabet is Alphabet.GSM_7, words.text
    assert len(weighed.segments) == 1, (weighed.units, words.text)
    assert 0 < len(words.title) <= 50
    assert 0 < len(words.body) <= 80
    notice = PushNotice(title=words.title, body=words.body, navigate="/suivi/" + "x" * 22, tag="follow-" + "x" * 36)
    assert len(notice.payload()) < LONGEST_PAYLOAD


@pytest.mark.parametrize(("words", "discreet", "language"), EVERY)
def test_a_locked_screen_tells_neither_who_writes_nor_why(words, discreet, language):
    # The address of the site is the operator's to choose.
    everything = f"{words.title} {words.body} {words.text.replace(URLS[language], '')}".lower()
    for tell_tale in ("gendarm", "brigade", "belley", "plainte", "complaint", "{", "}", "police"):
        assert tell_tale not in everything
    if discreet:
        expected = {"fr": "Vous avez un message.", "en": "You have a message."}[language]
        assert (words.title + ".", words.body, words.text) == (expected,) * 3
    else:
        assert words.text.endswith(URLS[language])
        assert "Vous avez un message" not in everything
    assert URLS[language] not in repr(words)


def test_a_text_says_when_as_the_mail_does():
    told = short_appointment(appointments.event("appointment_approved"), appointments.facts(), "fr")
    assert told.text == (
        "Rendez-vous confirmé : mardi 1er décembre à 9 h 30. Lieu et détails :"
        " https://rdv.example.org/suivi/AbCdEfGhIjKlMnOpQrStUv"
    )
    assert told.body == "Mardi 1er\N{NO-BREAK SPACE}décembre à 9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30."


@pytest.mark.parametrize(
    ("language", "come", "cancel"),
    [("fr", "Je viens", "J’annule"), ("en", "I am coming", "Cancel my appointment")],
)
def test_only_a_reminder_has_buttons_and_a_discreet_one_has_none(language, come, cancel):
    def answers(name="appointment_reminded", **changes):
        return list(short_appointment(appointments.event(name), appointments.facts(**changes), language).answers)

    coming = ("coming", come, appointments.COMING)
    assert answers() == [coming, ("cancelling", cancel, appointments.CANCELLING)]
    assert answers(cancelling_url="") == [coming]
    assert answers(discreet=True) == []
    assert answers("appointment_approved") == []
