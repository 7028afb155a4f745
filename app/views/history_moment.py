"""One moment of a history as text: the form that lay there, the lights, what decided it, and how it differs.

The player brings it for every event that the slider meets; an address with ?event= or ?at= opens with it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.access import may_open
from app.duties.rule_tables import LIGHTS
from app.errors import BadRequest, NotFound
from app.models.timer import ClockStop
from app.queries import moments
from app.queries.attachments import files_of_instance
from app.queries.erasures import Erased, erased_in
from app.queries.moments import ThenLight
from app.queries.paging import LARGEST_INT
from app.queries.replay import Frame, frame_at
from app.services.house import House
from app.views import history_basis, replay_frames
from app.views.context import current_actor
from app.views.forms import render_answers
from app.views.history_basis import Group
from app.views.replay_frames import Changed, Told
from app.views.task_panels import marks_of_files

Way = tuple[str, str]  # address, words


@dataclass(frozen=True)
class Place:
    """Which moment is asked for. at: the instant, not before the frame's; since: what it is compared with.

    is_asked: the address names it; without, the last event is shown. compares: the address names both.
    """

    frame: Frame
    at: datetime
    since: Frame
    is_asked: bool = False
    compares: bool = False


@dataclass(frozen=True)
class Moment:
    """filled: the last form that was sent until then, as answers shows it. lights: each with the address of its rule.

    erased: how the event came to say nothing any more, where that was lawful. address: its own; back, next: those of
    the events beside it, or "".
    """

    place: Place
    told: Told
    filled: Told | None
    answers: Markup | str
    lights: Sequence[tuple[ThenLight, str]]
    stops: Sequence[ClockStop]
    basis: Sequence[Group]
    changed: Sequence[Changed]
    erased: Erased | None
    address: str
    back: str
    next: str

    @property
    def frame(self) -> Frame:
        return self.place.frame


def place_of(frames: Sequence[Frame]) -> Place:
    """What the address asks for: ?event=, ?at=, and ?from= beside them. Raises NotFound, BadRequest."""
    by_seq = {frame.seq: frame for frame in frames}
    at = _instant("at")
    asked = _known(by_seq, "event")
    frame = asked or (frame_at(frames, at) or frames[0] if at else frames[-1])
    other = _known(by_seq, "from")
    since = other or by_seq.get(frame.seq - 1, frame)
    return Place(frame, _within(frame, by_seq, at), since, bool(asked or at), other is not None)


def place_at(frames: Sequence[Frame], seq: int) -> Place:
    """The event, and the instant after it that ?at= names."""
    by_seq = {frame.seq: frame for frame in frames}
    if seq not in by_seq:
        raise NotFound
    frame = by_seq[seq]
    return Place(frame, _within(frame, by_seq, _instant("at")), by_seq.get(seq - 1, frame), is_asked=True)


def moment(session: Session, house: House, instance_id: str, told: Sequence[Told], place: Place) -> Moment:
    """told: every event of the history, in order."""
    actor, by_seq = current_actor(), {one.frame.seq: one for one in told}
    here = by_seq[place.frame.seq]
    before = by_seq.get(place.frame.seq - 1)
    filled = _last_filled(told, place.frame)
    files = marks_of_files(files_of_instance(session, actor, instance_id))
    found = moments.basis(session, instance_id, here.drawn.definition, here.frame, before.frame if before else None)
    return Moment(
        place=place,
        told=here,
        filled=filled,
        answers=_answers(filled, files) if filled else "",
        lights=[
            (light, _rule_of(light)) for light in moments.lights_then(session, place.frame, place.at, house.calendar)
        ],
        stops=moments.stopped_clocks(session, place.at),
        basis=history_basis.groups(found, here.frame, here.drawn.definition, here.drawn.version, house, actor),
        changed=replay_frames.changed(by_seq[place.since.seq], here, replay_frames.element_names([here.drawn])),
        erased=erased_in(session, instance_id).get(here.frame.seq) if here.frame.is_unreadable else None,
        address=_address(instance_id, place),
        back=_beside(instance_id, told, place, -1),
        next=_beside(instance_id, told, place, 1),
    )


def _rule_of(light: ThenLight) -> str:
    """Where the version of the table of lights is that decided."""
    if not may_open("light_rules.one", current_actor()):
        return ""
    return url_for("light_rules.one", key=LIGHTS, number=light.rule_number)


def _last_filled(told: Sequence[Told], until: Frame) -> Told | None:
    filled = [one for one in told if one.frame.seq <= until.seq and one.frame.answers_element]
    return filled[-1] if filled else None


def _answers(filled: Told, files: Mapping[str, Mapping[str, Any]]) -> Markup | str:
    answers = filled.frame.answers
    if not answers:
        return ""
    schema = replay_frames.schema_at(filled.drawn.definition, filled.frame.answers_element or "", answers)
    return render_answers(schema, answers, files=files)


def _known(by_seq: Mapping[int, Frame], name: str) -> Frame | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > len(str(LARGEST_INT)) or int(text) not in by_seq:
        raise NotFound(_("这个流程没有第 %(seq)s 个事件。", seq=text[:12]))
    return by_seq[int(text)]


def _instant(name: str) -> datetime | None:
    """Of an address; a plus sign that a browser has made a space of is read all the same."""
    text = request.args.get(name, "").replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else _refused()
    except (ValueError, OverflowError) as error:
        raise BadRequest(_("时刻请写成 2024-12-16T09:00+08:00 的样子。")) from error


def _refused() -> datetime:
    raise ValueError("an instant needs a zone")


def _within(frame: Frame, by_seq: Mapping[int, Frame], at: datetime | None) -> datetime:
    """Never before the event. The slider sets events of one instant apart, so it may be a little ahead."""
    following = by_seq.get(frame.seq + 1)
    if at is None or at <= frame.at or (following is not None and at > following.at):
        return frame.at
    return at


def _address(instance_id: str, place: Place) -> str:
    named: dict[str, Any] = {"event": place.frame.seq}
    if place.compares:
        named["from"] = place.since.seq
    return url_for("histories.one", instance_id=instance_id, **named)


def _beside(instance_id: str, told: Sequence[Told], place: Place, step: int) -> str:
    seq = place.frame.seq + step
    is_there = told[0].frame.seq <= seq <= told[-1].frame.seq
    return url_for("histories.one", instance_id=instance_id, event=seq, _anchor="moment") if is_there else ""
