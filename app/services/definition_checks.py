"""Everything that is asked of a BPMN file before it is proposed: what refuses it, and what its approver should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from app.engine import Definition, Problem
from app.engine.model_rules import violations
from app.engine.outcomes import OTHER, candidates
from app.engine.outline import Outline, outline
from app.engine.rehearsal import Move, Rehearsal, Trouble, rehearse
from app.services import bpmnlint, definitions
from app.services.cases import Casework
from app.services.definitions import DefinitionRefused, source_name
from app.services.form_rules import OUTCOME
from app.services.registry import casework_of
from app.services.rule_checks.catalog import model_rules
from app.services.tasks import form_of
from app.terms import Severity

Level = Literal["error", "warning"]
Check = Literal["structure", "drawing", "casework", "rehearsal", "rule"]

ZIPPED = b"PK\x03\x04"
MAX_SECONDS = 5.0  # of rehearsal, each file
MAX_SECONDS_IN_ALL = 15.0


@dataclass(frozen=True)
class Finding:
    """One thing that was found. line: 0 where the file as a whole is meant; reason: English, for logs and programs."""

    level: Level
    check: Check
    file: str
    element_id: str
    line: int
    text: str
    reason: str

    @property
    def problem(self) -> Problem:
        return Problem(self.file, self.element_id, self.line, self.text, self.reason)


@dataclass(frozen=True)
class Examined:
    """One file after all checks. content: its text; definition: None where it is not accepted; names: id -> name."""

    file: str
    content: str
    definition: Definition | None
    findings: tuple[Finding, ...]
    rehearsal: Rehearsal | None
    names: Mapping[str, str]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def report(self) -> dict[str, Any]:
        """Plain JSON, as it is kept with the deployment."""
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "rehearsal": asdict(self.rehearsal) if self.rehearsal is not None else None,
        }


def examine(files: Mapping[str, bytes]) -> list[Examined]:
    """All files, in their order. Two of the same process refuse each other."""
    seconds = min(MAX_SECONDS, MAX_SECONDS_IN_ALL / max(len(files), 1))
    others = definitions.by_process(files.values())
    examined = [_examined(file, content, others, seconds) for file, content in files.items()]
    keys = [own.definition.key for own in examined if own.definition is not None]
    return [_refused_if_double(own, keys) for own in examined]


def casework_errors(definition: Definition, sources: Mapping[str, bytes]) -> list[Finding]:
    """What a duty's code lacks for this drawing, asked again when it is approved."""
    more = outline(sources, definition.key)
    found = _casework(source_name(definition.key), definition, more)
    return [finding for finding in found if finding.level == "error"]


def _examined(file: str, content: bytes, others: Mapping[str, bytes], seconds: float) -> Examined:
    try:
        definition = definitions.check(file, content, others)
    except DefinitionRefused as refused:
        findings = tuple(_structure(problem, "error", content) for problem in refused.problems)
        return Examined(file, content.decode("utf-8", "replace"), None, findings, None, names_in(content))
    sources = definitions.sources_of(content, definition.key, others)
    more, rehearsal = outline(sources, definition.key), _rehearsed(definition.key, tuple(sources.items()), seconds)
    findings = (
        *(_structure(problem, "warning", content, file) for problem in definition.notices),
        *_casework(file, definition, more),
        *_told_by(file, rehearsal, more),
        *_drawing(file, content, more),
        *_ruled(file, definition, more),
    )
    return Examined(file, content.decode(), definition, findings, rehearsal, names_in(content))


def _structure(problem: Problem, level: Level, content: bytes, file: str = "") -> Finding:
    text = "这是压缩包，请解压后上传其中的 .bpmn 文件。" if content.startswith(ZIPPED) else problem.text
    return Finding(level, "structure", file or problem.file, problem.element_id, problem.line, text, problem.reason)


def _refused_if_double(own: Examined, keys: list[str]) -> Examined:
    if own.definition is None or keys.count(own.definition.key) == 1:
        return own
    text = f"流程 {own.definition.key} 在本次上传中有两个文件，请只留一个。"
    double = Finding("error", "structure", own.file, own.definition.key, 0, text, "two files of one process")
    return replace(own, findings=(double, *own.findings))


def names_in(content: bytes) -> dict[str, str]:
    """What bears an id, with its name, for a list of findings; an arrow without one by its ends.

    Nothing of a file that cannot be read.
    """
    root = definitions.peek(content)
    if root is None:
        return {}
    names = {node.get("id", ""): node.get("name", "") for node in root.iter("{*}*") if node.get("id")}
    for flow in root.iter("{*}sequenceFlow"):
        ends = (flow.get("sourceRef", ""), flow.get("targetRef", ""))
        names[flow.get("id", "")] = flow.get("name") or " → ".join(names.get(end) or end for end in ends)
    return names


@lru_cache(maxsize=32)
def _rehearsed(key: str, sources: tuple[tuple[str, bytes], ...], seconds: float) -> Rehearsal:
    return rehearse(dict(sources), key, seconds)


def _casework(file: str, definition: Definition, more: Outline) -> Iterator[Finding]:
    """What the duty of the process must know: forms of user tasks, actions of operators, due rules of timers."""
    casework = casework_of(definition.key)
    level: Level = "error" if casework.duty is not None else "warning"
    for element_id, text, reason in _unknown(casework, definition, more):
        yield Finding(level, "casework", file, element_id, more.lines.get(element_id, 0), text, reason)
    for flow_id, outcome in _not_offered(casework, definition, more):
        text = f"前一环节的表单没有 {outcome} 这一办理结果。"
        line = more.lines.get(flow_id, 0)
        yield Finding("warning", "casework", file, flow_id, line, text, f"outcome {outcome} is not offered")


def _unknown(casework: Casework, definition: Definition, more: Outline) -> Iterator[tuple[str, str, str]]:
    duty = casework.duty
    for id_, element in definition.elements.items():
        said = more.said[id_]
        operator, rule = said.get("operator", ""), said.get("timer", "")
        if duty is not None and element.type == "userTask" and id_ not in duty.forms:
            yield id_, "这一环节没有表单。", f"no form for {id_}"
        if operator and operator not in casework.actions:
            yield id_, f"没有程序执行操作 {operator}，流程走到这里会停下。", f"no action for {operator}"
        if rule and duty is not None and rule not in duty.due_at:
            yield id_, f"没有名为 {rule} 的到期规则。", f"no due rule {rule}"
        if rule and duty is None:
            yield id_, f"启动流程时须在变量 {rule} 中给出到期时间。", f"{rule} must come with the variables"


def _not_offered(casework: Casework, definition: Definition, more: Outline) -> Iterator[tuple[str, str]]:
    """Flows behind a form that ask for an outcome which the form does not offer."""
    form_before = {flow.target: form_of(casework, flow.source) for flow in definition.flows.values()}
    for flow_id, condition in more.conditions.items():
        schema = form_before.get(definition.flows[flow_id].source)
        choices = schema["properties"].get(OUTCOME, {}).get("oneOf", ()) if schema is not None else ()
        offered = {choice["const"] for choice in choices}
        for outcome in candidates([condition]).get(OUTCOME, ()) if offered else ():
            if isinstance(outcome, str) and outcome not in offered | {OTHER, ""}:
                yield flow_id, outcome


def _drawing(file: str, content: bytes, more: Outline) -> Iterator[Finding]:
    try:
        remarks = bpmnlint.lint(content)
    except bpmnlint.LintAway as away:
        yield Finding("warning", "drawing", file, "", 0, "未做 bpmnlint 检查。", str(away))
        return
    for remark in remarks:
        level: Level = "error" if remark.is_error else "warning"
        line = more.lines.get(remark.element_id, 0)
        yield Finding(level, "drawing", file, remark.element_id, line, remark.text, remark.reason)


def _ruled(file: str, definition: Definition, more: Outline) -> Iterator[Finding]:
    """What the rules over drawings say of it; those that weigh most refuse it."""
    for rule, check in model_rules():
        if rule.processes and definition.key not in rule.processes:
            continue
        level: Level = "error" if rule.severity == Severity.HIGH else "warning"
        for id_ in violations(check, definition, more):
            text = f"不符合规则“{rule.name}”：{rule.says}"
            yield Finding(level, "rule", file, id_, more.lines.get(id_, 0), text, f"rule {rule.id}")


def _told_by(file: str, rehearsal: Rehearsal, more: Outline) -> Iterator[Finding]:
    """What the rehearsal found; of a search that was cut, only what it saw itself."""
    for trouble in rehearsal.stuck:
        yield _trouble(file, trouble, "试算时流程走到这里不能继续", more)
    for trouble in rehearsal.endless:
        yield _trouble(file, trouble, "从这里走不到任何结束事件", more)
    if not rehearsal.is_complete:
        text = f"逐路试算在限时内只走了 {rehearsal.commands} 步，没有走完。"
        yield Finding("warning", "rehearsal", file, "", 0, text, "the rehearsal was cut short")
        return
    never = {*rehearsal.elements_never_entered, *rehearsal.flows_never_taken}
    for id_ in (id_ for id_ in more.lines if id_ in never):
        yield Finding("warning", "rehearsal", file, id_, more.lines[id_], "怎样办理都走不到这里。", "never reached")


def _trouble(file: str, trouble: Trouble, text: str, more: Outline) -> Finding:
    way = "、".join(_said(move) for move in trouble.path)
    line = more.lines.get(trouble.element_id, 0)
    return Finding("error", "rehearsal", file, trouble.element_id, line, f"{text}（{way}之后）。", trouble.reason)


def _said(move: Move) -> str:
    verb = {"start": "启动", "complete": "办理", "fire": "到期", "deliver": "收到消息"}[move.verb]
    return f"{verb} {move.element_id}"
