"""What the remote complaints' client sends and reads; names, texts and whole numbers are its own."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from models.rules.appointments import EndedBy, State
from server.api.partner_access import Day
from server.api.schemas import Schema, text

OFFSET = "ISO 8601, avec le décalage du fuseau de l’unité."
# What the columns hold.
LARGEST_ID, LARGEST_COUNTER = 2**63 - 1, 2**31 - 1
STATUSES = ("unknown", "seen", "noshow", "excused", "revoked")


def status_of(state: State, ended_by: str | None) -> str:
    """A state in the words of rdv-service-public: who cancelled makes the difference between two of them."""
    match state:
        case State.HONOURED:
            return "seen"
        case State.NO_SHOW:
            return "noshow"
        case State.CANCELLED | State.EXPIRED:
            return "excused" if ended_by == EndedBy.CITIZEN else "revoked"
        case _:
            return "unknown"


def _ids(name: str, largest: int) -> ma.fields.List[Any]:
    number = ma.fields.Integer(validate=ma.validate.Range(0, largest, error="unreadable"))
    return ma.fields.List(number, data_key=f"{name}[]", load_default=None)


def _instant(description: str = OFFSET) -> ma.fields.String:
    return ma.fields.String(
        required=True,
        metadata={"format": "date-time", "description": description, "example": "2026-12-01T09:00:00+01:00"},
    )


class Errors(Schema):
    errors = ma.fields.List(ma.fields.String(), required=True)


class StartQuery(Schema):
    date_debut = Day(required=True)


class RangeQuery(StartQuery):
    date_fin = Day(required=True, metadata={"description": "Compris."})


class WindowsQuery(RangeQuery):
    guichet_ids = _ids("guichet_ids", LARGEST_COUNTER)


class RdvsQuery(Schema):
    date_debut = text(40, load_default=None, description="Date et heure ISO 8601 ; sans décalage, celle de l’unité.")
    date_fin = text(40, load_default=None, description="De même, comprise.")
    ids = _ids("ids", LARGEST_ID)
    guichet_ids = _ids("guichet_ids", LARGEST_COUNTER)


class NewRdvQuery(Schema):
    starts_at = text(40, required=True, description="Un des créneaux. ISO 8601.")


class Creneau(Schema):
    starts_at = _instant()
    duration_in_min = ma.fields.Integer(required=True)


class Creneaux(Schema):
    creneaux = ma.fields.List(ma.fields.Nested(Creneau), required=True)


class Guichet(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True, metadata={"example": "Guichet 1"})


class Guichets(Schema):
    guichets = ma.fields.List(ma.fields.Nested(Guichet), required=True)


class PlageOuverture(Schema):
    id = ma.fields.Integer(required=True)
    starts_at = _instant()
    ends_at = _instant()
    guichet_id = ma.fields.Integer(required=True)


class PlagesOuverture(Schema):
    plages_ouverture = ma.fields.List(ma.fields.Nested(PlageOuverture), required=True)


class Rdv(Schema):
    id = ma.fields.Integer(required=True)
    user_id = ma.fields.Integer(
        required=True, metadata={"description": "L’usager anonyme de ce rdv ; le même nombre que `id`."}
    )
    created_at = _instant()
    starts_at = _instant()
    ends_at = _instant()
    duration_in_min = ma.fields.Integer(required=True)
    status = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(STATUSES),
        metadata={
            "description": "`unknown` avant le rdv, `seen` honoré, `noshow` absent, `excused` annulé par l’usager,"
            " `revoked` annulé par l’unité."
        },
    )
    guichet = ma.fields.Nested(Guichet, required=True)


class Rdvs(Schema):
    rdvs = ma.fields.List(ma.fields.Nested(Rdv), required=True)
