"""回执: what somebody can show of a task she has completed, and the page on which anybody checks what she was shown.

The QR code is an address: the scanners of a clerk's phone (WeChat, DingTalk, the camera) open an address and offer
nothing for a text or a file. The hash stands in it as a parameter, so that the code proves something by itself too:
whoever scans the paper is told whether the record of today still has the hash that was printed, and a phone that does
not reach the office's network still shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno
from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.ledger.receipt import LARGEST
from app.queries.receipts import Receipted, receipted, said_by, seq_of_task
from app.services.receipts import Judged, Sealing, judge, sealing_of
from app.views.context import current_actor, current_house

bp = Blueprint("receipts", __name__, url_prefix="/receipts")


@dataclass(frozen=True)
class Shown:
    """address: what the QR code holds. scanned: the hash that came with the address, "" for none."""

    told: Receipted
    sealing: Sealing
    address: str
    scanned: str

    @property
    def is_as_scanned(self) -> bool:
        return self.scanned == self.told.hash

    @property
    def code(self) -> Markup:
        """The QR code as a picture without a size of its own. Its maker escapes what it is given."""
        made = segno.make(self.address, error="m", boost_error=False)
        drawn = made.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass="", title=_("二维码"))
        return Markup(drawn)


@bp.get("")
def page() -> str:
    return render_template("receipts/page.html", judged=None, said=None, address="", text="")


@bp.post("")
def verify() -> str | tuple[str, int]:
    """A file or what was pasted, held against the log; nothing of it is kept."""
    upload, text = request.files.get("file"), request.form.get("text", "")
    raw = upload.stream.read(LARGEST + 1) if upload and upload.filename else text.strip().encode()
    if not raw:
        return render_template("receipts/page.html", judged=None, said=None, address="", text="", is_empty=True), 422
    with current_house().database.reading() as session:
        judged = judge(session, raw)
        said = said_by(session, judged.receipt.event) if judged.receipt and judged.fault is None else None
        address = _own_page(session, judged)
    shown = text if not (upload and upload.filename) else ""
    return render_template("receipts/page.html", judged=judged, said=said, address=address, text=shown)


@bp.get("/tasks/<task_id>")
def of_task(task_id: str) -> Response:
    """Of a task that was completed: to the event that says so."""
    with current_house().database.reading() as session:
        instance_id, seq = seq_of_task(session, current_actor(), task_id)
    return redirect(url_for("receipts.one", instance_id=instance_id, seq=seq))


@bp.get("/<instance_id>/<int:seq>")
def one(instance_id: str, seq: int) -> str:
    return render_template("receipts/one.html", shown=_shown(instance_id, seq))


@bp.get("/<instance_id>/<int:seq>/paper")
def paper(instance_id: str, seq: int) -> str | Response:
    """One sheet for printing, once there is something to print."""
    shown = _shown(instance_id, seq)
    if shown.sealing.receipt is None:
        return redirect(url_for("receipts.one", instance_id=instance_id, seq=seq))
    return render_template("receipts/paper.html", shown=shown)


@bp.get("/<instance_id>/<int:seq>/receipt.json")
def file(instance_id: str, seq: int) -> Response:
    receipt = _shown(instance_id, seq).sealing.receipt
    if receipt is None:
        raise NotFound(_("这条记录尚未封存，请稍后再下载回执。"))
    name = f"duban-receipt-{instance_id[:8]}-{seq}.json"
    return send_file(BytesIO(receipt.written), "application/json", as_attachment=True, download_name=name)


def _shown(instance_id: str, seq: int) -> Shown:
    with current_house().database.reading() as session:
        told = receipted(session, current_actor(), instance_id, seq)
        sealing = sealing_of(session, told)
    address = url_for("receipts.one", instance_id=instance_id, seq=seq, hash=told.hash, _external=True)
    return Shown(told, sealing, address, request.args.get("hash", ""))


def _own_page(session: Session, judged: Judged) -> str:
    """Where the reader of a receipt that holds may see the matter itself."""
    if judged.receipt is None or judged.fault is not None:
        return ""
    stream, seq = judged.receipt.event.stream, judged.receipt.event.seq
    try:
        receipted(session, current_actor(), stream, seq)
    except NotFound:
        return ""
    return url_for("receipts.one", instance_id=stream, seq=seq)
