"""JSON interface: each view parses, calls one service or query, and presents."""

from __future__ import annotations

from flask import Flask

from server.api import (
    calendar_exports,
    calendar_trials,
    communes,
    contact_requests,
    health,
    late,
    partner_bookings,
    partner_holds,
    partner_slots,
    plannings,
    push,
    reasons,
    sign_in,
    slot_explanations,
    sync,
    terminal_push,
    terminals,
    text_messages,
    units,
    visioplainte,
)
from server.api.interface import create_interface

RESOURCES = (
    communes,
    units,
    push,
    reasons,
    contact_requests,
    partner_slots,
    partner_holds,
    partner_bookings,
    visioplainte,
    sign_in,
    slot_explanations,
    terminal_push,
    terminals,
    calendar_exports,
    sync,
    late,
    plannings,
    text_messages,
    calendar_trials,
    health,
)


def register(app: Flask) -> None:
    interface = create_interface(app)
    for resource in RESOURCES:
        interface.register_blueprint(resource.blueprint)
