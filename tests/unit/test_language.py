import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from server.i18n import accepted_language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "fr"),
        ("en", "en"),
        ("en-GB, fr;q=0.5", "en"),
        ("fr-CA, en;q=0.9", "fr"),
        ("de, en;q=0.3, fr;q=0.2", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("EN-us", "en"),
    ],
)
def test_the_first_choice_among_ours_is_taken(header: str, expected: str) -> None:
    assert accepted_language(parse_accept_header(header, LanguageAccept)) == expected
