"""Finding a commune as people type it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma

from models.queries.communes import CommuneFound, search_communes
from server.api.interface import Blueprint
from server.api.schemas import Schema, text
from server.context import current

blueprint = Blueprint("communes", __name__, url_prefix="/api/communes", description="The communes of France.")

MOST = 50


class CommuneQuery(Schema):
    q = text(
        100, required=True, description="A name or the beginning of one, a postcode, an INSEE code; accents forgiven."
    )
    limit = ma.fields.Integer(
        load_default=10, validate=ma.validate.Range(1, MOST, error="unreadable"), metadata={"description": "At most."}
    )


class Commune(Schema):
    insee = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    departement = ma.fields.String(required=True)
    departement_name = ma.fields.String(required=True)
    postcodes = ma.fields.List(ma.fields.String(), required=True)
    matched_name = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The other name by which it was found: a former or delegated commune."},
    )


@blueprint.get("")
@blueprint.arguments(CommuneQuery, location="query")
@blueprint.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Commune(many=True))
def get_communes(query: dict[str, Any]) -> list[CommuneFound]:
    """Find communes

    The most likely first. Two in three postcodes cover several communes: let the citizen choose.
    """
    with current().database.snapshot() as session:
        return search_communes(session, query["q"], query["limit"])
