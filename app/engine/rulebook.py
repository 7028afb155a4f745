"""The rules by which a BPMN file is refused or remarked on, each once: in English for logs, in Chinese for people."""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.engine.advice import ADVICE
from app.engine.faults import Problem
from app.engine.lanes import LANES

MOST = 100  # problems told of one definition; a file of another engine may have thousands

RULES = {
    "too_large": ("larger than 2 MB", "文件超过 2 MB。"),
    "too_many_elements": ("more than 10,000 XML elements", "文件中的 XML 元素超过 10000 个。"),
    "not_utf8": ("not written in UTF-8", "文件的编码不是 UTF-8。"),
    "not_xml": ("not well-formed XML", "不是格式正确的 XML 文件。"),
    "doctype": ("a DOCTYPE is not accepted", "不接受含 DOCTYPE 的文件。"),
    "schema": ("against the BPMN schema", "不符合 BPMN 2.0 结构规范。"),
    "element": ("this element is not accepted", "不支持此元素。"),
    "extension": ("this extension is not accepted", "不支持此扩展元素。"),
    "acting": (
        "this extension acts in its own engine and would not here",
        "此扩展只在其他引擎中起作用，在此不会执行，请删去或改画。",
    ),
    "too_many": ("more than 300 elements, or 600 flows", "元素超过 300 个，或顺序流超过 600 条，请拆成几个流程。"),
    "too_deep": ("sub-processes more than 8 deep", "子流程嵌套超过 8 层。"),
    "no_process": ("the process is not in these files", "文件中没有所要的流程。"),
    "not_executable": ("the process is not executable", "流程未标记为可执行。"),
    "no_id": ("an element without an id", "元素缺少编号。"),
    "too_long": (
        "an id of more than 60, or a name of more than 80 characters",
        "编号超过 60 个字符，或名称超过 80 个字。",
    ),
    "reserved": ("an id that the engine needs for itself", "此编号由引擎占用，请改名。"),
    "double_id": ("an id used twice", "编号重复使用。"),
    "dangling": ("a reference to nothing, or across a border", "引用的元素不存在或不在同一层。"),
    "start": ("exactly one start event is needed, without an entry", "每层应有且仅有一个开始事件，且无进入的顺序流。"),
    "end": ("at least one end event is needed, without an exit", "每层至少有一个结束事件，且无离开的顺序流。"),
    "exits": ("exactly one exit is needed", "此元素应有且仅有一条离开的顺序流，分流请画网关。"),
    "event": ("this kind of event is not accepted here", "此处不支持这种事件。"),
    "timer": ("a timer needs a timeDate that is one name", "定时事件只接受一个到期规则名称。"),
    "operator": ("an operator id with a dot is needed, and no parameters", "缺少带点的操作编号，或带有参数。"),
    "message": ("a message reference is needed", "缺少消息引用。"),
    "lane": ("no lane that is known", f"用户任务没有已登记的泳道。已登记的有：{'、'.join(LANES)}。"),
    "box_in_lane": ("a sub-process stands in no lane", "子流程不得放在泳道内。"),
    "box_documentation": ("a sub-process needs its own documentation", "子流程缺少说明。"),
    "event_box": ("event sub-processes are not accepted", "不支持事件子流程。"),
    "instances": (
        "a multi-instance needs one collection and one item, in and out",
        "多实例的输入输出应为同一集合与同一条目。",
    ),
    "signal": (
        "a signal that nothing in this definition sends",
        "信号只在同一流程实例内有效，而图中没有发出此信号的环节。",
    ),
    "choice_of_events": (
        "behind an event-based gateway stand two or more timer or message events, each with this one entry",
        "事件网关之后应为两个以上的定时或消息事件，且各自只由此网关进入。",
    ),
    "unnamed": ("a message or a signal without a name", "消息或信号缺少名称。"),
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
    "join_missed": (
        "a branch may end without having reached its join, which would then wait for ever",
        "有分支可能不经汇聚网关而结束，汇聚将永远等待；请先汇合，或改用终止结束事件。",
    ),
    "terminated_call": (
        "a called process with named outputs cannot end by a terminate event",
        "列明输入输出的被调用流程不得以终止事件结束。",
    ),
    "closed_branch": (
        "a side task that is closed here leads to a join, which would wait for ever",
        "此处关闭的旁路任务之后有汇聚网关，汇聚将永远等待。",
    ),
    "join_in_loop": (
        "a join inside a cycle; box fork and join",
        "汇聚网关处于循环中，应放入子流程。",
    ),
    "more": ("and more of them", "还有其他问题，改正以上各处后会再列出。"),
    "endless": ("a cycle in which nothing ever waits", "循环中没有任何等待环节。"),
}
_ADVISED = frozenset(("element", "extension", "event"))  # the rules whose detail is a word that advice is known for
NOTICES = {
    "ornament": ("only drawn, nothing reads it", "仅作图示，流程运行时不读取。"),
    "foreign": ("written for another engine, nothing here reads it", "为其他引擎编写，在此不起作用。"),
    "drawn_only": ("a process that is only drawn", "未标记为可执行，仅作图示。"),
}


class Rulebook:
    """Collects what is wrong, `problems`, empty for a good file, and what is well but without effect, `notices`."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._notices: dict[tuple[str, str, str], Problem] = {}

    @property
    def notices(self) -> tuple[Problem, ...]:
        return tuple(self._notices.values())

    def note(self, file: str, node: etree._Element, rule: str, detail: str) -> None:
        """Note what has no effect; once for each word in a file, at the first place."""
        if (file, rule, detail) not in self._notices:
            reason, text = NOTICES[rule]
            told = Problem(file, _named(node), _line(node), f"{detail}：{text}", f"{reason}: {detail}")
            self._notices[file, rule, detail] = told

    def refuse(self, file: str, node: etree._Element, rule: str, detail: str = "") -> None:
        """Note that the element breaks the rule; without an id of its own it is named by the nearest that has one."""
        self._add(file, _named(node), _line(node), rule, detail)

    def refuse_file(self, file: str, line: int, rule: str, detail: str = "") -> None:
        self._add(file, "", line, rule, detail)

    def _add(self, file: str, element_id: str, line: int, rule: str, detail: str) -> None:
        if len(self.problems) == MOST:
            reason, text = RULES["more"]
            self.problems.append(Problem(file, element_id, line, text, reason))
        if len(self.problems) > MOST:
            return
        reason, text = RULES[rule]
        instead, chinese = ADVICE.get(detail, ("", "")) if rule in _ADVISED else ("", "")
        reason = "; ".join(part for part in (f"{reason}: {detail}" if detail else reason, instead) if part)
        self.problems.append(Problem(file, element_id, line, text + chinese, reason))


def _named(node: etree._Element) -> str:
    """The id of the element, or of the nearest one around it that has one."""
    named: etree._Element | None = node
    while named is not None and not named.get("id"):
        named = named.getparent()
    return str(named.get("id")) if named is not None else ""


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline  # the published stubs of lxml leave its type open
    return int(line or 0)
