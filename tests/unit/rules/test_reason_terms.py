from __future__ import annotations

from dataclasses import replace

import pytest

from models.rules.errors import Invalid
from models.rules.openings import PlaceKind
from models.rules.reason_terms import ReasonTerms, require_terms
from models.rules.resources import ListedKind

TERMS = ReasonTerms(
    duration_minutes=30,
    buffer_minutes=0,
    notice_minutes=60,
    change_notice_minutes=120,
    horizon_days=60,
    agents_needed=1,
    needs_approval=False,
    place_kinds=(PlaceKind.UNIT,),
    resource_kinds=(),
    ladder_minutes=(2, 10, 30),
    approval_minutes=(120, 480, 1440),
)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (
            {"duration_minutes": 4, "buffer_minutes": -1},
            {"duration_minutes": "out_of_range", "buffer_minutes": "out_of_range"},
        ),
        ({"change_notice_minutes": -1}, {"change_notice_minutes": "out_of_range"}),
        ({"horizon_days": 0}, {"horizon_days": "out_of_range", "notice_minutes": "beyond_horizon"}),
        ({"agents_needed": 0}, {"agents_needed": "out_of_range"}),
        ({"place_kinds": ()}, {"place_kinds": "missing"}),
        ({"ladder_minutes": (2, 2, 30)}, {"ladder_minutes": "out_of_order"}),
        (
            {"ladder_minutes": (0, 10, 30), "approval_minutes": (1, 2, 10081)},
            {"ladder_minutes": "out_of_range", "approval_minutes": "out_of_range"},
        ),
        ({"resource_kinds": (ListedKind.ROOM, ListedKind.ROOM)}, {"resource_kinds": "repeated"}),
    ],
)
def test_terms_on_which_no_appointment_can_be_made_name_their_fields(changes, fields):
    require_terms(TERMS)
    with pytest.raises(Invalid) as refused:
        require_terms(replace(TERMS, **changes))
    assert refused.value.detail == {"fields": fields}
