"""How an operation says that it is for partners' machines, and the fields that those operations share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import Response, jsonify

from models.rules.api_keys import Scope
from models.rules.errors import NotFound
from server.api.interface import Blueprint
from server.partners import require_partner
from server.services.use_api_key import Partner

View = TypeVar("View", bound=Callable[..., Any])
SECURITY_SCHEME = {Scope.VISIOPLAINTE: "visioplainte_key"}
# Beyond these no calendar of ours goes, and arithmetic on days and instants cannot overflow.
FIRST_YEAR, LAST_YEAR = 2000, 2199


def keyed(blueprint: Blueprint, scope: Scope) -> Callable[[View], View]:
    """Open an operation to partners whose key has a scope; the view gets the `Partner` first.

    It stands above `arguments`, so that a stranger hears that they are one, and not what is wrong with their fields.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def with_partner(*args: Any, **kwargs: Any) -> Any:
            return view(require_partner(scope), *args, **kwargs)

        security = [{SECURITY_SCHEME.get(scope, "partner_key"): [] if scope in SECURITY_SCHEME else [scope.value]}]
        return blueprint.doc(security=security)(with_partner)  # type: ignore[no-any-return]

    return decorate


def partner_problems(blueprint: Blueprint, *statuses: HTTPStatus) -> Callable[[View], View]:
    """Say which refusals an operation for partners may answer with, beside those that every one of them may."""
    return blueprint.problems(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        *statuses,
    )


READS_A_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


class Day(ma.fields.Date):
    """A day as YYYY-MM-DD; the library alone would also take weeks and days without hyphens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        read: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return read


class Instant(ma.fields.DateTime):
    """An instant as ISO 8601 with its offset; one without would mean another time on each machine."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        read = read_instant(value, None)
        if read is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return read


def read_instant(value: Any, zone: ZoneInfo | None) -> datetime | None:
    """Read an instant in UTC; None when it is none.

    Args:
        zone: of a time without an offset; None refuses such a time.
    """
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is None:
            if zone is None:
                return None
            read = read.replace(tzinfo=zone)
        instant = read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def own_unit(partner: Partner, unit_id: int) -> int:
    """Let a key through to the unit that it is for.

    Raises:
        NotFound: `no_such_unit`, as for one that does not exist.
    """
    if partner.actor.unit_id not in (None, unit_id):
        raise NotFound("no_such_unit")
    return unit_id


def private(body: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """An answer that no cache between us and the partner may keep."""
    response = jsonify(body)
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response
