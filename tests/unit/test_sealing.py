from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sealing import Sealer, Unsealable

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(), st.uuids())
def test_what_is_sealed_opens_as_it_was(text: str, about: UUID) -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(text, about)
    assert sealer.open(sealed, about) == text
    assert sealer.is_current(sealed)


def test_nothing_of_the_text_shows_and_no_two_are_alike() -> None:
    sealer, about = Sealer([NEW]), uuid4()
    first, second = sealer.seal("https://agenda.example.fr/secret", about), sealer.seal("x" * 32, about)
    assert b"secret" not in first
    assert first != second != sealer.seal("x" * 32, about)


def test_a_secret_opens_in_its_own_row_only() -> None:
    sealer = Sealer([NEW])
    with pytest.raises(Unsealable):
        sealer.open(sealer.seal("secret", uuid4()), uuid4())


def test_an_old_key_opens_until_it_is_taken_away() -> None:
    about = uuid4()
    sealed = Sealer([OLD]).seal("secret", about)
    both = Sealer([NEW, OLD])
    assert both.open(sealed, about) == "secret"
    assert not both.is_current(sealed)
    with pytest.raises(Unsealable):
        Sealer([NEW]).open(sealed, about)


@pytest.mark.parametrize("cut", [0, 1, 5, 17, 20])
def test_what_is_damaged_does_not_open(cut: int) -> None:
    sealer, about = Sealer([NEW]), uuid4()
    with pytest.raises(Unsealable):
        sealer.open(sealer.seal("secret", about)[:cut], about)


def test_there_is_no_sealing_without_a_secret() -> None:
    with pytest.raises(ValueError, match="no secret"):
        Sealer([])
