"""The screens. One is added by its blueprint here, a row for each of its routes in app/access.py, and, where it has an
entry of its own in the rail, one in navigation.py.
"""

from __future__ import annotations

from flask import Blueprint

from app.views import (
    administration,
    attachments,
    board,
    campaigns,
    cockpit,
    definitions,
    deployments,
    diagrams,
    histories,
    home,
    inbox,
    incidents,
    indicators,
    login,
    migrations,
    notifications,
    password,
    people,
    plan,
    rule_sets,
    search,
    settings,
    tasks,
    units,
    urging,
)

BLUEPRINTS: list[Blueprint] = [
    home.bp,
    login.bp,
    inbox.bp,
    tasks.bp,
    board.bp,
    urging.bp,
    campaigns.bp,
    cockpit.bp,
    indicators.bp,
    plan.bp,
    search.bp,
    histories.bp,
    incidents.bp,
    attachments.bp,
    diagrams.bp,
    notifications.bp,
    password.bp,
    settings.bp,
    people.bp,
    units.bp,
    definitions.bp,
    deployments.bp,
    migrations.bp,
    rule_sets.bp,
    administration.bp,
]
