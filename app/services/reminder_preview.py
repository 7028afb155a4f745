"""What the ladder would send on a day, by the rules in force or by a draft of new ones; nothing is sent or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.duties.reminders import Channel, Effect, Ladder, Recipient, Rung
from app.models.person import Person
from app.queries.candidates import people_of
from app.services.house import House
from app.services.reminders import Reminder, by_person, gets_mail, inboxes, line, owed

MOST = 200  # people on the screen


@dataclass(frozen=True)
class Message:
    """One matter of one person. why: which rung of which band, as the table has it. to: as whom she is told."""

    task_id: str
    text: str
    to: Recipient
    rung: Rung
    band: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Digest:
    """All that one person would be told. has_mail: whether a letter goes out too."""

    person: Person
    messages: Sequence[Message]
    has_mail: bool


@dataclass(frozen=True)
class Preview:
    """day: a working day. people: all of them, of which digests shows the first ones. effects: sheets and drafts."""

    day: date
    ladder: Ladder
    digests: Sequence[Digest]
    people: int
    messages: int
    mails: int
    effects: dict[Effect, int]


def preview(house: House, session: Session, day: date, ladder: Ladder) -> Preview:
    """As if nobody acted until then, and what is due before had been sent. A day off becomes the next working day."""
    day = house.calendar.first_on_or_after(day)
    before = date.fromordinal(day.toordinal() - 1)
    reminders = owed(house, session, day, ladder, sent_until=before)
    people = people_of(session, {name for reminder in reminders for name in reminder.principals}, day)
    mine = sorted(by_person(reminders, people), key=lambda one: (one[0].unit_id, one[0].id))
    digests = [_digest(house, ladder, person, own, people, day) for person, own in mine]
    return Preview(
        day=day,
        ladder=ladder,
        digests=digests[:MOST],
        people=len(digests),
        messages=sum(Channel.MESSAGE in one.channels for digest in digests for one in digest.messages),
        mails=sum(digest.has_mail for digest in digests),
        effects={
            effect: count
            for effect in Effect
            if (count := sum(effect in reminder.rung.effects for reminder in reminders))
        },
    )


def _digest(
    house: House, ladder: Ladder, person: Person, own: list[Reminder], people: Mapping[str, list[Person]], day: date
) -> Digest:
    messages = [
        Message(
            task_id=reminder.task.id,
            text=line(house, reminder, day),
            to=_as_whom(person, reminder, people),
            rung=reminder.rung,
            band=ladder.band(reminder.task.limit_days or 0).name,
            channels=reminder.rung.channels,
        )
        for reminder in own
    ]
    is_mailed = gets_mail(person) and any(Channel.MAIL in message.channels for message in messages)
    return Digest(person, messages, is_mailed)


def _as_whom(person: Person, reminder: Reminder, people: Mapping[str, list[Person]]) -> Recipient:
    """The first of the rung's recipients that this person is."""
    names = inboxes(reminder.task)
    return next(
        recipient
        for recipient in reminder.rung.recipients
        if any(one.id == person.id for one in people.get(names[recipient], ()))
    )
