"""Whether the signer answers, as the page of the seal shows it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.queries.seal_status import SealStatus
from app.services.house import House
from app.services.log_signer.client import Signer, SignerAway, SignerRefused
from app.terms import Light

PATIENCE = 1.0  # seconds: a page is being made


@dataclass(frozen=True)
class SignerLine:
    """text: what to do, empty where all is well."""

    light: Light
    word: str
    text: str = ""


def signer_line(house: House, status: SealStatus) -> SignerLine:
    """Asked as the page is made. From a machine of its own the web door may not reach it: the scheduler is who must."""
    if not status.origin:
        return SignerLine(Light.GREY, _("尚无记录"))
    try:
        keys = Signer(house.settings.signer_address, PATIENCE).keys(status.origin)
    except SignerAway:
        return _away(house, status)
    except SignerRefused as refusal:
        text = _("签名进程没有接受本系统的日志（%(code)s），请系统管理员按运维手册处理。", code=refusal.code)
        return SignerLine(Light.RED, _("拒绝签名"), text)
    if status.vkey and keys.first != status.vkey:
        return SignerLine(Light.RED, _("公钥不符"), _("应答的不是本日志的签名进程，请系统管理员核对签名进程的目录。"))
    return SignerLine(Light.GREEN, _("应答正常"))


def _away(house: House, status: SealStatus) -> SignerLine:
    address = house.settings.signer_address
    if status.unsigned or status.newest is None:
        text = _("签名进程没有应答，新的记录不能签署。请系统管理员启动 duban signer（%(address)s）。", address=address)
        return SignerLine(Light.RED, _("没有应答"), text)
    text = _("本机没有连上签名进程（%(address)s）；已排入的记录都已签署。", address=address)
    return SignerLine(Light.GREY, _("没有应答"), text)
