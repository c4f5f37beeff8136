"""What a gendarme reads in their mailbox: no more than their calendar says, in French as it is printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from push.agenda_messages import AgendaFacts, AgendaNews, compose_introduction, compose_news
from tests.unit.push.test_messages import Words, plain

TERMINAL = "https://rdv.example.org/terminal/"


def facts(**changes):
    values = {
        "title": "Rendez-vous",
        "place": "",
        "starts_at": datetime(2026, 12, 1, 8, tzinfo=UTC),
        "time_zone": "Europe/Paris",
        "confirmed": True,
        "terminal_url": TERMINAL,
        **changes,
    }
    return AgendaFacts(**values)


EVERY = [
    *(compose_news(news, facts(place=place, confirmed=sure)) for news in AgendaNews for place in ("", "Salle 1")
      for sure in (True, False)),
    compose_introduction("Adj. Martin", TERMINAL),
]  # fmt: skip


@pytest.mark.parametrize("message", EVERY)
def test_it_is_short_whole_and_says_how_to_end_it(message):
    prose = re.sub(r"https://\S+", "lien", message.text)
    assert not re.search(r"[^\N{NARROW NO-BREAK SPACE}][;:!?]", prose)
    assert "« Plannings et agendas »" in plain(message.text)
    assert TERMINAL in message.text
    for sentence in re.split(r"[.?!:]\s|\n", plain(prose)):
        assert len(sentence.split()) <= 20, sentence
    html = " ".join(" ".join(Words(message.html).text).split())
    for line in message.text.splitlines():
        assert " ".join(line.split()) in html


def test_a_place_and_a_doubt_are_said_where_there_are_any():
    text = plain(compose_news(AgendaNews.INVITED, facts(place="Salle 1", confirmed=False)).text)
    assert "encore à confirmer" in text
    assert "Lieu : Salle 1." in text
    sure = plain(compose_news(AgendaNews.INVITED, facts()).text)
    assert "à confirmer" not in sure
    assert "Lieu" not in sure


@pytest.mark.parametrize(
    ("news", "subject"),
    [
        (AgendaNews.INVITED, "Rendez-vous : mardi 1er décembre à 9 h"),
        (AgendaNews.CHANGED, "Rendez-vous (modifié) : mardi 1er décembre à 9 h"),
        (AgendaNews.CANCELLED, "Rendez-vous (retiré) : mardi 1er décembre à 9 h"),
    ],
)
def test_the_subject_says_what_has_become_of_which(news, subject):
    assert plain(compose_news(news, facts()).subject) == subject
