"""企业政策包 and 推送成效统计: what fits one enterprise and why, and what came of a round of pushing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

TOOLS = (Column("序号", 13, is_centred=True), Column("服务名称", 53), Column("提供单位", 45), Column("联系方式", 45))
REACH = (
    Column("序号", 13, is_centred=True),
    Column("政策名称", 47),
    Column("责任部门", 24),
    Column("推送（家）", 18, is_centred=True),
    Column("阅读（家）", 18, is_centred=True),
    Column("已申报（家）", 18, is_centred=True),
    Column("使用率", 18, is_centred=True),
)


@dataclass(frozen=True)
class PackagePolicy:
    """why: each condition with its value and date; how: way and contact, a line each."""

    title: str
    benefit: str
    closes: str
    why: tuple[str, ...]
    how: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """tools: name, provider, contact. is_unconfirmed: no specialist looked at it in time."""

    agency: str
    enterprise: str
    sent_on: date
    message: str
    note: str
    is_unconfirmed: bool
    policies: tuple[PackagePolicy, ...]
    tools: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PolicyReach:
    title: str
    owner: str
    pushed: int
    read: int
    applied: int
    use_rate: str


@dataclass(frozen=True)
class RoundReach:
    """subject: 2022年第3批政策推送; reach: such as 80%, empty where nothing was pushed."""

    agency: str
    subject: str
    as_of: date
    pushed: int
    read: int
    reach: str
    policies: tuple[PolicyReach, ...]


def render_package(package: Package) -> bytes:
    """The package as a Word file."""
    paper = Paper(f"企业政策包\n{package.enterprise}")
    paper.title()
    mark = "，未经专员确认" if package.is_unconfirmed else ""
    paper.text(
        f"根据企业档案数据匹配，共{len(package.policies)}项政策符合贵企业条件"
        f"（{chinese_date(package.sent_on)}推送{mark}），请在申报截止前办理。"
    )
    for text in (package.message, package.note):
        if text:
            paper.text(text)
    for policy in package.policies:
        paper.chapter(policy.title)
        paper.text(f"支持内容：{policy.benefit}")
        paper.text(f"申报截止：{policy.closes}")
        paper.text("符合的条件：" + "；".join(policy.why) + "。")
        if policy.how:
            paper.text("申报方式：" + "；".join(policy.how) + "。")
    if package.tools:
        paper.chapter("工具箱")
        paper.table(TOOLS, ((str(number), *tool) for number, tool in enumerate(package.tools, 1)))
    paper.signature_of(package.agency, package.sent_on)
    return paper.to_bytes()


def render_reach(found: RoundReach) -> bytes:
    """The figures of a round as a Word file."""
    paper = Paper(f"{found.subject}\n推送成效统计")
    paper.title()
    share = f"，触达率{found.reach}" if found.reach else ""
    paper.text(f"截至{chinese_date(found.as_of)}，推送政策包{found.pushed}个，已阅读{found.read}个{share}。")
    if found.policies:
        paper.table(REACH, (_cells(number, policy) for number, policy in enumerate(found.policies, 1)))
    paper.signature_of(found.agency, found.as_of)
    return paper.to_bytes()


def _cells(number: int, policy: PolicyReach) -> tuple[str, ...]:
    counts = (str(policy.pushed), str(policy.read), str(policy.applied))
    return str(number), policy.title, policy.owner, *counts, policy.use_rate
