"""The contact form, filled in without JavaScript."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from models.tables import ContactRequest
from tests.support.citizen import GOOD_ANSWERS, Citizen


def requests(database):
    with database.transaction() as session:
        return session.scalars(select(ContactRequest)).all()


def test_a_request_goes_from_the_first_question_to_its_own_page(citizen, database):
    citizen.answer_all(may_leave_message="yes", place="Gare").press()
    assert citizen.response.status_code == 200
    assert citizen.path.startswith("/suivi/")
    (stored,) = requests(database)
    assert (stored.unit_id, stored.phone, stored.channel) == (1008593, "+33639980012", "phone")
    assert stored.facts == "On a volé mon vélo devant la gare.\nIl était attaché."
    assert (stored.may_leave_message, stored.place, stored.language) == (True, "Gare", "fr")
    assert stored.reference in citizen.text
    assert stored.call_back_word in citizen.text
    assert "La brigade de Belley vous rappelle aujourd’hui avant 16 h 30." in citizen.text


def test_every_page_asks_one_thing_and_carries_the_rest(citizen):
    citizen.get("/contact")
    assert citizen.step == "where"
    citizen.press(commune="belley")
    assert citizen.step == "unit"
    assert "Votre demande ira à la brigade de Belley" in citizen.text
    assert "04 65 71 00 12" in citizen.text
    assert "8 h – midi, 14 h – 18 h Ouvert jusqu’à 18 h." in citizen.text
    seen = []
    while citizen.step != "summary":
        seen.append(citizen.step)
        citizen.press(**GOOD_ANSWERS)
    assert seen == ["unit", "why", "how", "facts", "who"]
    for words in ("Belley (01)", "Porter plainte", "Par téléphone, dès que possible", "Camille Essai"):
        assert words in citizen.text


def test_no_cookie_is_ever_set(citizen):
    for path in ("/", "/contact", "/suivi", "/rendez-vous", "/donnees-personnelles"):
        assert "Set-Cookie" not in citizen.get(path).response.headers
    citizen.answer_all().press()
    assert "Set-Cookie" not in citizen.response.headers


def test_sending_twice_makes_one_request_and_leads_to_the_same_page(citizen, database):
    citizen.answer_all()
    summary = dict(citizen.form.values)
    first = citizen.press().path
    again = citizen.http.post("/contact", data={**summary, "go": "continue"})
    assert again.status_code == 303
    assert again.headers["Location"] == first
    assert len(requests(database)) == 1


def test_a_form_that_changed_after_it_was_sent_asks_before_it_makes_a_second_request(citizen, database):
    citizen.answer_all()
    summary = dict(citizen.form.values)
    citizen.press()
    changed = {**summary, "facts": "Autre chose.", "go": "continue"}
    citizen._read(citizen.http.post("/contact", data=changed), "/contact")
    assert citizen.response.status_code == 409
    assert "Vous avez déjà envoyé une demande avec ce formulaire" in citizen.text
    assert citizen.form.values["facts"] == "Autre chose."
    citizen.press()
    assert len(requests(database)) == 2


@pytest.mark.parametrize(
    ("step", "answers", "field", "words"),
    [
        ("why", {"reason_code": ""}, "reason_code", "Choisissez un motif"),
        ("why", {"reason_code": "made-up"}, "reason_code", "Ce motif n’existe plus"),
        ("how", {"channel": ""}, "channel", "comment nous devons vous répondre"),
        ("how", {"channel": "pigeon"}, "channel", "comment nous devons vous répondre"),
        ("how", {"call_window": ""}, "call_window", "quand nous pouvons vous joindre"),
        ("how", {"call_window": "never"}, "call_window", "quand nous pouvons vous joindre"),
        ("how", {"safe_time": "x" * 201}, "safe_time", "il y en a 1 de trop"),
        ("facts", {"facts": " \r\n "}, "facts", "Une phrase suffit"),
        ("facts", {"facts": "é" * 5003}, "facts", "il y en a 3 de trop"),
        ("facts", {"place": "x" * 301}, "place", "la limite de 300"),
        ("who", {"caller_name": ""}, "caller_name", "Écrivez votre nom"),
        ("who", {"caller_name": "x" * 121}, "caller_name", "la limite de 120"),
        ("who", {"phone": ""}, "phone", "Écrivez votre numéro de téléphone"),
        ("who", {"phone": "0639"}, "phone", "Nous ne pouvons pas appeler ce numéro"),
        ("who", {"phone": "<b>&\"'"}, "phone", "Nous ne pouvons pas appeler ce numéro"),
        ("who", {"email": "camille@"}, "email", "Cette adresse est incomplète"),
        ("who", {"email": "a@" + "x" * 260 + ".fr"}, "email", "la limite de 254"),
    ],
)
def test_a_bad_answer_is_explained_and_kept(citizen, step, answers, field, words):
    citizen.get("/contact").press(commune="Belley")
    while citizen.step != step:
        citizen.press(**GOOD_ANSWERS)
    citizen.press(**{**GOOD_ANSWERS, **answers})
    assert citizen.response.status_code == 422
    assert citizen.step == step
    # Once in the summary on top, once at the field, which the summary's link leads to.
    assert citizen.text.count(words) == 2
    assert f"#{field}" in [link.get("href") for link in citizen.read.links]
    assert field in citizen.read.ids
    assert citizen.title.startswith("Erreur")
    if field not in ("reason_code", "channel", "call_window"):
        assert citizen.form.values[field] == answers[field].strip()
    citizen.press(**GOOD_ANSWERS, place="", safe_time="", email="")
    assert citizen.response.status_code == 200


def test_by_mail_the_telephone_is_optional_and_the_address_is_not(citizen):
    citizen.get("/contact").press(commune="Belley")
    by_mail = {**GOOD_ANSWERS, "channel": "email", "phone": ""}
    while citizen.step != "who":
        citizen.press(**by_mail)
    citizen.press(**by_mail)
    assert citizen.text.count("Écrivez votre adresse électronique") == 2
    citizen.press(**by_mail, email="camille@example.org")
    assert citizen.step == "summary"


def test_one_answer_is_changed_from_the_summary_and_the_summary_comes_back(citizen):
    citizen.answer_all()
    citizen.press("edit-facts")
    assert citizen.step == "facts"
    assert citizen.form.values["facts"].startswith("On a volé")
    citizen.press(facts="Deux vélos.")
    assert citizen.step == "summary"
    assert "Deux vélos." in citizen.text
    citizen.press("edit-where").press(commune="Bourg-en-Bresse")
    assert citizen.step == "unit"
    assert "c’est la police nationale" in citizen.text
    citizen.press("back").press(commune="Belley").press()
    assert citizen.step == "summary"


def test_going_back_keeps_what_is_on_the_page(citizen):
    citizen.get("/contact").press(commune="Belley").press().press(**GOOD_ANSWERS)
    citizen.press("back", channel="sms", safe_time="le soir")
    assert citizen.step == "why"
    assert citizen.form.values["reason_code"] == "complaint"
    citizen.press()
    assert (citizen.form.values["channel"], citizen.form.values["safe_time"]) == ("sms", "le soir")


def test_the_language_switch_keeps_the_place_and_what_was_typed(citizen):
    citizen.get("/contact").press(commune="Belley").press().press(**GOOD_ANSWERS).press(**GOOD_ANSWERS)
    citizen.press("language", to="/en/contact", facts="Half typed")
    assert citizen.read.lang == "en"
    assert citizen.step == "facts"
    assert citizen.form.values["facts"] == "Half typed"
    assert citizen.form.action == "/en/contact"
    assert "What is happening?" in citizen.text
    citizen.press("language", to="/contact")
    assert citizen.read.lang == "fr"
    assert citizen.form.values["facts"] == "Half typed"


def test_a_request_sent_in_english_is_answered_in_english(citizen, database):
    citizen.answer_all().press("language", to="/en/contact").press()
    assert citizen.path.startswith("/en/follow/")
    assert requests(database)[0].language == "en"
    assert "The Belley brigade will call you back today before 4:30 pm." in citizen.text


def test_too_many_sends_lose_nothing(app, database, citizen):
    citizen.answer_all()
    summary = dict(citizen.form.values)
    for number in range(30):
        assert (
            citizen.http.post(
                "/contact", data={**summary, "key": f"key-{number}"}, environ_base={"REMOTE_ADDR": citizen.address}
            ).status_code
            == 303
        )
    citizen.press()
    assert citizen.response.status_code == 429
    assert int(citizen.response.headers["Retry-After"]) > 0
    assert "Rien n’est perdu" in citizen.text
    assert citizen.form.values == summary
    elsewhere = Citizen(app, "198.51.100.1")
    elsewhere.answer_all().press()
    assert elsewhere.response.status_code == 200


def test_an_accident_shows_everything_again_and_writes_nothing_personal_down(citizen, database, monkeypatch, caplog):
    citizen.answer_all()
    summary = dict(citizen.form.values)

    quoted = "Camille Essai, +33639980012"

    def break_down(*_args):
        raise RuntimeError(quoted)

    monkeypatch.setattr("server.pages.contact.create_contact_request", break_down)
    citizen.press()
    assert citizen.response.status_code == 500
    assert "Votre demande n’est pas partie" in citizen.text
    assert citizen.form.values == summary
    assert "break_down" in caplog.text
    assert "Camille" not in caplog.text
    monkeypatch.undo()
    citizen.press()
    assert citizen.response.status_code == 200
    assert len(requests(database)) == 1


def test_while_the_database_is_away_the_answers_wait_in_the_page(app, citizen, database, monkeypatch):
    citizen.answer_all()
    summary = dict(citizen.form.values)

    def away(*_args):
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr(type(database), "transaction", away)
    citizen.press()
    assert citizen.response.status_code == 503
    assert "Vos réponses sont toujours là" in citizen.text
    assert citizen.form.values == summary
    monkeypatch.undo()
    citizen.press()
    assert citizen.response.status_code == 200
    assert len(requests(database)) == 1


def test_a_made_up_form_is_asked_again_from_the_first_open_question(citizen, database):
    citizen.get("/contact")
    citizen.press(step="summary", commune_insee="99999", reason_code="complaint")
    assert citizen.response.status_code == 422
    citizen.get("/contact").press(step="nowhere", commune="Belley")
    assert citizen.step == "unit"
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ContactRequest)) == 0


def test_a_write_from_another_site_is_refused(citizen):
    response = citizen.http.post("/contact", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "venait d’un autre site" in response.get_data(as_text=True)
