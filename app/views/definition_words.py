"""What elements, changes and checks of a process are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

TYPES: Mapping[str, Any] = {
    "process": _l("流程"),
    "sequenceFlow": _l("顺序流"),
    "startEvent": _l("开始事件"),
    "endEvent": _l("结束事件"),
    "userTask": _l("用户任务"),
    "manualTask": _l("手工任务"),
    "serviceTask": _l("服务任务"),
    "businessRuleTask": _l("规则任务"),
    "sendTask": _l("发送任务"),
    "receiveTask": _l("接收任务"),
    "exclusiveGateway": _l("排他网关"),
    "parallelGateway": _l("并行网关"),
    "inclusiveGateway": _l("包容网关"),
    "eventBasedGateway": _l("事件网关"),
    "boundaryEvent": _l("边界事件"),
    "intermediateCatchEvent": _l("等待事件"),
    "intermediateThrowEvent": _l("发出事件"),
    "subProcess": _l("子流程"),
    "callActivity": _l("调用活动"),
}
WHATS: Mapping[str, Any] = {
    "name": _l("名称"),
    "type": _l("类型"),
    "lane": _l("泳道"),
    "documentation": _l("说明"),
    "inside": _l("所在子流程"),
    "attached_to": _l("附着于"),
    "interrupting": _l("是否中断"),
    "timer": _l("到期规则"),
    "message": _l("消息"),
    "signal": _l("信号"),
    "error": _l("错误"),
    "escalation": _l("升级"),
    "terminate": _l("终止全部"),
    "operator": _l("操作"),
    "closes": _l("同时关闭"),
    "items": _l("逐项办理的集合"),
    "order": _l("逐项次序"),
    "until": _l("提前结束的条件"),
    "calls": _l("调用的流程"),
    "source": _l("来自"),
    "target": _l("去往"),
    "condition": _l("条件"),
    "default": _l("默认流向"),
}
VALUES: Mapping[str, Any] = {
    "true": _l("是"),
    "false": _l("否"),
    "parallel": _l("同时"),
    "sequential": _l("依次"),
}
HOWS: Mapping[str, Any] = {"added": _l("新增"), "removed": _l("删除"), "changed": _l("修改")}
CHECKS: Mapping[str, Any] = {
    "structure": _l("结构"),
    "drawing": _l("画法"),
    "casework": _l("表单与程序"),
    "rehearsal": _l("逐路试算"),
    "rule": _l("规则核查"),
}
