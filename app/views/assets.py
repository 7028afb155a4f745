"""The address of a built file, with its version, so that a browser may keep it for ever: `asset("app.js")`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, url_for

MANIFEST = Path(__file__).parents[1] / "static" / "dist" / "manifest.json"


def asset(name: str) -> str:
    return url_for("static", filename=f"dist/{name}", v=_versions(MANIFEST.stat().st_mtime_ns)[name])


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset


@cache
def _versions(changed_ns: int) -> dict[str, str]:
    """Read anew only when a build has changed the file."""
    versions: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return versions
