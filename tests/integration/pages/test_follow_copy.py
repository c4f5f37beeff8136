"""The copy of a follow page that a device keeps: what is in it, what is not, until when, and who keeps it."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from models.rules.actor import CitizenActor
from models.tables import Unit
from server.services.accept_request import AcceptRequest, accept_request
from server.services.add_citizen_word import AddCitizenWord, add_citizen_word
from server.services.close_request import CloseRequest, close_request
from server.static_files import DIST
from tests.support.seed import NOW, actor_of, seed_agent, send_request

WORKERS = ["/suivi/service-worker.js", "/en/follow/service-worker.js"]


@pytest.fixture
def created(app, database):
    with database.transaction() as session:
        return send_request(session)


def end(database, created):
    with database.transaction() as session:
        martin = actor_of(seed_agent(session, session.get_one(Unit, 1008593)))
        accept_request(session, AcceptRequest(created.request_id), martin, NOW)
        close_request(session, CloseRequest(created.request_id, "handled"), martin, NOW)


def test_the_copy_says_when_it_was_true_and_names_its_days(citizen, created):
    citizen.get(f"/suivi/{created.follow_token}/copie")
    assert "Hors connexion : état connu le mardi 24 novembre à 14 h 30" in citizen.text
    assert "La brigade de Belley vous rappelle mardi 24 novembre avant 16 h 30." in citizen.text
    assert "Mardi 24 novembre 8 h – midi, 14 h – 18 h" in citizen.text
    assert not re.search("aujourd’hui|hier|demain|ouvert jusqu|en ce moment", citizen.text, re.IGNORECASE)


def test_the_english_copy_speaks_english(citizen, created):
    citizen.get(f"/en/follow/{created.follow_token}/copy")
    assert "Offline: last known state, Tuesday 24 November at 2:30 pm" in citizen.text
    assert not re.search("today|yesterday|tomorrow|open until", citizen.text, re.IGNORECASE)


def test_what_works_offline_is_offered_and_what_does_not_is_disabled(citizen, created):
    citizen.get(f"/suivi/{created.follow_token}/copie")
    hrefs = {link["href"] for link in citizen.read.links if "href" in link}
    assert hrefs == {"#contenu", "#pied", "tel:17", "tel:112", "sms:114", "tel:+33465710012", ""}
    html = citizen.response.get_data(as_text=True)
    for label in ("Ajouter un message", "Annuler ma demande"):
        assert re.search(rf"<button[^>]* disabled>{label}<", html)
    assert citizen.read.forms == []
    assert created.call_back_word in citizen.text


def test_neither_link_nor_code_nor_reason_nor_own_words_are_in_it(citizen, created, database):
    with database.transaction() as session:
        word = AddCitizenWord(created.request_id, "Mon secret")
        add_citizen_word(session, word, CitizenActor(created.request_id), NOW)
    citizen.get(f"/suivi/{created.follow_token}/copie")
    html = citizen.response.get_data(as_text=True)
    assert "Vous avez ajouté un message." in html
    for secret in (created.follow_token, created.follow_code[:4], "Mon secret", "Camille", "vélo", "Motif"):
        assert secret not in html


@pytest.mark.parametrize("days", [0, 3])
def test_it_goes_a_week_after_the_end(citizen, created, database, clock, days):
    end(database, created)
    clock.now = NOW + timedelta(days=days)
    response = citizen.get(f"/suivi/{created.follow_token}/copie").response
    assert parsedate_to_datetime(response.headers["Expires"]) == NOW + timedelta(days=7)
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_week_after_the_end_there_is_none_and_the_page_asks_for_none(citizen, created, database, clock):
    end(database, created)
    assert "data-copy=" in citizen.get(f"/suivi/{created.follow_token}").response.get_data(as_text=True)
    clock.now = NOW + timedelta(days=7)
    assert citizen.get(f"/suivi/{created.follow_token}/copie").response.status_code == 404
    html = citizen.get(f"/suivi/{created.follow_token}").response.get_data(as_text=True)
    assert "data-copy=" not in html
    assert "Oublier cette page" not in html


@pytest.mark.parametrize("page", ["", "/envoyee"])
def test_a_discreet_request_has_no_copy_and_its_page_says_to_forget(app, database, citizen, page):
    with database.transaction() as session:
        created = send_request(session, reason_code="harassment", safe_time="le matin")
    assert citizen.get(f"/suivi/{created.follow_token}/copie").response.status_code == 404
    html = citizen.get(f"/suivi/{created.follow_token}{page}").response.get_data(as_text=True)
    assert "data-discreet" in html
    assert "data-copy=" not in html
    assert "Sur cet appareil" not in html


@pytest.mark.parametrize("path", WORKERS)
def test_the_worker_is_asked_for_each_time_and_reaches_its_own_folder_only(citizen, path):
    response = citizen.get(path).response
    assert response.status_code == 200
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Service-Worker-Allowed"] == path.removesuffix("service-worker.js")
    assert "connect-src 'self'" in response.headers["Content-Security-Policy"]


def test_the_worker_is_small():
    assert len(gzip.compress((DIST / "follow-worker.js").read_bytes(), 9)) <= 3000
