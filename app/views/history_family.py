"""一件事的来龙去脉: an instance with its parents and children, who ran when, and the events of them all in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.queries import family
from app.queries.family import FamilyEvent, Member
from app.queries.sight import seen_instance
from app.terms import InstanceStatus
from app.views.context import current_actor, current_house
from app.views.replay_frames import label_of

bp = Blueprint("history_family", __name__, url_prefix="/histories")

WIDTH, LEAST = 1000, 6  # of the line of time, and of what was over at once


@dataclass(frozen=True)
class Bar:
    """When a member ran, on the line of time of the whole page. is_open: it goes on."""

    x: float
    width: float
    is_open: bool


@dataclass(frozen=True)
class Happening:
    event: FamilyEvent
    text: str
    who: str
    href: str


@bp.get("/<instance_id>/family")
def page(instance_id: str) -> str:
    """The children and the events are two lists, each with a cursor of its own."""
    wants = request.args.get("rows") if "HX-Request" in request.headers else None
    actor = current_actor()
    with current_house().database.reading() as session:
        instance = seen_instance(session, actor, instance_id)
        found = family.family(session, actor, instance, request.args.get("children"))
        happened = family.events(session, actor, instance, request.args.get("cursor"))
    shown = [*found.ancestors, found.self, *found.children.items]
    parts = {"children": "histories/_family_rows.html", "cursor": "histories/_family_events.html"}
    return render_template(
        parts.get(wants or "", "histories/family.html"),
        instance=instance,
        family=found,
        bars=_bars(shown),
        from_on=min(one.started_at for one in shown),
        until_on=_end(shown),
        statuses={status.value: _(status.label) for status in InstanceStatus},
        happenings=[_happening(event) for event in happened.items],
        more_children=_more(instance_id, "children", found.children.next_cursor),
        more_events=_more(instance_id, "cursor", happened.next_cursor),
    )


def _more(instance_id: str, name: str, cursor: str | None) -> str:
    """rows: which of the two lists goes on; without a script the page begins there."""
    following: dict[str, Any] = {name: cursor, "rows": name}
    return url_for("history_family.page", instance_id=instance_id, **following) if cursor else ""


def _bars(shown: Iterable[Member]) -> Mapping[str, Bar]:
    members = list(shown)
    begin, end = min(one.started_at for one in members), _end(members)
    whole = max((end - begin).total_seconds(), 1)

    def place(at: datetime) -> float:
        return min(max((at - begin).total_seconds() / whole, 0), 1) * WIDTH

    bars = {}
    for one in members:
        x = min(place(one.started_at), WIDTH - LEAST)
        width = max(place(one.ended_at or end) - x, LEAST)
        bars[one.id] = Bar(round(x, 1), round(width, 1), one.ended_at is None)
    return bars


def _end(members: Iterable[Member]) -> datetime:
    """Of the last one; now, while one goes on."""
    return max(one.ended_at or clock.now() for one in members)


def _happening(event: FamilyEvent) -> Happening:
    name = event.body.get("name", "")
    text = "：".join(part for part in (label_of(event.type), name if isinstance(name, str) else "") if part)
    who = event.actor_name or (_("系统时钟") if event.actor == "clock" else _("系统"))
    return Happening(event, text, who, _moment(event))


def _moment(event: FamilyEvent) -> str:
    at: dict[str, Any] = {"instance_id": event.instance_id, "event": event.seq}
    return url_for("histories.one", **at)
