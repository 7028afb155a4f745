"""How dates, distances and numbers are written on the screens; filters of every template."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from app import clock
from app.queries.paging import MOST_COUNTED

NOTHING = "–"


def day(on: date | None) -> str:
    """12月29日 in the current year, with the year in any other; the day in China of an instant."""
    if on is None:
        return NOTHING
    local = _local_day(on)
    return _month_and_day(local) if local.year == clock.today().year else full_day(local)


def full_day(on: date | None) -> str:
    """2024年12月29日."""
    if on is None:
        return NOTHING
    local = _local_day(on)
    return _("%(year)s年%(month)s月%(day)s日", year=local.year, month=local.month, day=local.day)


def weekday(on: date) -> str:
    names = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))
    return names[_local_day(on).weekday()]


def time_of_day(at: datetime) -> str:
    """10:24, as the clock on the wall of the office shows the aware instant."""
    return f"{clock.local(at):%H:%M}"


def moment(at: datetime | str | None) -> str:
    """12月29日 10:24; of an instant or, as errors carry it, of its ISO text."""
    if at is None:
        return NOTHING
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{day(instant)} {time_of_day(instant)}"


def stamp(at: datetime | None) -> str:
    """12-29 10:24, for tables of events only."""
    return NOTHING if at is None else f"{clock.local(at):%m-%d %H:%M}"


def distance(days: int) -> str:
    """How far a deadline is, in working days; negative is past."""
    if days == 0:
        return _("今天到期")
    return _("%(days)s 个工作日后", days=days) if days > 0 else _("已超 %(days)s 个工作日", days=-days)


def number(value: int | float | Decimal | None) -> str:
    """48,620 or 91.7; nothing is a dash, minus is a minus sign."""
    if value is None:
        return NOTHING
    digits = f"{Decimal(str(value)):,f}"
    shown = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return shown.replace("-", "−")


def some(count: int | None) -> str:
    """As number, of what the lists count: 1,000+ where they stopped counting."""
    return f"{number(MOST_COUNTED)}+" if count is not None and count > MOST_COUNTED else number(count)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters.update(
        day=day,
        full_day=full_day,
        weekday=weekday,
        time_of_day=time_of_day,
        moment=moment,
        stamp=stamp,
        distance=distance,
        number=number,
        some=some,
    )


def _local_day(on: date) -> date:
    return clock.local(on).date() if isinstance(on, datetime) else on


def _month_and_day(on: date) -> str:
    return _("%(month)s月%(day)s日", month=on.month, day=on.day)
