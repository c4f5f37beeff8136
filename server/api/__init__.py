"""JSON interface: each view parses, calls one service or query, and presents."""

from __future__ import annotations

from flask import Flask

from server.api import communes, contact_requests, health, reasons, sign_in, sync, terminals, units
from server.api.interface import create_interface


def register(app: Flask) -> None:
    interface = create_interface(app)
    for resource in (communes, units, reasons, contact_requests, sign_in, terminals, sync, health):
        interface.register_blueprint(resource.blueprint)
