"""变更登记表: what changed at an enterprise, and what becomes of its titles; for the province where it gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

COLUMNS = (Column("项目", 40, is_centred=True), Column("内容", 116))


@dataclass(frozen=True)
class ChangeSheet:
    """agency: who registers. effect: 延续, 迁出注销 or 提请核查, with its reason."""

    agency: str
    enterprise: str
    code: str
    titles: tuple[str, ...]
    kind: str
    event_on: date
    reported_on: date
    before: str
    after: str
    impact: str
    locality_opinion: str
    effect: str
    decided_on: date


def render(sheet: ChangeSheet) -> bytes:
    """The sheet as a Word file."""
    paper = Paper("优质中小企业变更登记表")
    paper.title()
    paper.table(
        COLUMNS,
        (
            ("企业名称", sheet.enterprise),
            ("统一社会信用代码", sheet.code),
            ("持有称号", "、".join(sheet.titles)),
            ("变化类型", sheet.kind),
            ("发生日期", chinese_date(sheet.event_on)),
            ("报告日期", chinese_date(sheet.reported_on)),
            ("变更前", sheet.before),
            ("变更后", sheet.after),
            ("对称号条件的影响", sheet.impact),
            ("属地意见", sheet.locality_opinion),
            ("认定结果", sheet.effect),
        ),
    )
    paper.signature_of(sheet.agency, sheet.decided_on)
    return paper.to_bytes()
