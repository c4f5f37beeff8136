"""What holds on every page: the emergency line first, both languages, one title, what browsers may keep."""

from __future__ import annotations

import gzip

import pytest

from tests.support.citizen import GOOD_ANSWERS
from tests.support.seed import send_request

PUBLIC_PAGES = [
    "/", "/suivi", "/accessibilite", "/donnees-personnelles", "/mentions-legales",
    "/en/", "/en/follow", "/en/accessibility", "/en/privacy", "/en/legal",
]  # fmt: skip
# Each of these begins with a key of its own, so that no two answers are the same.
FORMS = ["/contact", "/en/contact", "/rendez-vous", "/en/appointment"]


@pytest.mark.parametrize(
    "path", [*PUBLIC_PAGES, "/contact", "/en/contact", "/rendez-vous", "/en/appointment", "/nowhere", "/en/nowhere"]
)
def test_the_emergency_numbers_are_the_first_links_after_the_skip_links(citizen, path):
    citizen.get(path)
    assert [link["href"] for link in citizen.read.links[:5]] == ["#contenu", "#pied", "tel:17", "tel:112", "sms:114"]
    html = citizen.response.get_data(as_text=True)
    assert html.index('href="tel:17"') < html.index("<h1")
    assert html.count("<h1") == 1
    assert citizen.read.lang == ("en" if path.startswith("/en") else "fr")
    assert len(citizen.read.ids) == len(set(citizen.read.ids))


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_the_language_switch_leads_to_the_same_page_and_back(citizen, path):
    citizen.get(path)
    if path.endswith(("/suivi", "/follow")):
        title = citizen.title
        other = "/en/follow" if path == "/suivi" else "/suivi"
        citizen.press("language", to=other)
        assert citizen.title != title
        return
    (other,) = [link["href"] for link in citizen.read.links if link.get("hreflang")]
    citizen.get(other)
    assert citizen.response.status_code == 200
    assert [link["href"] for link in citizen.read.links if link.get("hreflang")] == [path]


def test_every_internal_link_of_the_home_page_leads_somewhere(citizen):
    citizen.get("/")
    for link in {link["href"] for link in citizen.read.links if link["href"].startswith("/")}:
        assert citizen.get(link).response.status_code == 200


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_are_compressed(citizen, path):
    plain = citizen.http.get(path)
    packed = citizen.http.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2


def test_pages_with_secrets_are_not_compressed(citizen, database):
    with database.transaction() as session:
        token = send_request(session).follow_token
    for path in (f"/suivi/{token}", f"/suivi/{token}/etat", f"/suivi/{token}/mot", "/contact", "/rendez-vous"):
        response = citizen.http.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in response.headers
        assert response.headers["Cache-Control"] == "private, no-cache"


def test_referrers_stay_at_home_and_our_own_forms_still_say_where_they_come_from(citizen):
    assert citizen.get("/contact").response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("reason", ["domestic_violence", "sexual_violence", "harassment"])
def test_a_discreet_journey_says_nothing_and_leaves_nothing(citizen, reason):
    citizen.get("/contact").press(commune="Belley").press()
    assert "Quitter vite" in citizen.text
    citizen.press(**{**GOOD_ANSWERS, "reason_code": reason})
    assert "À quel moment pouvez-vous répondre sans risque ?" in citizen.text
    while True:
        assert citizen.title == "Informations"
        assert "Quitter vite" in citizen.text
        assert citizen.response.headers["Cache-Control"] == "private, no-store"
        way_out = [link for link in citizen.read.links if link.get("id") == "quitter"]
        assert way_out[0]["href"] == "https://meteofrance.com/"
        if citizen.path.startswith("/suivi"):
            break
        citizen.press(**{**GOOD_ANSWERS, "reason_code": reason}) if citizen.step != "summary" else citizen.press()
    assert "Motif" not in citizen.text


def test_an_ordinary_journey_has_no_way_out_button(citizen):
    citizen.answer_all()
    assert "Quitter vite" not in citizen.text


def test_changing_to_a_discreet_reason_asks_for_the_safe_time(citizen):
    citizen.answer_all().press("edit-why").press(reason_code="harassment")
    assert citizen.step == "how"
    assert "Votre sécurité d’abord" in citizen.text
