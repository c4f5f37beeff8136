from __future__ import annotations

import dataclasses
import itertools
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from models.appointment_events import APPOINTMENT_EVENTS
from models.events import DELIVER, EVENTS
from models.rules.contact_details import CallWindow, Channel
from models.rules.request_lifecycle import Outcome
from push.agenda_messages import AgendaNews
from push.messages import LANGUAGES, TEMPLATES, Message, NoticeFacts, compose
from tests.unit.push.facts import DELIVERED, NOW, event, facts

EVERY = list(itertools.product(DELIVERED, LANGUAGES))
WITH_WORD = {"request_created", "request_accepted", "request_transferred"}
NARROW = "\N{NARROW NO-BREAK SPACE}"


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace(NARROW, " ")


class Words(HTMLParser):
    """What a person reads of an HTML message, and what would be fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._silent = tag in ("style", "title")
        self.links += [value for name, value in attrs if name in ("href", "src", "background")]

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        if not self._silent:
            self.text.append(data)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_delivered_event_has_words_in_both_languages(name, language):
    message = compose(event(name), facts(outcome="handled"), language, NOW)
    assert "BN-7K4Q-29" in message.subject
    assert "Belley" in message.text or name == "request_expired"
    for body in (message.text, " ".join(Words(message.html).text)):
        assert "BN-7K4Q-29" in body
        assert ("églantine" in body) == (name in WITH_WORD)
        assert "112" in body
    assert facts().follow_url in message.text
    assert facts().follow_url in Words(message.html).links


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_text_and_html_say_the_same_sentences(name, language):
    message = compose(event(name), facts(outcome="redirected"), language, NOW)
    html = " ".join(" ".join(Words(message.html).text).split())
    for line in message.text.splitlines():
        if line.strip() and line.strip() != "--" and not line.startswith("https://"):
            assert " ".join(line.split()) in html


def test_what_happens_next_and_when_is_said_in_the_units_zone():
    french = compose(event("request_created"), facts(), "fr", NOW)
    assert "La brigade de Belley vous rappelle avant mardi 24 novembre à 18 h." in plain(french.text)
    english = compose(event("request_created"), facts(), "en", NOW)
    assert "The Belley brigade will call you back before Tuesday 24 November at 6 pm." in plain(english.text)
    far = compose(event("request_created"), facts(time_zone="Pacific/Tahiti"), "fr", NOW)
    assert "avant mardi 24 novembre à 7 h." in plain(far.text)


@pytest.mark.parametrize(("name", "language"), list(itertools.product(sorted(WITH_WORD), LANGUAGES)))
def test_a_moment_that_has_passed_is_not_promised(name, language):
    late = compose(event(name), facts(), language, NOW + timedelta(days=1))
    assert "24" not in late.text.replace("BN-7K4Q-29", "")
    assert ("dès que possible" if language == "fr" else "as soon as possible") in late.text


@pytest.mark.parametrize(
    ("channel", "window", "french", "english"),
    [
        ("phone", "morning", "vous rappelle le matin, comme", "call you back in the morning, as"),
        ("phone", "afternoon", "vous rappelle l’après-midi, comme", "call you back in the afternoon, as"),
        ("sms", "evening", "vous répond par SMS le soir, comme", "answer you by text message in the evening, as"),
        ("sms", "asap", "vous répond par SMS avant mardi", "answer you by text message before Tuesday"),
        ("email", "morning", "vous répond par e-mail avant mardi", "answer you by email before Tuesday"),
    ],
)
def test_the_answer_comes_as_and_when_the_citizen_asked(channel, window, french, english):
    asked = facts(channel=channel, call_window=window)
    assert french in compose(event("request_created"), asked, "fr", NOW).text
    assert english in compose(event("request_created"), asked, "en", NOW).text


@pytest.mark.parametrize(
    ("name", "language", "channel", "window"),
    list(itertools.product(sorted(WITH_WORD), LANGUAGES, Channel, CallWindow)),
)
def test_no_wish_is_without_words(name, language, channel, window):
    message = compose(event(name), facts(channel=channel.value, call_window=window.value), language, NOW)
    assert "  " not in message.text
    assert " ." not in message.text


@pytest.mark.parametrize(("outcome", "language"), list(itertools.product(Outcome, LANGUAGES)))
def test_every_outcome_is_told(outcome, language):
    message = compose(event("request_closed"), facts(outcome=outcome.value), language, NOW)
    assert ("maintenant close" if language == "fr" else "now closed") in message.text


def test_outcomes_differ_in_words():
    texts = {compose(event("request_closed"), facts(outcome=one.value), "fr", NOW).text for one in Outcome}
    assert len(texts) == len(Outcome)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_without_a_phone_is_not_offered_to_be_called(language):
    message = compose(event("request_expired"), facts(unit_phone=None), language, NOW)
    assert "None" not in message.text
    assert "https://rdv.example.org/" in message.text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_discreet_request_says_only_that_there_is_a_message(name, language):
    message = compose(event(name), facts(discreet=True, outcome="unreachable"), language, NOW)
    says = {"fr": "Vous avez un message", "en": "You have a message"}[language]
    assert message.discreet
    assert message.subject == says
    assert message.text == f"{says}.\n\n{facts().follow_url}\n"
    shown = " ".join(" ".join(Words(message.html).text).split())
    assert shown in (f"{says} Lire le message", f"{says} Read the message")
    # Nor does the source of the page tell, in a title, a class or a comment.
    source = message.html.lower().replace(facts().follow_url.lower(), "")
    for tell_tale in (
        "gendarme",
        "brigade",
        "police",
        "bn-",
        "églantine",
        "urgence",
        "emergency",
        "belley",
        "discreet",
    ):
        assert tell_tale not in source


def test_a_message_can_only_say_what_is_allowed():
    allowed = {
        "reference", "unit_name", "unit_phone", "time_zone", "due_at", "channel", "call_window", "discreet", "outcome",
        "new_request_url", "follow_url", "call_back_word",
    }  # fmt: skip
    assert {one.name for one in dataclasses.fields(NoticeFacts)} == allowed


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_html_is_quiet_and_accessible(name, language):
    message = compose(event(name), facts(outcome="handled"), language, NOW)
    words = Words(message.html)
    assert f'<html lang="{language}">' in message.html
    assert words.tags.count("h1") == 1
    assert "title" in words.tags
    # Nothing is fetched and nothing is counted: no image, no script, no style from elsewhere, one link.
    assert not {"img", "script", "link", "iframe", "object"} & set(words.tags)
    assert "url(" not in message.html
    assert words.links == [facts().follow_url]
    assert "prefers-color-scheme: dark" in message.html


def test_what_is_written_into_html_is_escaped():
    odd = facts(unit_name="Brigade de gendarmerie - <b>X</b>")
    message = compose(event("request_created"), odd, "fr", NOW)
    assert "<b>X</b>" not in message.html
    assert "<b>X</b>" in message.text


@pytest.mark.parametrize("name", DELIVERED)
def test_french_typography(name):
    message = compose(event(name), facts(outcome="handled"), "fr", NOW)
    prose = re.sub(r"https://\S+", "", message.text)
    assert not re.search(r"[^\N{NARROW NO-BREAK SPACE}][;:!?]", prose)
    assert "'" not in prose


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language):
    for name in DELIVERED:
        message = compose(event(name), facts(outcome="handled"), language, NOW)
        prose = re.sub(r"https://\S+", "lien", plain(message.text))
        for sentence in re.split(r"[.?!]\s|\n", prose):
            assert len(sentence.split()) <= 20, sentence


def test_words_without_an_event_do_not_stay_behind():
    for language in LANGUAGES:
        found = {path.name.removesuffix(".jinja") for path in (TEMPLATES / language).iterdir()}
        assert {name for name in found if not name.startswith("_")} == {
            *DELIVERED,
            *(event.name for event in APPOINTMENT_EVENTS.values() if DELIVER in event.deferrals),
            "discreet",
            "verification_code",
            # Mailboxes of the unit and of its gendarmes are read in French.
            *(
                ("call_mailbox", "agenda_introduced", *(f"agenda_{news}" for news in AgendaNews))
                if language == "fr"
                else ()
            ),
        }


@pytest.mark.parametrize("name", sorted(EVENTS.keys() - set(DELIVERED)))
def test_an_event_without_words_is_named(name):
    with pytest.raises(LookupError, match=name):
        compose(event(name), facts(), "fr", NOW)


def test_secrets_are_not_printed():
    message = compose(event("request_created"), facts(), "fr", NOW)
    for shown in (repr(message), repr(facts())):
        assert "AbCdEfGhIjKlMnOpQrStUv" not in shown
        assert "églantine" not in shown
    assert isinstance(message, Message)
