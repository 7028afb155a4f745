"""bpmnlint on one BPMN file: the rules of drawing of bpmn.io and of the house, run by node, said in Chinese."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from config import ROOT

SCRIPT = ROOT / "app" / "built" / "bpmnlint.mjs"
MAX_SECONDS = 20
MAX_MEGABYTES = 256

TEXTS = {
    "ad-hoc-sub-process": "自组子流程的画法不符合规范。",
    "conditional-flows": "有条件的分支之外，还应有默认流向或者其他条件。",
    "duban/chinese-names": "名称应使用中文。",
    "duban/deadline-timers": "定时事件应写明到期规则的名称。",
    "duban/named-choices": "排他网关的每条出路都应有名称，并有一条默认流向。",
    "duban/snake-case-ids": "编号应使用小写字母、数字和下划线，如 sign_for。",
    "end-event-required": "缺少结束事件。",
    "event-based-gateway": "事件网关的画法不符合规范。",
    "event-sub-process-typed-start-event": "事件子流程的开始事件应有类型。",
    "fake-join": "几条顺序流直接汇入同一环节，宜先经过汇聚网关。",
    "global": "消息、信号等定义没有名称、重复或者没有用到。",
    "label-required": "缺少名称。",
    "link-event": "链接事件没有成对。",
    "no-bpmndi": "没有画在图上。",
    "no-complex-gateway": "不应使用复杂网关。",
    "no-disconnected": "没有与其他元素相连。",
    "no-duplicate-sequence-flows": "两条顺序流重复。",
    "no-gateway-join-fork": "同一网关既汇聚又分支，宜分成两个。",
    "no-implicit-end": "流程在此处结束，但没有结束事件。",
    "no-implicit-split": "此处直接分成几路，应使用网关。",
    "no-implicit-start": "流程由此处开始，但没有开始事件。",
    "no-inclusive-gateway": "不宜使用包容网关，可用排他网关代替。",
    "no-overlapping-elements": "与其他元素重叠。",
    "single-blank-start-event": "只应有一个普通的开始事件。",
    "single-event-definition": "一个事件只应有一种类型。",
    "start-event-required": "缺少开始事件。",
    "sub-process-blank-start-event": "子流程的开始事件不应有类型。",
    "superfluous-gateway": "网关只有一进一出，可以去掉。",
    "superfluous-label": "名称多余。",
    "superfluous-termination": "此处的终止事件没有必要。",
}
OTHER = "不符合画法规则。"


class LintAway(Exception):
    """bpmnlint did not answer: node or the built script is missing, or it took too long."""


@dataclass(frozen=True)
class Remark:
    """element_id: "" for the file as a whole; reason: rule and message in English."""

    element_id: str
    is_error: bool
    text: str
    reason: str


@lru_cache(maxsize=64)
def lint(content: bytes) -> tuple[Remark, ...]:
    """What the rules say of an accepted file. Raises LintAway."""
    try:
        found = json.loads(_answer(content))
        return tuple(_remark(entry["rule"], entry) for entry in found)
    except (ValueError, TypeError, KeyError) as error:
        raise LintAway("bpmnlint: an answer that is none") from error


def _remark(rule: str, entry: dict[str, str]) -> Remark:
    return Remark(
        element_id=entry["id"],
        is_error=entry["category"] == "error",
        text=TEXTS.get(rule, OTHER),
        reason=f"{rule}: {entry['message']}",
    )


def _answer(content: bytes) -> bytes:
    """Output of the script. No shell, no argument from outside; the file goes in by stdin."""
    command = [_node(), f"--max-old-space-size={MAX_MEGABYTES}", str(SCRIPT)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MAX_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise LintAway(str(error)) from error
    return done.stdout


def _node() -> str:
    """That of the virtual environment, else of the machine. Raises LintAway."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if node is None or not SCRIPT.is_file():
        raise LintAway("node or app/built/bpmnlint.mjs is missing")
    return node
