"""Days that lie whole months apart: the same day of a later month, or its last one where the month is shorter."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """2022-11-30 and 3 months: 2023-02-28. A negative number of months goes back."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
