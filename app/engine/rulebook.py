"""The rules by which a BPMN file is refused, each once, in English for logs and in Chinese for who uploaded it."""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.engine.faults import Problem

RULES = {
    "too_large": ("larger than 2 MB", "文件超过 2 MB。"),
    "not_utf8": ("not written in UTF-8", "文件的编码不是 UTF-8。"),
    "not_xml": ("not well-formed XML", "不是格式正确的 XML 文件。"),
    "doctype": ("a DOCTYPE is not accepted", "不接受含 DOCTYPE 的文件。"),
    "schema": ("against the BPMN schema", "不符合 BPMN 2.0 结构规范。"),
    "element": ("this element is not accepted", "不支持此元素。"),
    "extension": ("this extension is not accepted", "不支持此扩展元素。"),
    "no_process": ("the process is not in these files", "文件中没有所要的流程。"),
    "not_executable": ("the process is not executable", "流程未标记为可执行。"),
    "no_id": ("an element without an id", "元素缺少编号。"),
    "too_long": (
        "an id of more than 60, or a name of more than 80 characters",
        "编号超过 60 个字符，或名称超过 80 个字。",
    ),
    "double_id": ("an id used twice", "编号重复使用。"),
    "dangling": ("a reference to nothing, or across a border", "引用的元素不存在或不在同一层。"),
    "start": ("exactly one start event is needed, without an entry", "每层应有且仅有一个开始事件，且无进入的顺序流。"),
    "end": ("at least one end event is needed, without an exit", "每层至少有一个结束事件，且无离开的顺序流。"),
    "exits": ("exactly one exit is needed", "此元素应有且仅有一条离开的顺序流。"),
    "event": ("this kind of event is not accepted here", "此处不支持这种事件。"),
    "timer": ("a timer needs a timeDate that is one name", "定时事件只接受一个到期规则名称。"),
    "operator": ("an operator id with a dot is needed, and no parameters", "缺少带点的操作编号，或带有参数。"),
    "message": ("a message reference is needed", "缺少消息引用。"),
    "lane": ("no lane that is known", "用户任务没有已登记的泳道。"),
    "box_in_lane": ("a sub-process stands in no lane", "子流程不得放在泳道内。"),
    "box_documentation": ("a sub-process needs its own documentation", "子流程缺少说明。"),
    "event_box": ("event sub-processes are not accepted", "不支持事件子流程。"),
    "instances": (
        "a multi-instance needs one collection and one item, in and out",
        "多实例的输入输出应为同一集合与同一条目。",
    ),
    "host": ("a boundary event cannot stand here", "边界事件不能附着在此元素上。"),
    "recursion": ("a process calls itself", "流程直接或间接调用自身。"),
    "default": ("an exclusive gateway needs a default flow", "排他网关缺少默认流向。"),
    "condition": ("a condition is missing here, or stands where none belongs", "此处缺少条件，或不应有条件。"),
    "expression": ("outside the language of conditions", "条件表达式超出允许的范围。"),
    "same_condition": (
        "two flows of a gateway with the same or a constant condition",
        "网关的两个条件相同，或条件恒定。",
    ),
    "unreachable": ("never reached from the start", "从开始事件无法到达。"),
    "no_way_out": ("no end can be reached from here", "由此无法到达结束事件。"),
    "side_path": ("a side path runs into the main flow", "旁路不得汇入主流程。"),
    "join": ("each branch of one fork must enter the join exactly once", "汇聚网关应与分支网关逐路对应。"),
    "join_in_loop": (
        "a join inside a cycle; box fork and join",
        "汇聚网关处于循环中，应放入子流程。",
    ),
    "endless": ("a cycle in which nothing ever waits", "循环中没有任何等待环节。"),
}


class Rulebook:
    """Collects what is wrong; `problems` is empty for a good file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, file: str, node: etree._Element, rule: str, detail: str = "") -> None:
        """Note that the element breaks the rule; without an id of its own it is named by the nearest that has one."""
        named: etree._Element | None = node
        while named is not None and not named.get("id"):
            named = named.getparent()
        self._add(file, str(named.get("id")) if named is not None else "", _line(node), rule, detail)

    def refuse_file(self, file: str, line: int, rule: str, detail: str = "") -> None:
        self._add(file, "", line, rule, detail)

    def _add(self, file: str, element_id: str, line: int, rule: str, detail: str) -> None:
        reason, text = RULES[rule]
        self.problems.append(Problem(file, element_id, line, text, f"{reason}: {detail}" if detail else reason))


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline  # the published stubs of lxml leave its type open
    return int(line or 0)
