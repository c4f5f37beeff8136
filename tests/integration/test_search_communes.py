"""Finding a commune as people type it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.queries.communes import communes_of_postcode, find_commune, search_communes
from server.importers.communes import import_communes
from tests.support.reference import COMMUNES


@pytest.fixture
def communes(session):
    import_communes(session, str(COMMUNES))
    return session


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("st jean bon", "42237"),
        ("SAINT JEAN-BONNEFONDS", "42237"),
        ("bonnefonds", "42237"),
        ("abergement", "01001"),
        ("labergement", "01001"),
        ("l’aber", "01001"),
        ("oeuil", "51410"),
        ("mers les b", "80533"),
        ("01300", "01034"),
        ("01300 arb", "01015"),
        ("01034", "01034"),
        ("0103", "01034"),
        ("paris 15", "75056"),
        ("75015", "75056"),
        ("arbignieu", "01015"),
        ("eu", "76255"),
        ("strasb", "67482"),
    ],
)
def test_the_one_that_is_meant_comes_first(communes, typed, first):
    assert search_communes(communes, typed)[0].insee == first


def test_what_a_result_tells(communes):
    found = search_communes(communes, "arbignieu")[0]
    assert (found.name, found.matched_name) == ("Arboys en Bugey", "Arbignieu")
    assert (found.departement, found.departement_name, found.postcodes) == ("01", "Ain", ("01300",))
    assert search_communes(communes, "arboys")[0].matched_name is None


def test_alike_names_come_by_population_and_can_be_told_apart(communes):
    found = search_communes(communes, "saint denis")
    assert [(one.name, one.departement_name) for one in found] == [
        ("Saint-Denis", "La Réunion"),
        ("Saint-Denis", "Seine-Saint-Denis"),
    ]
    assert [one.departement for one in search_communes(communes, "œuilly")] == ["51", "02"]


def test_exact_names_come_before_longer_and_larger_ones(communes):
    assert [one.name for one in search_communes(communes, "eu")][:1] == ["Eu"]


def test_each_commune_comes_once(communes):
    found = [one.insee for one in search_communes(communes, "ar", limit=50)]
    assert len(found) == len(set(found))


def test_an_old_code_finds_todays_commune(communes):
    assert [one.insee for one in search_communes(communes, "93059")] == ["93066"]


@pytest.mark.parametrize("typed", ["", "  ", "-", "’", "zzzz", "%", "_", "';--", "a & | ! ( ) :* <->", "\x00"])
def test_nothing_is_found_and_nothing_breaks(communes, typed):
    assert [one for one in search_communes(communes, typed) if typed in one.name] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40), limit=st.integers(-5, 200))
def test_anything_may_be_typed(communes, typed, limit):
    assert len(search_communes(communes, typed, limit)) <= 50


def test_the_limit_holds(communes):
    assert len(search_communes(communes, "a", limit=2)) == 2


def test_a_postcode_is_not_a_commune(communes):
    assert [one.name for one in communes_of_postcode(communes, "01300")] == ["Arboys en Bugey", "Belley"]
    assert communes_of_postcode(communes, "99999") == []


@pytest.mark.parametrize(("insee", "today"), [("01034", "01034"), ("01340", "01015"), ("75115", "75056")])
def test_any_code_leads_to_today(communes, insee, today):
    found = find_commune(communes, insee)
    assert found is not None
    assert found.insee == today


def test_an_unknown_code_is_nobodys(communes):
    assert find_commune(communes, "99999") is None
