from __future__ import annotations

from sqlalchemy import select

from models.queries.feed.units import MOST_NEIGHBOURS, neighbours_body
from models.rules.actor import Role
from models.tables import Unit
from server.importers.units import import_units
from server.services.close_agent import CloseAgent, close_agent
from server.services.create_agent import CreateAgent, create_agent
from tests.support.seed import NOW, seed_agent, seed_unit


def test_a_terminal_knows_the_people_of_its_unit_as_they_come_and_go(brigade):
    with brigade.database.transaction() as session:
        seed_agent(session, brigade.unit, Role.OPERATOR, name="Opér. Vert")
    mine = brigade.terminal(brigade.martin)
    mine.pull()
    people = {body["name"]: body["roles"] for key, body in mine.docs.items() if key.startswith("agent/")}
    assert people == {"Adj. Martin": ["gendarme"], "Gend. Petit": ["gendarme"], "Maj. Roux": ["chief"]}

    roles = frozenset({Role.GENDARME, Role.CHIEF})
    with brigade.database.transaction() as session:
        command = CreateAgent("bleu", "Adj. Bleu", roles, brigade.unit.id, "un long mot de passe")
        newcomer = create_agent(session, command, NOW)
    mine.pull()
    assert mine.docs[f"agent/{newcomer.id}"] == {
        "id": newcomer.id,
        "name": "Adj. Bleu",
        "roles": ["chief", "gendarme"],
        "stopped_agendas": [],
    }

    brigade.terminal(brigade.petit).do("duty.set", status="available")
    mine.pull()
    assert f"duty/{brigade.petit.id}" in mine.docs
    with brigade.database.transaction() as session:
        close_agent(session, CloseAgent(brigade.petit.login), NOW)
    mine.pull()
    assert not {f"agent/{brigade.petit.id}", f"duty/{brigade.petit.id}"} & set(mine.docs)


def test_the_neighbours_are_the_nearest_that_receive_requests_and_siblings_come_first(session):
    own = seed_unit(session)
    own.grouping = "COB Belley"
    for number in range(1, 20):
        unit = seed_unit(session, number, f"Brigade {number}")
        unit.latitude = 45.7555
        unit.longitude = 5.6827 + number / 10
    far_sibling = seed_unit(session, 100, "Brigade sœur")
    far_sibling.longitude, far_sibling.grouping = 12.0, "COB Belley"
    other_grouping = session.get_one(type(own), 3)
    other_grouping.grouping = "COB d’ailleurs"
    session.get_one(type(own), 1).receives_contact_requests = False
    nowhere = seed_unit(session, 200, "Brigade sans coordonnées")
    nowhere.latitude = nowhere.longitude = None
    session.flush()

    units = neighbours_body(session, own.id)["units"]

    assert [unit["id"] for unit in units] == [100, *range(2, 16)]
    assert len(units) == MOST_NEIGHBOURS
    assert units[0] == {"id": 100, "name": "Brigade sœur", "commune_name": "Belley", "phone": "+33465710012"}


def test_the_other_side_of_the_180th_meridian_is_near(session):
    futuna, noumea, tahiti = (seed_unit(session, number, name) for number, name in enumerate(("F", "N", "T"), 1))
    for unit, latitude, longitude in ((futuna, -14.3, -178.1), (noumea, -22.3, 166.4), (tahiti, -17.5, -149.6)):
        unit.latitude, unit.longitude = latitude, longitude
    session.flush()
    assert [unit["id"] for unit in neighbours_body(session, futuna.id)["units"]] == [noumea.id, tahiti.id]
    assert [unit["id"] for unit in neighbours_body(session, noumea.id)["units"]] == [futuna.id, tahiti.id]


def test_a_unit_without_coordinates_knows_those_of_its_departement(session):
    own = seed_unit(session)
    own.latitude = own.longitude = None
    seed_unit(session, 1, "Brigade de l’Ain")
    seed_unit(session, 2, "Brigade de la Loire").postcode = "42000"
    session.flush()
    assert [unit["id"] for unit in neighbours_body(session, own.id)["units"]] == [1]


def test_every_real_unit_has_neighbours_that_are_near(session, real_data):
    import_units(session, str(real_data / "data/SYNTHETIC_HOURS_units_export_gn2_layout.csv"))
    units = session.scalars(select(Unit).where(Unit.receives_contact_requests)).all()
    positions = {unit.id: (unit.latitude, unit.longitude) for unit in units}
    for unit in units[::100]:
        found = neighbours_body(session, unit.id)["units"]
        assert len(found) == MOST_NEIGHBOURS
        assert unit.id not in {one["id"] for one in found}
        # Overseas a département is islands apart; a Corsican brigade has few around it, but none across the sea.
        if unit.latitude is None or unit.commune_insee.startswith(("97", "98")) or unit.grouping is not None:
            continue
        for one in found:
            latitude, longitude = positions[one["id"]]
            assert abs(latitude - unit.latitude) < 1.5, (unit.name, one["name"])
            assert abs(longitude - unit.longitude) < 2.5, (unit.name, one["name"])
