"""Who is reminded of a due date, on which working day, and when nobody may be disturbed.

The ladder is data (policies/reminders.yaml); this module reads it and answers which rung falls on a day. It knows no
clock: whoever asks names the day. Rungs that were missed, because nothing ran that day, collapse into one message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from app.workdays import Calendar

ZONE = ZoneInfo("Asia/Shanghai")


class Recipient(StrEnum):
    """Who is told: the assignee (while nobody claimed it, the contact), the unit's head, the office, the leader."""

    ASSIGNEE = "assignee"
    UNIT_HEAD = "unit_head"
    OFFICE = "office"
    LEADER = "leader"


class Effect(StrEnum):
    """What a rung causes beyond the message: 催办单, draft of a blue 督办单, 领导摘要, 通报."""

    URGING_LETTER = "urging_letter"
    ORDER_DRAFT = "order_draft"
    LEADER_DIGEST = "leader_digest"
    BULLETIN = "bulletin"


class Channel(StrEnum):
    """How a reminder reaches a person: 站内消息, and the letter of the day (of those who want letters)."""

    MESSAGE = "message"
    MAIL = "mail"


BOTH = tuple(Channel)
ACTIVITY_DAY = "activity_day"  # the day of an activity of a service month


@dataclass(frozen=True)
class Rung:
    """One reminder.

    offset_days: working days from the due day; negative before it, positive when overdue.
    meaning: Chinese, what it is for, shown beside the policy.
    """

    offset_days: int
    recipients: tuple[Recipient, ...]
    effects: tuple[Effect, ...] = ()
    meaning: str = ""
    channels: tuple[Channel, ...] = BOTH

    @property
    def text(self) -> str:
        """The sentence of the message about the distance to the due day."""
        if self.offset_days < 0:
            return f"距办理时限还有 {-self.offset_days} 个工作日。"
        return f"已超过办理时限 {self.offset_days} 个工作日。"


@dataclass(frozen=True)
class LimitBand:
    """The reminders before the due day of tasks whose limit is at least so many working days.

    unit_head_on: an overdue working day on which the unit's head is told too, or None for the ladder's own day alone.
    """

    name: str
    at_least: int
    before: tuple[int, ...]
    unit_head_on: int | None = None
    channels: tuple[Channel, ...] = BOTH


@dataclass(frozen=True)
class QuietHours:
    """When messages may leave: on working days from allowed_from up to, not including, allowed_until, Shanghai time."""

    allowed_from: time = time(8, 30)
    allowed_until: time = time(18)

    def allows(self, at: datetime, calendar: Calendar) -> bool:
        """True when a message may leave at this aware instant."""
        local = at.astimezone(ZONE)
        return calendar.is_working_day(local.date()) and self.allowed_from <= local.time() < self.allowed_until

    def next_allowed(self, at: datetime, calendar: Calendar) -> datetime:
        """The instant itself when it is allowed, else the next opening; aware, in the zone it was asked in."""
        if self.allows(at, calendar):
            return at
        local = at.astimezone(ZONE)
        is_before_opening = local.time() < self.allowed_from
        day = calendar.first_on_or_after(local.date()) if is_before_opening else calendar.add(local.date(), 1)
        return datetime.combine(day, self.allowed_from, ZONE).astimezone(at.tzinfo)


@dataclass(frozen=True)
class Ladder:
    """The whole reminder policy; bands with the greatest at_least first, overdue rungs by day.

    steps: element -> the days before, where they are not those of its band; ACTIVITY_DAY is one that is no user task.
    """

    version: str
    title: str
    explanation: str
    digest_at: time
    quiet: QuietHours
    bands: tuple[LimitBand, ...]
    overdue: tuple[Rung, ...]
    steps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def farthest(self) -> int:
        """So many working days before its due day a task may be reminded of."""
        days = (*(band.before for band in self.bands), *self.steps.values())
        return max((day for each in days for day in each), default=0)

    def band(self, limit_days: int) -> LimitBand:
        """The band of a task with this limit in working days."""
        return next(band for band in self.bands if band.at_least <= max(limit_days, 0))

    def rungs(self, limit_days: int, step: str = "") -> tuple[Rung, ...]:
        """All named rungs of a task with this limit in the order of days, without the daily ones in between."""
        band = self.band(limit_days)
        told = (Recipient.ASSIGNEE,)
        before = tuple(
            Rung(-days, told, (), "到期前提醒办理人", band.channels) for days in self.steps.get(step, band.before)
        )
        return before + tuple(_for_band(rung, band) for rung in self.overdue)

    def digest_time(self, day: date) -> datetime:
        """When the digest of this day leaves, aware in Shanghai time."""
        return datetime.combine(day, self.digest_at, ZONE)


class InvalidLadder(ValueError):
    """The policy file cannot be used; the text says where and why, for the operator."""


def due_rung(
    ladder: Ladder, limit_days: int, due_on: date, today: date, calendar: Calendar, *, optional: bool = False
) -> Rung | None:
    """The rung that falls on today; None on a day without one, a holiday included."""
    return due_rung_since(ladder, limit_days, due_on, today - timedelta(days=1), today, calendar, optional=optional)


def due_rung_since(
    ladder: Ladder,
    limit_days: int,
    due_on: date,
    last_sent_on: date,
    today: date,
    calendar: Calendar,
    *,
    optional: bool = False,
    step: str = "",
) -> Rung | None:
    """All rungs after last_sent_on up to today as one: the latest one's day, the recipients and effects of each.

    So a stopped scheduler sends one message instead of five, and a letter owed since yesterday is still written.
    last_sent_on: when nothing was sent yet, the day on which the task was opened. optional: enterprises, experts and
    optional tasks are reminded, but nobody else is told and no sheet is drafted. step: the element, which may have
    days of its own.
    """
    if not calendar.is_working_day(today):
        return None
    sent, now = calendar.count(due_on, last_sent_on), calendar.count(due_on, today)
    missed = [rung for rung in ladder.rungs(limit_days, step) if sent < rung.offset_days <= now]
    if now > max(sent, 0):
        missed.append(Rung(now, (Recipient.ASSIGNEE,), (), "逾期后每个工作日提醒办理人"))
    if not missed:
        return None
    return _plain_reminder(_collapsed(missed)) if optional else _collapsed(missed)


def read_ladder(source: str | bytes) -> Ladder:
    """The ladder of a policy file; raises InvalidLadder naming the place that cannot be used."""
    try:
        return ladder_of(yaml.safe_load(source))
    except yaml.YAMLError as error:
        raise InvalidLadder(f"not readable as YAML: {error}") from error


def ladder_of(data: Any) -> Ladder:
    """The same of what the file says as data."""
    try:
        return _ladder(data)
    except KeyError as error:
        raise InvalidLadder(f"missing key {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidLadder(str(error)) from error


def _for_band(rung: Rung, band: LimitBand) -> Rung:
    """A short limit tells the unit's head earlier than the ladder does."""
    if rung.offset_days != band.unit_head_on or Recipient.UNIT_HEAD in rung.recipients:
        return rung
    return replace(rung, recipients=(*rung.recipients, Recipient.UNIT_HEAD))


def _collapsed(rungs: list[Rung]) -> Rung:
    latest = max(rungs, key=lambda rung: rung.offset_days)
    recipients = {recipient for rung in rungs for recipient in rung.recipients}
    effects = {effect for rung in rungs for effect in rung.effects}
    return Rung(
        latest.offset_days,
        tuple(recipient for recipient in Recipient if recipient in recipients),
        tuple(effect for effect in Effect if effect in effects),
        latest.meaning,
        tuple(channel for channel in Channel if any(channel in rung.channels for rung in rungs)),
    )


def _plain_reminder(rung: Rung) -> Rung:
    return Rung(rung.offset_days, (Recipient.ASSIGNEE,), (), rung.meaning, rung.channels)


def _ladder(data: dict[str, Any]) -> Ladder:
    bands = sorted((_band(row) for row in data["limits"]), key=lambda band: -band.at_least)
    if not bands or bands[-1].at_least != 0:
        raise InvalidLadder("limits: one band must begin at 0, so that every task has one")
    overdue = sorted((_overdue_rung(row) for row in data["overdue"]), key=lambda rung: rung.offset_days)
    days = {rung.offset_days for rung in overdue}
    if len(days) < len(overdue):
        raise InvalidLadder("overdue: one rung a day")
    if not days.issuperset(band.unit_head_on for band in bands if band.unit_head_on is not None):
        raise InvalidLadder("limits: unit_head_on must be a day listed under overdue")
    quiet = QuietHours(_clock(data["quiet"]["allowed_from"]), _clock(data["quiet"]["allowed_until"]))
    if quiet.allowed_from >= quiet.allowed_until:
        raise InvalidLadder("quiet: allowed_from must be earlier than allowed_until")
    return Ladder(
        version=_text(data["version"]),
        title=_text(data["title"]),
        explanation=_text(data["explanation"]),
        digest_at=_clock(data["digest_at"]),
        quiet=quiet,
        bands=tuple(bands),
        overdue=tuple(overdue),
        steps={_text(row["step"]): _days_before(row) for row in data.get("steps", ())},
    )


def _band(row: dict[str, Any]) -> LimitBand:
    head_on = row.get("unit_head_on")
    head = None if head_on is None else _days(head_on)
    return LimitBand(_text(row["name"]), _days(row["at_least"], 0), _days_before(row), head, _channels(row))


def _days_before(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(sorted({_days(value) for value in row["before"]}, reverse=True))


def _overdue_rung(row: dict[str, Any]) -> Rung:
    recipients = tuple(Recipient(value) for value in row["recipients"])
    effects = tuple(Effect(value) for value in row["effects"])
    return Rung(_days(row["after"]), recipients, effects, _text(row["meaning"]), _channels(row))


def _channels(row: dict[str, Any]) -> tuple[Channel, ...]:
    """Both where a row names none."""
    return tuple(Channel(value) for value in row.get("channels", BOTH))


def _days(value: Any, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidLadder(f"{value!r} is not a whole number of working days, {least} or more")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidLadder(f"{value!r} is not a text")
    return value.strip()


def _clock(value: Any) -> time:
    """A time of day such as "08:30"; it must be quoted, as YAML reads a bare 18:00 as a number in base sixty."""
    return time.fromisoformat(_text(value))
