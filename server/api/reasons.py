"""The reasons for which a citizen may ask for contact."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify
from sqlalchemy import select

from models.tables import Reason as ReasonRow
from server.api.interface import Blueprint
from server.api.schemas import Schema
from server.context import current
from server.i18n import language

blueprint = Blueprint("reasons", __name__, url_prefix="/api/reasons", description="Why a citizen comes.")


class Reason(Schema):
    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    hint = ma.fields.String(required=True)
    discreet = ma.fields.Boolean(
        required=True, metadata={"description": "Someone near may read along: show nothing of it, ask for a safe time."}
    )


@blueprint.get("")
@blueprint.problems()
@blueprint.response(HTTPStatus.OK, Reason(many=True))
def get_reasons() -> Response:
    """List the reasons

    In the order to show them, in the language of `Accept-Language`.
    """
    with current().database.snapshot() as session:
        rows = session.scalars(select(ReasonRow).where(ReasonRow.active).order_by(ReasonRow.position)).all()
    english = language() == "en"
    response = jsonify([_present(row, english=english) for row in rows])
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    return response


def _present(row: ReasonRow, *, english: bool) -> dict[str, Any]:
    return {
        "code": row.code,
        "label": row.label_en if english else row.label_fr,
        "hint": row.hint_en if english else row.hint_fr,
        "discreet": row.discreet,
    }
