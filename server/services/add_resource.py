from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.resources import ListedKind
from models.tables import Resource, Unit

LONGEST_NAME = 60


@dataclass(frozen=True)
class AddResource:
    """A room or an interpreter that appointments of the unit may take."""

    unit_id: int
    kind: ListedKind
    name: str


def add_resource(session: Session, command: AddResource) -> Resource:
    """List a room or an interpreter of a unit; one that was retired under this name is in use again.

    Raises:
        NotFound: `no_such_unit`.
        Invalid: `name` is `missing` or `too_long` (60 characters).
        Conflict: `resource_exists`.
    """
    name = read_name(command.name)
    if session.get(Unit, command.unit_id) is None:
        raise NotFound("no_such_unit")
    lock_scopes(session, {unit_scope(command.unit_id)})
    resource = named(session, command.unit_id, command.kind, name)
    if resource is None:
        resource = Resource(unit_id=command.unit_id, kind=command.kind, name=name, active=True)
        session.add(resource)
    elif resource.active:
        raise Conflict("resource_exists")
    resource.active = True
    session.flush()
    return resource


def find_resource(session: Session, number: int) -> Resource:
    """A room or an interpreter under its unit's lock.

    Raises:
        NotFound: `no_such_resource`.
    """
    # It never goes to another unit, so that one look before the lock is enough.
    unit_id = session.scalar(select(Resource.unit_id).where(Resource.id == number))
    if unit_id is None:
        raise NotFound("no_such_resource")
    lock_scopes(session, {unit_scope(unit_id)})
    return session.get_one(Resource, number, populate_existing=True)


def named(session: Session, unit_id: int, kind: str, name: str) -> Resource | None:
    """The unit's room or interpreter of this name, retired ones too; the caller has the unit's lock."""
    return session.scalar(
        select(Resource).where(Resource.unit_id == unit_id, Resource.kind == kind, Resource.name == name)
    )


def read_name(text: str) -> str:
    """A name as it is kept.

    Raises:
        Invalid: `name` is `missing` or `too_long`.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("invalid_arguments", {"fields": {"name": "too_long" if name else "missing"}})
    return name
