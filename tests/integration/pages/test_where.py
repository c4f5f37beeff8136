"""Where: from what was typed to the unit, the police, or "we cannot tell"."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.tables import ContactRequest
from tests.support.citizen import GOOD_ANSWERS


@pytest.mark.parametrize("typed", ["Belley", "belley", "BELLEY", "01300", "01 300", "Belley (01)", "01034"])
def test_one_commune_that_fits_is_taken(citizen, typed):
    citizen.get("/contact").press(commune=typed)
    assert citizen.step == "unit"
    assert citizen.form.values["commune_insee"] == "01034"


def test_a_postcode_of_several_communes_asks_which_one(citizen):
    citizen.get("/contact").press(commune="01350")
    assert citizen.step == "where"
    assert citizen.form.radios["commune_insee"] == ["01138", "01208"]
    assert "Plusieurs communes correspondent" in citizen.text
    assert "Ain (01) · 01350" in citizen.text
    citizen.press()
    assert "Choisissez votre commune dans la liste, ou changez le texte" in citizen.text
    citizen.press(commune_insee="01208")
    assert citizen.step == "unit"
    assert citizen.form.values["commune_insee"] == "01208"


def test_changing_the_text_beats_the_choice_made_for_the_old_one(citizen):
    citizen.get("/contact").press(commune="01350").press(commune="Belley", commune_insee="01208")
    assert citizen.form.values["commune_insee"] == "01034"


@pytest.mark.parametrize(
    ("typed", "words"), [("", "Écrivez le nom ou le code postal"), ("Xyzzy", "Nous ne trouvons pas cette commune")]
)
def test_no_commune_is_explained(citizen, typed, words):
    citizen.get("/contact").press(commune=typed)
    assert citizen.response.status_code == 422
    assert citizen.text.count(words) == 2
    assert citizen.form.values["commune"] == typed


def test_where_the_police_is_competent_we_say_whom_to_call_and_nothing_can_be_sent(citizen, database):
    citizen.get("/contact").press(commune="Bourg-en-Bresse")
    assert "c’est la police nationale" in citizen.text
    assert "Commissariat de police de Bourg-en-Bresse" in citizen.text
    assert "Appelez ce numéro, ou allez-y." in citizen.text
    citizen.press()
    assert (citizen.response.status_code, citizen.step) == (422, "unit")
    citizen.press(step="summary", **GOOD_ANSWERS)
    assert (citizen.response.status_code, citizen.step) == (422, "unit")
    with database.transaction() as session:
        assert session.scalars(select(ContactRequest)).all() == []


def test_where_we_cannot_tell_the_citizen_chooses_or_calls(citizen, database):
    citizen.get("/contact").press(commune="Lavours")
    assert "Nous ne savons pas quelle brigade est compétente" in citizen.text
    assert "1008600" in citizen.form.radios["chosen_unit_id"]
    assert "2000001" not in citizen.form.radios["chosen_unit_id"]
    citizen.press()
    assert citizen.text.count("Choisissez une brigade dans la liste, ou appelez-en une.") == 2
    citizen.press(chosen_unit_id="2000001")
    assert citizen.text.count("Cette brigade ne reçoit pas de demande en ligne.") == 2
    citizen.press(chosen_unit_id="1008600")
    while citizen.step != "summary":
        citizen.press(**GOOD_ANSWERS)
    assert "Ambérieu-en-Bugey" in citizen.text
    citizen.press()
    with database.transaction() as session:
        assert session.scalars(select(ContactRequest.unit_id)).all() == [1008600]


def test_another_commune_forgets_the_unit_chosen_for_the_first(citizen):
    citizen.get("/contact").press(commune="Lavours").press(chosen_unit_id="1008600")
    citizen.press("edit-where").press(commune="Culoz")
    assert "chosen_unit_id" not in citizen.form.values
