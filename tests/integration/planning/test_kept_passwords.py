"""A kept password goes where whoever gave it wanted it to go: a colleague's to its own address and nowhere else."""

from __future__ import annotations

import json

import pytest

from tests.support.plannings import add_planning, source_of, write

URL = "https://agenda.example/martin.ics"
OTHER = "https://agenda.example/autre.ics"
KEPT = {"user": "martin", "password": "mot de passe"}
NONE = {"user": "", "password": ""}


@pytest.fixture
def address_of(brigade, context):
    def address_of(source_id):
        row = source_of(brigade.database, source_id)
        return json.loads(context.sealer.open(row.address_sealed, row.id))

    return address_of


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": OTHER}, {"url": OTHER, **NONE}),
        ({"url": f"{URL}?vers=ailleurs"}, {"url": f"{URL}?vers=ailleurs", **NONE}),
        ({"url": OTHER, "user": "roux", "password": "autre"}, {"url": OTHER, "user": "roux", "password": "autre"}),
        ({"url": URL}, {"url": URL, **KEPT}),
        ({"password": "neuf"}, {"url": URL, "user": "martin", "password": "neuf"}),
    ],
)
def test_a_chief_leads_a_colleague_s_password_nowhere_else(mine, chief, address_of, change, expected):
    source_id = add_planning(mine, url=URL, **KEPT)["id"]
    assert write(chief, "PATCH", f"/api/plannings/{source_id}", json=change).status_code == 200
    assert address_of(source_id) == expected


def test_one_s_own_and_a_table_s_stay_with_their_host(mine, chief, address_of):
    own = add_planning(mine, url=URL, **KEPT)["id"]
    table = add_planning(chief, kind="positions_daily", url=URL, **KEPT)["id"]
    for terminal, source_id in ((mine, own), (chief, table)):
        assert write(terminal, "PATCH", f"/api/plannings/{source_id}", json={"url": OTHER}).status_code == 200
        assert address_of(source_id) == {"url": OTHER, **KEPT}
