from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.rules.errors import Conflict
from models.tables import Resource
from server.services.add_resource import find_resource, named, read_name


@dataclass(frozen=True)
class RenameResource:
    number: int
    name: str


def rename_resource(session: Session, command: RenameResource) -> Resource:
    """Give a room or an interpreter another name; whatever has it keeps it.

    Raises:
        NotFound: `no_such_resource`.
        Invalid: `name` is `missing` or `too_long`.
        Conflict: `resource_exists`, a retired one included.
    """
    name = read_name(command.name)
    resource = find_resource(session, command.number)
    other = named(session, resource.unit_id, resource.kind, name)
    if other is not None and other.id != resource.id:
        raise Conflict("resource_exists")
    resource.name = name
    session.flush()
    return resource
