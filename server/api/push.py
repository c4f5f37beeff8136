"""What every browser needs to be reached over web push: the key to subscribe with."""

from __future__ import annotations

from http import HTTPStatus

import marshmallow as ma
from flask import Response, jsonify

from server.api.interface import Blueprint
from server.api.schemas import Schema
from server.context import current
from server.push_subscriptions import current_key

blueprint = Blueprint("push", __name__, url_prefix="/api/push", description="What browsers need for web push.")


class Key(Schema):
    key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For `PushManager.subscribe()`, base64url; null where web push is off."},
    )


@blueprint.get("/key")
@blueprint.problems()
@blueprint.response(HTTPStatus.OK, Key)
def get_key() -> Response:
    """Read the public key that browsers subscribe with"""
    response = jsonify({"key": current_key(current().settings.push)})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
