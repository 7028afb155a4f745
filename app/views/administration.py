"""管理记录: what was done to accounts, units, plans and definitions, for those who watch over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.errors import BadRequest
from app.queries.administration_events import (
    SUBJECTS,
    AdministrationEvent,
    EventFilter,
    administration_events,
    subject_of,
)
from app.terms import Act, EventType, Role
from app.views.context import current_house
from app.views.paging import next_page, wants_rows

bp = Blueprint("administration", __name__, url_prefix="/administration-events")

WORDS = {  # what the other keys of a payload are called
    "address": _l("地址"),
    "changed": _l("变更家数"),
    "count": _l("处数"),
    "deployment": _l("上传编号"),
    "enterprises": _l("企业家数"),
    "filters": _l("筛选"),
    "from_on": _l("从"),
    "hash": _l("校验值"),
    "hashes": _l("校验值"),
    "is_locked": _l("是否锁定"),
    "name": _l("名称"),
    "new": _l("新增家数"),
    "number": _l("文号"),
    "proposed_by": _l("提交人"),
    "remark": _l("说明"),
    "seconds": _l("相差秒数"),
    "short_name": _l("简称"),
    "source": _l("数据来源"),
    "source_sha256": _l("原文校验值"),
    "successor": _l("承接单位"),
    "token_id": _l("编号"),
    "unit": _l("单位"),
    "until_on": _l("到"),
    "version": _l("版本"),
}
HASHES = frozenset({"hash", "source_sha256"})  # long, and compared by machines only


@dataclass(frozen=True)
class Line:
    """A row of the list; before and after as short texts."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str
    after: str


@bp.get("")
def page() -> str:
    asked = request.args
    wanted = EventFilter(asked.get("act", ""), asked.get("login", "").strip(), _day("from_on"), _day("until_on"))
    with current_house().database.reading() as session:
        found = administration_events(session, wanted, asked.get("cursor"))
    return render_template(
        "administration/_rows.html" if wants_rows() else "administration/page.html",
        lines=[_line(event) for event in found.items],
        left=found.left,
        more=next_page("administration.page", found.next_cursor),
        wanted=wanted,
        acts=list(Act),
    )


def _line(event: AdministrationEvent) -> Line:
    told = event.told
    if told is None:
        return Line(event.seq, event.at, event.actor or "", EventType(event.type).label, _("内容已依法删除"), "", "")
    rest = {key: value for key, value in told.items() if key not in ("act", "before", "after", *SUBJECTS)}
    return Line(
        seq=event.seq,
        at=event.at,
        actor=event.actor or "",
        act=Act(told["act"]).label if "act" in told else EventType(event.type).label,
        subject=subject_of(told) or event.actor or "",
        before=_text(told.get("before")),
        after=_text(told["after"]) if "after" in told else _text(rest),
    )


def _text(value: Any) -> str:
    """A small JSON value in one line."""
    match value:
        case None:
            return ""
        case bool():
            return _("是") if value else _("否")
        case Mapping():
            return "，".join(f"{WORDS.get(key, key)} {_part(key, part)}" for key, part in value.items())
        case list():
            return "、".join(_text(part) for part in value)
        case str():
            return _role(value)
        case _:
            return str(value)


def _part(key: str, value: Any) -> str:
    if key in HASHES:
        return f"{value[:12]}…"
    if key == "hashes":  # of several files, by name
        return "、".join(f"{name} {own[:12]}…" for name, own in value.items())
    return _text(value)


def _role(text: str) -> str:
    """`contact:miit` as 联络员（miit）; any other text as it is."""
    word, _colon, unit = text.partition(":")
    if word not in {role.value for role in Role}:
        return text
    return f"{Role(word).label}（{unit}）" if unit else Role(word).label


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest(_("日期请写成 2024-12-16 的样子。")) from error
