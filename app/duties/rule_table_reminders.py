"""办理时限提醒阶梯 as a rule table: who is told of a due day, when, and by which channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.duties.reminders import ACTIVITY_DAY, Channel, Effect, Ladder, Recipient, ladder_of
from app.duties.rule_table import Column, Content, Form, Grid, Problem

NAME = "办理时限提醒阶梯"
RECIPIENTS = {
    Recipient.ASSIGNEE.value: "办理人",
    Recipient.UNIT_HEAD.value: "分管负责人",
    Recipient.OFFICE.value: "领导小组办公室",
    Recipient.LEADER.value: "领导小组",
}
EFFECTS = {
    Effect.URGING_LETTER.value: "催办单",
    Effect.ORDER_DRAFT.value: "起草蓝色督办单",
    Effect.LEADER_DIGEST.value: "列入领导摘要",
    Effect.BULLETIN.value: "列入通报",
}
STEPS = {
    "confirm_score": "年度考核：确认得分或申诉",
    "report_activity": "服务月：登记活动情况",
    ACTIVITY_DAY: "服务月：活动日（提醒承办单位，最后一次并提醒已报名企业）",
}
CHANNELS = {Channel.MESSAGE.value: "站内消息", Channel.MAIL.value: "邮件摘要"}
BOTH = tuple(CHANNELS)

FORM = Form(
    singles=(
        Column("digest_at", "每日摘要发出时刻", "clock", hint="工作日每人一份"),
        Column("quiet_from", "可以发消息的时段，从", "clock", hint="其余时段和非工作日不发"),
        Column("quiet_until", "可以发消息的时段，到", "clock"),
    ),
    grids=(
        Grid(
            "limits",
            "到期前",
            (
                Column("name", "名称", "text"),
                Column("at_least", "限办天数不少于", "whole", "个工作日"),
                Column(
                    "before", "到期前第几个工作日提醒办理人", "days", hint="用顿号隔开，如 7、3、1", least=1, most=120
                ),
                Column(
                    "unit_head_on", "逾期第几个工作日另告知分管负责人", "whole", hint="没有的不填", least=1,
                    optional=True, empty_word="按“到期后”",
                ),
                Column("channels", "渠道", "several", options=CHANNELS),
            ),
        ),
        Grid(
            "steps",
            "另有规定的环节",
            (
                Column("step", "环节", "choice", options=STEPS),
                Column("before", "到期前第几个工作日提醒", "days", hint="不论限办天数", least=1, most=120),
            ),
        ),
        Grid(
            "overdue",
            "到期后",
            (
                Column("after", "逾期第几个工作日", "whole", least=1),
                Column("recipients", "告知", "several", options=RECIPIENTS),
                Column("effects", "同时", "several", options=EFFECTS, optional=True, empty_word="–"),
                Column("channels", "渠道", "several", options=CHANNELS),
                Column("meaning", "说明", "text"),
            ),
        ),
    ),
)  # fmt: skip


def check(content: Content) -> Iterator[Problem]:
    """Every task has a band, a day one rung, and the hours of messages hold the digest."""
    bands = [row["at_least"] for row in content["limits"]]
    if 0 not in bands:
        yield Problem("limits.0.at_least", "应有一行从 0 开始，使每一事项都有提醒。")
    yield from _repeated("limits", "at_least", bands, "与另一行的限办天数相同。")
    yield from _repeated("steps", "step", [row["step"] for row in content.get("steps", ())], "与另一行是同一环节。")
    days = [row["after"] for row in content["overdue"]]
    yield from _repeated("overdue", "after", days, "这一天已有一行，请合并。")
    for number, row in enumerate(content["limits"]):
        if row["unit_head_on"] is not None and row["unit_head_on"] not in days:
            yield Problem(f"limits.{number}.unit_head_on", "“到期后”没有这一天的一行。")
    if not content["quiet_from"] < content["quiet_until"]:
        yield Problem("quiet_until", "应晚于时段的开始。")
    elif not content["quiet_from"] <= content["digest_at"] < content["quiet_until"]:
        yield Problem("digest_at", "应在可以发消息的时段内。")
    if not content["overdue"]:
        yield Problem("", "“到期后”至少要有一行。")


def content_of(file: Content) -> dict[str, Any]:
    """What a policy file says, with every place of the form."""
    limits = [{"unit_head_on": None, "channels": list(BOTH), **row} for row in file["limits"]]
    overdue = [{"channels": list(BOTH), **row} for row in file["overdue"]]
    quiet = {"quiet_from": file["quiet"]["allowed_from"], "quiet_until": file["quiet"]["allowed_until"]}
    named = {key: file[key] for key in ("digest_at", "explanation", "source") if key in file}
    return {**named, **quiet, "limits": limits, "steps": file.get("steps", []), "overdue": overdue}


def read(content: Content, version: str) -> Ladder:
    return ladder_of(
        {
            **content,
            "version": version,
            "title": NAME,
            "quiet": {"allowed_from": content["quiet_from"], "allowed_until": content["quiet_until"]},
        }
    )


def _repeated(grid: str, field: str, values: Sequence[object], text: str) -> Iterator[Problem]:
    for number, value in enumerate(values):
        if value in values[:number]:
            yield Problem(f"{grid}.{number}.{field}", text)
