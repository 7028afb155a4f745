"""An incident in plain words: what happened, and what the office can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.models.process import Incident
from app.terms import IncidentKind


@dataclass(frozen=True)
class Words:
    """skipping: what skipping would mean; empty where there is nothing to skip."""

    happened: str
    advice: str
    skipping: str = ""


def words_of(incident: Incident, element: str, task: str, who: str) -> Words:
    """element: where it stopped, as it is drawn; task: the user task that was sent, or ""; who: wanted it."""
    match incident.kind:
        case IncidentKind.FAULT:
            return _fault(incident.payload.get("kind", ""), element, task, who)
        case IncidentKind.TIMER:
            return Words(
                _("时限“%(name)s”已到，多次触发都没有成功，流程没有继续。", name=element),
                _("排除原因后重新执行，时限随即触发。"),
                _("该时限不再触发，流程停在现在的环节，由人办理后继续。"),
            )
        case IncidentKind.EFFECT if incident.instance_id is None:
            return Words(
                _("发往系统外的消息多次没有送出，对方服务器没有接收。"),
                _("确认邮件或消息服务器恢复后重新执行，没有送出的一并重发。"),
                _("没有送出的消息不再发送；站内消息不受影响。"),
            )
        case IncidentKind.EFFECT:
            return Words(
                _("流程之间的消息多次没有送达，等待这条消息的流程没有继续。"),
                _("排除原因后重新执行，消息随即再次送出。"),
                _("这条消息不再送出，等待它的流程须由人推动或作废。"),
            )
        case IncidentKind.NO_CANDIDATE:
            return Words(
                _("“%(name)s”没有人可以办理。", name=element),
                _("请为该单位或岗位补充人员，补充后重新执行；也可以指定一名办理人。"),
            )
        case _:
            return Words(
                _("流程仍在办理中，但没有待办、没有时限，也没有会送达的消息，不会再有任何事推动它。"),
                _("请将该流程迁移到更正后的版本，恢复后重新执行即可消除；不再需要的，请作废。"),
            )


def _fault(command: str, element: str, task: str, who: str) -> Words:
    mended = _("请先排除原因：更正流程并迁移到新版本，或升级程序。然后重新执行，按原内容继续。")
    match command:
        case "complete":
            return Words(
                _("%(who)s提交“%(task)s”后，流程在“%(name)s”出现故障，没有继续。所填内容已全部保留。",
                  who=who, task=task, name=element),
                _("%(mended)s对方无需重新填写。", mended=mended),
                _("这次提交不再执行，所填内容退回为草稿，由对方修改后重新提交。"),
            )  # fmt: skip
        case "start" | "start_children":
            return Words(_("启动流程时出现故障，流程没有启动。"), mended, _("不再启动。"))
        case "fire":
            return Words(
                _("时限“%(name)s”已到，流程继续时出现故障。", name=element),
                mended,
                _("该时限不再触发，流程停在现在的环节，由人办理后继续。"),
            )
        case "deliver" | "deliver_to_one":
            return Words(
                _("收到消息后流程继续时出现故障。"), mended, _("这条消息视为没有收到，等待它的流程须由人推动或作废。")
            )
        case _:
            return Words(_("%(who)s办理时流程出现故障，没有继续。", who=who), mended, _("这次办理不再执行。"))
