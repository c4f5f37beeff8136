"""What booking a held time makes of it, at every door: confirmed, or requested until the unit has confirmed it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.queries.to_confirm import why_to_confirm
from models.rules.appointments import State
from models.rules.booking import ToConfirm, first_state
from models.tables import Appointment


def state_when_booked(session: Session, held: Appointment, *, needs_approval: bool) -> State:
    """Return the state that booking gives what is held, and write down why it waits where its reason does not say so.

    Args:
        needs_approval: the reason's appointments are approved one by one.
    """
    why = why_to_confirm(session, held, needs_approval=needs_approval)
    held.to_confirm_because = why if why is ToConfirm.PLANNING_SILENT else None
    return first_state(needs_approval=why is not None)
