"""Wires the web application once and decides nothing.

The imports stand inside, so that whoever imports one room of this package, such as the engine, does not load the web.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.services.house import House


def create_app(house: House | None = None) -> Flask:
    """The application of one house; without one, of the house that the environment describes."""
    from app import access, api, clock, logs, request_ids, security
    from app.services.house import House
    from app.views import (
        BLUEPRINTS,
        access_log,
        assets,
        clock_warning,
        context,
        errors,
        formats,
        forms,
        languages,
        password,
        signed_in,
    )
    from config import from_environment

    if house is None:
        logs.configure(logging.INFO)
        settings = from_environment()
        clock.start_at(settings.clock)
        house = House(settings)
    app = api.new_app(__name__)
    app.extensions["house"] = house
    security.configure(app, house.settings)
    for part in (
        request_ids,
        api,
        signed_in,
        access,
        security,
        password,
        languages,
        assets,
        formats,
        forms,
        context,
        clock_warning,
        errors,
    ):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access_log.init_app(app)
    return app
