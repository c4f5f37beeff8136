"""The text messages of a ladder: one segment, and nothing that a lock screen should not show."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest

from models.rules.ladder import Step, Subject
from push.call_messages import compose_call, text_message
from push.sms.segments import Alphabet, weigh
from server.services.answer_call import WORDS


@pytest.mark.parametrize(("step", "subject", "discreet"), list(product(Step, Subject, (False, True))))
def test_a_call_is_one_segment_and_names_nothing(step: Step, subject: Subject, discreet: bool) -> None:
    subject_id = uuid4()
    words = compose_call(step, subject, subject_id, discreet=discreet, public_url="https://rdv.example.org")
    text = text_message(words)
    weighed = weigh(text)
    assert (weighed.alphabet, len(weighed.segments)) == (Alphabet.GSM_7, 1)
    assert str(subject_id) not in text
    assert "http" not in text
    assert ("1 = " in text) == (subject is Subject.REQUEST and not discreet)
    assert ("demande" in text or "rendez-vous" in text) is not discreet


@pytest.mark.parametrize("text", WORDS.values())
def test_what_an_answer_gets_is_one_segment(text: str) -> None:
    weighed = weigh(text)
    assert (weighed.alphabet, len(weighed.segments)) == (Alphabet.GSM_7, 1)
