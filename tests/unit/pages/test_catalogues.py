"""English is complete: every sentence of the sources has one, nobody's guess among them."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from tools import catalogues

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|href=\"[^\"]*\"")


@pytest.fixture(params=catalogues.catalogues(), ids=lambda path: path.parents[1].name)
def path(request):
    return request.param


def test_the_catalogue_holds_exactly_the_sentences_of_the_sources(path):
    assert path.read_bytes() == catalogues.update(path), "run: python -m tools.catalogues"


def test_every_sentence_is_translated(path):
    messages = [message for message in read_po(BytesIO(path.read_bytes())) if message.id]
    assert len(messages) > 250
    assert [message.id for message in messages if message.fuzzy or not message.string] == []


def test_a_translation_keeps_the_places_to_fill_in_and_the_links(path):
    for message in read_po(BytesIO(path.read_bytes())):
        assert sorted(PLACES.findall(message.string)) == sorted(PLACES.findall(message.id)), message.id


def test_french_is_written_with_its_spaces(path):
    for message in read_po(BytesIO(path.read_bytes())):
        assert not re.search(r"« | »|\w [;:!?](\s|$)|'", re.sub(r"<[^>]*>", "", message.id)), message.id
