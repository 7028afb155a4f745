"""How far a due day is, in words: in working days, or in natural days where no working day lies between."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from app.views.formats import distance
from app.workdays import Calendar


def distance_words(due_on: date | None, today: date, calendar: Calendar) -> str:
    """今天到期, 3 个工作日后, 已超 2 个工作日; 2 天后到期 over a weekend; empty without a due day."""
    if due_on is None:
        return ""
    days = calendar.count(today, due_on)
    natural = (due_on - today).days
    if days or not natural:
        return distance(days)
    return _("%(days)s 天后到期", days=natural) if natural > 0 else _("已超 %(days)s 天", days=-natural)
