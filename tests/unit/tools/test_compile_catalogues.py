"""Translations: compiled once, refused when they would break a page, silent when nobody has read them."""

import gettext
import os

import pytest

from tools import compile_catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr(compile_catalogues, "PROJECT", tmp_path)
    path = tmp_path / "server" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    return path


def compiled(catalogue):
    with catalogue.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_a_catalogue_is_compiled_and_not_again_until_it_changes(catalogue, capsys):
    catalogue.write_text(HEADER + 'msgid "Appeler"\nmsgstr "Call"\n')
    compile_catalogues.main()
    assert compiled(catalogue).gettext("Appeler") == "Call"
    assert "messages.po" in capsys.readouterr().out

    compile_catalogues.main()
    assert capsys.readouterr().out == ""

    catalogue.write_text(HEADER + 'msgid "Appeler"\nmsgstr "Phone"\n')
    later = catalogue.with_suffix(".mo").stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    compile_catalogues.main()
    assert compiled(catalogue).gettext("Appeler") == "Phone"


def test_a_translation_that_nobody_has_read_is_left_out(catalogue):
    catalogue.write_text(HEADER + '#, fuzzy\nmsgid "Appeler"\nmsgstr "Cull"\n')
    compile_catalogues.main()

    assert compiled(catalogue).gettext("Appeler") == "Appeler"


def test_a_placeholder_that_got_lost_is_refused(catalogue):
    catalogue.write_text(HEADER + '#, python-format\nmsgid "%(count)s demandes"\nmsgstr "%(number)s requests"\n')

    with pytest.raises(SystemExit, match=r"messages\.po:6: "):
        compile_catalogues.main()
    assert not catalogue.with_suffix(".mo").exists()
