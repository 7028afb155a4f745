"""The screens. One is added by its blueprint here, a row for each of its routes in app/access.py, and, where it has an
entry of its own in the rail, one in navigation.py.
"""

from __future__ import annotations

from flask import Blueprint

from app.views import (
    administration,
    attachments,
    diagrams,
    histories,
    home,
    inbox,
    login,
    notifications,
    password,
    people,
    settings,
    tasks,
    units,
)

BLUEPRINTS: list[Blueprint] = [
    home.bp,
    login.bp,
    inbox.bp,
    tasks.bp,
    histories.bp,
    attachments.bp,
    diagrams.bp,
    notifications.bp,
    password.bp,
    settings.bp,
    people.bp,
    units.bp,
    administration.bp,
]
