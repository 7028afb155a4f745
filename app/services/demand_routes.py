"""The table of policies/demand_routes.yaml, read once."""

from __future__ import annotations

from functools import cache

from app.duties.demand_response import Routes, read_routes
from app.services.house import POLICIES


@cache
def demand_routes() -> Routes:
    return read_routes((POLICIES / "demand_routes.yaml").read_text("utf-8"))
