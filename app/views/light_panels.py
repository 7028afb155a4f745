"""What a light says of itself: the row of its rule, what was looked at, extensions and pauses, how it turned, what is
expected. The same for the page of a task or an indicator and for the small panel that a light opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import may_open
from app.duties.forecast import Forecast
from app.duties.forecast_words import NOTE, chance_text, level
from app.duties.light_changes import CAUSES
from app.duties.lights import Explanation, explain
from app.duties.rule_tables import LIGHTS, PACE
from app.models.outlook import INDICATOR, TASK, ForecastRow, LightChange
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries import outlook, rule_tables
from app.queries.actor import Actor
from app.queries.due_days import changes
from app.queries.standings import Standing
from app.services.house import House
from app.terms import Light, TaskStatus
from app.views import formats


@dataclass(frozen=True)
class Turned:
    """One change of a light; before or after None where it had none."""

    on: str
    before: Light | None
    after: Light | None
    cause: str
    text: str


@dataclass(frozen=True)
class Outlook:
    """A forecast in words. level: 可能性较小 and so on. value: where an indicator's year will end."""

    title: str
    chance: str
    level: str
    reasons: Sequence[str]
    value: str
    method: str
    until: str
    note: str = NOTE


@dataclass(frozen=True)
class Explained:
    """word: of the light. moves: when a due day was moved or held, in order, each with its reason."""

    light: Light
    word: str
    title: str
    text: str
    row: str
    rule: str
    rule_href: str
    clock: str
    inputs: Sequence[tuple[str, str]]
    moves: Sequence[tuple[str, str]]
    turns: Sequence[Turned]
    outlook: Outlook | None


def of_task(session: Session, house: House, actor: Actor, task: UserTask) -> Explained | None:
    """None for a cancelled task, which has no light."""
    opened_on = clock.local(task.created_at).date()
    known = rule_tables.in_force(session).known(LIGHTS, opened_on)
    due_on = None if task.due_on == NO_DUE_DATE else task.due_on
    why = explain(
        TaskStatus(task.status), due_on, task.limit_days, clock.now(), house.calendar, known.table,
        why=task.due_rule, waiting=task.is_held, optional=task.is_optional,
    )  # fmt: skip
    if why is None:
        return None
    moves = [
        (formats.moment(row.at), f"{CAUSES.get(row.cause, row.cause)}：{_moved(row)}")
        for row in changes(session, task.id)
    ]
    row = outlook.forecast_of(session, TASK, task.id) if why.light is not Light.BLUE else None
    return _explained(
        why,
        _rule_href(actor, LIGHTS, known.number),
        moves,
        outlook.turns_of(session, TASK, task.id),
        None if row is None else _outlook(row, _("逾期可能性")),
    )


def of_indicator(session: Session, actor: Actor, standing: Standing, year: int) -> Explained:
    """The standing's light in this year."""
    ref = outlook.ref_of_indicator(standing.indicator.id, year)
    known = rule_tables.in_force(session).known(PACE, min(clock.today(), clock.today().replace(year, 12, 31)))
    row = outlook.forecast_of(session, INDICATOR, ref) if year == clock.today().year else None
    return _explained(
        standing.explanation,
        _rule_href(actor, PACE, known.number),
        [],
        outlook.turns_of(session, INDICATOR, ref),
        None if row is None else _outlook(row, _("完不成年度目标的可能性"), standing.indicator.unit),
        _("数据截至 %(day)s", day=formats.full_day(standing.figure.as_of)) if standing.figure else "",
    )


def _explained(
    why: Explanation,
    rule_href: str,
    moves: Sequence[tuple[str, str]],
    turns: Sequence[LightChange],
    expected: Outlook | None,
    reckoned: str = "",
) -> Explained:
    title, _colon, text = why.sentence.partition("：")
    return Explained(
        light=why.light,
        word=_(why.word),
        title=f"{title}：",
        text=text,
        row=why.row,
        rule=why.rule,
        rule_href=rule_href,
        clock=why.clock or reckoned,
        inputs=why.inputs,
        moves=moves,
        turns=[_turned(row) for row in turns],
        outlook=expected,
    )


def _outlook(row: ForecastRow, title: str, unit: str = "") -> Outlook:
    return Outlook(
        title=title,
        chance=chance_of(row),
        level=level(row.chance),
        reasons=row.reasons,
        value=_value(row, unit),
        method=row.method,
        until=formats.full_day(row.until_on),
    )


def chance_of(row: ForecastRow) -> str:
    return chance_text(Forecast(row.chance, row.low, row.high, tuple(row.reasons), row.method))


def _value(row: ForecastRow, unit: str) -> str:
    if row.value is None or row.value_low is None or row.value_high is None:
        return ""
    digits = 0 if row.value >= 20 else 1
    value, low, high = (f"{number:,.{digits}f}" for number in (row.value, row.value_low, row.value_high))
    return _(
        "按目前进度推算，年底约 %(value)s%(unit)s（%(low)s 至 %(high)s）。", value=value, unit=unit, low=low, high=high
    )


def _turned(row: LightChange) -> Turned:
    return Turned(
        on=row.on.strftime("%Y-%m-%d"),
        before=Light(row.before) if row.before else None,
        after=Light(row.after) if row.after else None,
        cause=CAUSES.get(row.cause, row.cause),
        text=row.text,
    )


def _moved(row: object) -> str:
    old, new, reason = (getattr(row, name) for name in ("old_on", "new_on", "reason"))
    days = f"{formats.full_day(old)} → {formats.full_day(new)}" if old != new else formats.full_day(new)
    return f"{days}。{reason}" if reason else days


def _rule_href(actor: Actor, key: str, number: int) -> str:
    return url_for("light_rules.one", key=key, number=number) if may_open("light_rules.one", actor) else ""
