"""How far a demand is, in the words that the firm reads too; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "routing": "待分办",
    "offered": "待受理",
    "joint": "会办中",
    "working": "办理中",
    "signing": "待审签",
    "consulting": "会商中",
    "answered": "已答复，待评价",
    "judging": "研判中",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
ENDED = ("closed", "withdrawn")
RESULTS: Mapping[str, str] = {
    "solved": "已解决",
    "partly": "部分解决",
    "in_progress": "正在推进",
    "not_allowed": "政策不允许",
    "not_possible": "不具备条件",
    "answered": "已答复",
    "joined": "并入相近诉求办理",
}
CHANNELS: Mapping[str, str] = {
    "portal": "企业在门户提出",
    "visit": "服务专员走访时代为提出",
    "office": "领导小组办公室代为登记",
    "unit": "部门接到后登记",
    "activity": "服务月活动中提出",
}
