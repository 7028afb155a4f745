"""封存状态: how far the log is sequenced, signed and held outside, and what of it nobody outside could prove yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.access import may_open
from app.errors import RuleViolation
from app.ledger.outside import light_of
from app.models.ledger import LedgerCheckpoint, LedgerWitness
from app.queries import checkpoints
from app.queries.actor import SYSTEM
from app.queries.checkpoints import FILE, MAIL
from app.queries.seal_status import Holder, SealStatus, seal_status
from app.services import witnesses
from app.services.house import House
from app.terms import Light
from app.views.context import current_actor, current_house
from app.views.formats import full_day
from app.views.paging import next_page, wants_rows
from app.views.signer_line import signer_line

bp = Blueprint("seal", __name__, url_prefix="/seal")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class HolderLine:
    """label: the holder in words; age: since its last acknowledgment; words: what it is."""

    holder: Holder
    label: str
    words: str
    age: str


@dataclass(frozen=True)
class CheckpointLine:
    """holders: in words."""

    row: LedgerCheckpoint
    holders: str


@bp.get("")
def page() -> str:
    return _page()


@bp.get("/checkpoints/<int:size>.txt")
def note(size: int) -> Response:
    """The checkpoint as a file, with the lines of its witnesses."""
    with current_house().database.reading() as session:
        checkpoint = checkpoints.of_size(session, size)
        held = checkpoints.holdings(session, [size]).get(size, ())
        text = checkpoints.cosigned(checkpoint, held)
    return send_file(
        BytesIO(text.encode()), "text/plain; charset=utf-8", as_attachment=True, download_name=f"checkpoint-{size}.txt"
    )


@bp.post("/witnesses")
def add_witness() -> Answer:
    name, vkey = request.form.get("name", ""), request.form.get("vkey", "")
    try:
        with current_house().database.transaction() as session:
            witnesses.add(session, current_actor(), name, vkey)
    except RuleViolation as refused:
        return _page({"name": name, "vkey": vkey}, {refused.field: refused.text}), refused.status
    flash(_("已登记见证方%(name)s", name=name.strip()))
    return redirect(url_for("seal.page"))


def _page(typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    house, now = current_house(), clock.system_now()
    with house.database.reading() as session:
        found = checkpoints.checkpoints(session, request.args.get("cursor"))
        listed: dict[str, Any] = {
            "lines": _checkpoint_lines(session, found.items),
            "left": found.left,
            "more": next_page("seal.page", found.next_cursor),
        }
        if wants_rows():
            return render_template("seal/_rows.html", **listed)
        status = seal_status(session, _named(house))
        newest_note = _newest_note(session, status)
    light = light_of(now, status.open_since, is_held=status.outside is not None)
    return render_template(
        "seal/page.html",
        **listed,
        status=status,
        newest_note=newest_note,
        signer=signer_line(house, status),
        light=light,
        light_word=_light_word(status, light),
        age=ago(now, status.outside.at) if status.outside else "",
        open_age=ago(now, status.open_since),
        waiting_age=ago(now, status.waiting_since),
        holders=[_holder_line(one, now, house) for one in status.holders],
        can_verify=may_open("histories.verification", current_actor()),
        can_add=may_open("seal.add_witness", current_actor()),
        typed=typed or {},
        errors=errors or {},
    )


def _named(house: House) -> list[str]:
    settings = house.settings
    return [*([MAIL] if settings.checkpoint_mail else []), *([FILE] if settings.checkpoint_dir else [])]


def _newest_note(session: Session, status: SealStatus) -> str:
    if status.newest is None:
        return ""
    held = checkpoints.holdings(session, [status.newest.size]).get(status.newest.size, ())
    return checkpoints.cosigned(status.newest, held)


def _light_word(status: SealStatus, light: Light) -> str:
    if status.outside is None and status.uncovered:
        return _("没有外部存证")
    return {Light.GREEN: _("及时"), Light.YELLOW: _("滞后"), Light.RED: _("严重滞后")}[light]


def _holder_line(holder: Holder, now: datetime, house: House) -> HolderLine:
    settings = house.settings
    if holder.name == FILE:
        label, words = _("文件目录"), str(settings.checkpoint_dir or _("已停用"))
    elif holder.name == MAIL:
        label, words = _("邮件"), "、".join(settings.checkpoint_mail) or _("已停用")
        if settings.checkpoint_mail and not settings.mail_url:
            words = _("尚未配置邮件服务器，邮件没有发出")
    else:
        label = holder.name
        words = _("见证方，%(by)s登记", by=_by(holder.witness)) if holder.witness else ""
        if holder.witness and holder.witness.retired_at:
            words = _("见证方，%(day)s停用，此前的签名仍可核验", day=full_day(holder.witness.retired_at))
    return HolderLine(holder, label, words, ago(now, holder.last.at) if holder.last else "")


def _by(witness: LedgerWitness) -> str:
    return _("系统") if witness.added_by == SYSTEM.login else witness.added_by


def _checkpoint_lines(session: Session, rows: Any) -> list[CheckpointLine]:
    held = checkpoints.holdings(session, [row.size for row in rows])
    words = {FILE: _("文件目录"), MAIL: _("邮件")}
    return [
        CheckpointLine(row, "、".join(words.get(one.holder, one.holder) for one in held.get(row.size, ())))
        for row in rows
    ]


def ago(now: datetime, at: datetime | None) -> str:
    """刚刚, 5 分钟前, 3 小时前, 2 天前; nothing where there is no instant."""
    if at is None:
        return ""
    age = now - at
    if age < timedelta(minutes=1):
        return _("刚刚")
    if age < timedelta(hours=1):
        return _("%(count)s 分钟前", count=age // timedelta(minutes=1))
    if age < timedelta(days=2):
        return _("%(count)s 小时前", count=age // timedelta(hours=1))
    return _("%(count)s 天前", count=age.days)
