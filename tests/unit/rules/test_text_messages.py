from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.text_messages import Meaning, TextState, read_answer, rises


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("1", Meaning.ONE),
        (" 1. ", Meaning.ONE),
        ("1️⃣", Meaning.ONE),
        ("2", Meaning.TWO),
        ("« 2 »", Meaning.TWO),
        ("STOP", Meaning.STOP),
        ("stop.", Meaning.STOP),
        ("S T O P !!!", Meaning.STOP),
        ("Arrêt", Meaning.STOP),
        ("ARRE\N{COMBINING CIRCUMFLEX ACCENT}T", Meaning.STOP),
        ("arrêter\n", Meaning.STOP),
        ("start", Meaning.START),
        ("12", Meaning.UNREAD),
        ("1 ou 2 ?", Meaning.UNREAD),
        ("Je suis en bas, stop au feu", Meaning.UNREAD),
        ("Au secours", Meaning.UNREAD),
        ("", Meaning.UNREAD),
        ("\N{SMILING FACE WITH SMILING EYES}", Meaning.UNREAD),
    ],
)
def test_answers_are_read_as_people_type_them(typed, meaning):
    assert read_answer(typed) is meaning


@given(st.sampled_from(["stop", "arrêt", "1", "2", "start"]), st.text(alphabet=" .,!?\t\n«»’'-", max_size=8))
def test_what_stands_around_does_not_matter(word, noise):
    assert read_answer(noise + word.upper() + noise) is read_answer(word) is not Meaning.UNREAD


@given(st.text())
def test_anything_can_be_read(typed):
    assert read_answer(typed) in Meaning


def test_a_state_only_rises():
    assert [(a, b) for a in TextState for b in TextState if rises(a, b)] == [
        (TextState.QUEUED, TextState.SENT),
        (TextState.QUEUED, TextState.FAILED),
        (TextState.QUEUED, TextState.DELIVERED),
        (TextState.SENT, TextState.FAILED),
        (TextState.SENT, TextState.DELIVERED),
        (TextState.FAILED, TextState.DELIVERED),
    ]
