"""依据: what decided an event, in words: who was allowed to, which day was due, how gateways chose, what rules said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import clock
from app.access import may_open
from app.duties.lights import distance_text
from app.engine import Definition
from app.engine.decisions import Decision, Told
from app.models.enterprise import Evaluation
from app.queries.actor import Actor
from app.queries.moments import Basis, Due
from app.queries.replay import Frame
from app.services.house import House
from app.terms import EventType, TitleLevel
from app.views import formats
from app.views.clauses import clause_label

MOST_VALUES = 12  # of one answer: the whole lies in the bundle


@dataclass(frozen=True)
class Line:
    """text, in words; detail: as the machine knows it, in a fixed-width face; href: where the rule stands."""

    text: str
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    lines: Sequence[Line]


def groups(found: Basis, frame: Frame, definition: Definition, version: int, house: House, actor: Actor) -> list[Group]:
    """Values that the process has read are shown to those who read all; what was decided, to everybody."""
    drawn = [
        Group(_("办理权限"), list(_permission(found, frame, definition))),
        Group(_("办理时限"), list(_dues(found, frame, house))),
        Group(_("网关"), [line for one in found.decisions for line in _decision(one, definition, actor)]),
        Group(_("规则和自动环节"), list(_told(found, definition, actor))),
        Group(_("流程版本"), [_version(definition, version, actor)]),
    ]
    return [group for group in drawn if group.lines]


def _permission(found: Basis, frame: Frame, definition: Definition) -> Iterator[Line]:
    if not frame.is_person:
        yield Line(_by_itself(frame))
        return
    element = definition.elements.get(frame.element_id or "")
    who = f"{frame.actor.unit} {frame.actor.name}"
    if element is not None and element.lane and found.done is not None:
        yield Line(_("泳道“%(lane)s”，由%(who)s办理。", lane=element.lane, who=who), found.done.principal)
    else:
        yield Line(_("由%(who)s操作。", who=who))
    if frame.on_behalf_of is not None:
        other = f"{frame.on_behalf_of.unit} {frame.on_behalf_of.name}"
        yield Line(_("代%(other)s办理，责任仍属被代理人。", other=other))
    if found.done is not None and found.done.is_own_item:
        yield Line(_("涉及本单位的事项由其他单位人员审核。"))


def _by_itself(frame: Frame) -> str:
    if frame.type == EventType.TIMER_FIRED:
        return _("时限到，由系统时钟触发。")
    return _("由系统时钟按规则处理。") if frame.actor.login == "clock" else _("由系统按流程图推进。")


def _dues(found: Basis, frame: Frame, house: House) -> Iterator[Line]:
    done = found.done
    if done is not None and done.due_on is not None and frame.type == EventType.TASK_COMPLETED:
        on = clock.local(frame.at).date()
        day = formats.full_day(done.due_on)
        late = distance_text(on, done.due_on, house.calendar)
        text = (
            _("按时办理，时限为%(day)s。", day=day)
            if on <= done.due_on
            else _("时限为%(day)s，%(late)s。", day=day, late=late)
        )
        yield Line(f"{text}{done.rule}")
    for due in found.opened:
        yield Line(_opened(due))


def _opened(due: Due) -> str:
    clause = _("来源：%(clause)s。", clause=clause_label(due.clause)) if due.clause else ""
    if due.due_on is None:
        return _("新开“%(name)s”，没有规定办理时限。", name=due.name) + clause
    return _("新开“%(name)s”，时限为%(day)s。", name=due.name, day=formats.full_day(due.due_on)) + due.rule + clause


def _decision(one: Decision, definition: Definition, actor: Actor) -> Iterator[Line]:
    name = definition.elements[one.gateway_id].name
    for way in one.taken:
        chosen = way.flow.name or definition.elements[way.flow.target].name
        why = _("条件成立") if way.condition else _("其他条件都不成立")
        yield Line(_("“%(name)s”：走“%(chosen)s”，%(why)s。", name=name, chosen=chosen, why=why), way.condition)
    if actor.reads_all and one.read:
        yield Line(_("当时读到的值"), _values(one.read))


def _told(found: Basis, definition: Definition, actor: Actor) -> Iterator[Line]:
    if found.timer_rule:
        yield Line(_("期限按规则推算。"), found.timer_rule)
    for told in found.told:
        yield _answer(told, definition, actor)
    for evaluation in found.evaluations:
        yield _evaluation(evaluation, actor)
    if found.points_rules:
        yield Line(_("考核计分规则，年度启动时的版本。"), found.points_rules)


def _answer(told: Told, definition: Definition, actor: Actor) -> Line:
    element = definition.elements.get(told.element_id)
    name = element.name if element else told.element_id
    if told.ask == "due":
        at = formats.moment(told.answer) if isinstance(told.answer, str) else ""
        return Line(_("“%(name)s”的期限推算为 %(at)s。", name=name, at=at), told.name)
    answer = _values(told.answer) if actor.reads_all and told.answer else ""
    return Line(_("自动办理“%(name)s”。", name=name), f"{told.name}{'：' if answer else ''}{answer}")


def _evaluation(one: Evaluation, actor: Actor) -> Line:
    level = _(TitleLevel(one.level).label)
    result = _("符合") if one.is_met else _("不符合")
    href = url_for("evaluations.one", evaluation_id=one.id) if actor.reads_all else ""
    score = _("，%(score)s 分", score=one.score) if one.score is not None else ""
    return Line(_("认定标准（%(level)s）：%(result)s", level=level, result=result) + score, one.rule_version, href)


def _version(definition: Definition, version: int, actor: Actor) -> Line:
    href = (
        url_for("definitions.version", key=definition.key, number=version)
        if may_open("definitions.version", actor)
        else ""
    )
    text = _("%(name)s，第 %(version)s 版", name=definition.name, version=version)
    return Line(text, f"SHA-256 {definition.hash[:16]}…", href)


def _values(values: Any) -> str:
    """may_proceed = 否；score = 55"""
    pairs = list(values.items()) if isinstance(values, dict) else [("", values)]
    shown = [f"{name} = {_value(value)}" for name, value in pairs[:MOST_VALUES]]
    return "；".join([*shown, *(["…"] if len(pairs) > MOST_VALUES else [])])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or value == "":
        return _("空")
    text = _("%(count)s 项", count=len(value)) if isinstance(value, dict) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
