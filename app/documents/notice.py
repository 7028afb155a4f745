"""关于报送年度工作推进成效和下一年工作重点的通知: opens a December report to the units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Letterhead, Paper, chinese_date

CONTENTS = (
    "重点任务推进成效。牵头单位写明主要做法和结果，责任单位写明配合情况。",
    "指标完成情况。填报年度完成值、数据截止日和来源；预计数注明“预计”，未完成的说明原因。",
    "存在问题和下一年工作重点。工作重点逐项写明内容，可注明对应的任务和指标。",
)


@dataclass(frozen=True)
class Notice:
    """year: the year reported on. plan: full title of the plan, plan_number its 发文字号.

    contents: what is asked for, an item each. remark: what the office adds, free text.
    """

    letterhead: Letterhead
    year: int
    plan: str
    plan_number: str
    opens_on: date
    due_on: date
    contents: tuple[str, ...] = CONTENTS
    remark: str = ""


def render(notice: Notice) -> bytes:
    """The paper as a Word file."""
    year, head = notice.year, notice.letterhead
    paper = Paper(f"关于报送{year}年度工作推进成效和\n{year + 1}年工作重点的通知")
    paper.head(head)
    paper.text(
        f"根据《{notice.plan}》（{notice.plan_number}）要求，现就报送{year}年度工作推进成效和"
        f"{year + 1}年工作重点有关事项通知如下。"
    )
    paper.chapter("报送内容")
    paper.items(notice.contents)
    paper.chapter("报送时间和方式")
    paper.text(
        f"请于{chinese_date(notice.opens_on)}起在督办系统填报，经单位分管负责人审签后，"
        f"于{chinese_date(notice.due_on)}前报送。已有的数据系统自动带出，请核对；与带出数据不一致的，请说明原因。"
    )
    paper.chapter("有关要求")
    paper.text("各单位对所报数据的真实性负责。确需延期的，应当在期限届满前提出申请；逾期未报的，列入未报单位清单。")
    paper.text(notice.remark)
    paper.signature(head)
    paper.imprint(head)
    return paper.to_bytes()
