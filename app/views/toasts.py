"""A toast that offers to undo what was just done; base.html draws it."""

from __future__ import annotations

from flask import flash


def toast(text: str, undo_url: str, undo_label: str) -> None:
    message = {"text": text, "undo_url": undo_url, "undo_label": undo_label}
    flash(message)  # type: ignore[arg-type]  # kept as JSON in the session, so it need not be a text
