"""What `duban check` may find: a rule that does not hold, and where."""

from __future__ import annotations

from dataclasses import dataclass

from app.terms import Word


class Rule(Word):
    COMMAND = "command", "命令没有留下记录"
    COMMAND_TWICE = "command_twice", "同一命令留下两条记录"
    EVENT = "event", "记录没有对应的命令"
    VERSION = "version", "流程版本与步骤数不一致"
    CHAIN = "chain", "封存校验不一致"
    REPLAY = "replay", "重新执行不一致"
    STATE = "state", "流程状态被改动"
    PROJECTION = "projection", "待办、时限或等待的消息与流程不一致"
    LOG = "log", "按记录重建的待办、时限、消息或流程信息与现有数据不一致"
    INBOX = "inbox", "待办列表与待办不一致"
    EFFECT = "effect", "消息已标记送达，但没有送达的命令"
    LEASE = "lease", "认领超时，无人接手"
    OUTBOX = "outbox", "待发消息积压"
    DEFINITION = "definition", "流程版本与发布记录不一致"
    INCIDENT = "incident", "故障与其记录不一致"
    ERASURE = "erasure", "依法删除与其记录不一致"
    WITNESS = "witness", "见证方与登记记录不一致"
    SCORE = "score", "考核得分与其依据不一致"
    STUCK = "stuck", "流程停滞，没有任何事项可以推动它"


@dataclass(frozen=True)
class Finding:
    """text: English, for operators; rule.label is the Chinese sentence."""

    rule: Rule
    text: str
    instance_id: str | None = None
