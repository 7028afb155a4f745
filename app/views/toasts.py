"""A toast that offers to undo what was just done, or to see more of it; base.html draws it."""

from __future__ import annotations

from flask import flash


def toast(text: str, undo_url: str = "", undo_label: str = "", *, href: str = "", label: str = "") -> None:
    """undo_url: what is posted to undo it; href: where a link leads; each with its label, or nothing."""
    message = {"text": text, "undo_url": undo_url, "undo_label": undo_label, "href": href, "label": label}
    flash(message)  # type: ignore[arg-type]  # kept as JSON in the session, so it need not be a text
