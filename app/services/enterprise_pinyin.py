"""The pinyin of an enterprise's name, by which the library is in order and is searched."""

from __future__ import annotations

from app.services.plans import pinyin_of

MOST_FULL, MOST_INITIALS = 220, 79  # the cursor of a list carries them


def pinyin(name: str) -> str:
    """Full pinyin, a blank, the initials; in small letters."""
    full, _, initials = pinyin_of(name).lower().rpartition(" ")
    return f"{full[:MOST_FULL]} {initials[:MOST_INITIALS]}"
