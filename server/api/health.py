"""Whether this process can serve, for load balancers and whoever watches the service."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

import marshmallow as ma
from flask import Flask, Response, current_app, jsonify
from flask.sansio.blueprints import BlueprintSetupState

from server.api.interface import Blueprint
from server.api.schemas import Schema
from server.context import current
from server.health import HealthProbe

blueprint = Blueprint("health", __name__, description="Whether the service is up.")

_KEY = "health_probe"


@blueprint.record
def _make_probe(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    with state.app.app_context():
        state.app.extensions[_KEY] = HealthProbe(current().settings.database_url)


class Health(Schema):
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["ok", "unavailable"]))
    database = ma.fields.String(required=True, validate=ma.validate.OneOf(["ok", "away"]))
    worker_lag_s = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Age of the oldest job that should have run by now; null when nobody can tell."},
    )


@blueprint.get("/healthz")
@blueprint.alt_response(int(HTTPStatus.SERVICE_UNAVAILABLE), schema=Health)
@blueprint.response(HTTPStatus.OK, Health)
def get_health() -> Response:
    """Say whether the service is up

    Answers within two seconds, 503 when the database is away or hangs. Watch `worker_lag_s`: it grows when no worker
    runs.
    """
    health = current_app.extensions[_KEY].check()
    response = jsonify(asdict(health))
    if health.database != "ok":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Cache-Control"] = "no-store"
    return response
