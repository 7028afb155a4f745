"""逾期未报单位清单: who has not reported by the day, a list for the office and the leader's digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.documents.paper import Paper, chinese_date
from app.documents.paper_table import Column

COLUMNS = (
    Column("序号", 13, is_centred=True),
    Column("单位", 47),
    Column("目前环节", 30),
    Column("联络员", 20, is_centred=True),
    Column("已超工作日", 26, is_centred=True),
    Column("催办次数", 20, is_centred=True),
)


@dataclass(frozen=True)
class LateUnit:
    """step: where its report stands; days_late: working days since it was due."""

    unit: str
    step: str
    contact: str
    days_late: int
    times_urged: int


@dataclass(frozen=True)
class LateList:
    """subject: what was to be reported, such as 2023年度反馈. as_of: the day the list was drawn up."""

    agency: str
    subject: str
    due_on: date
    as_of: date
    expected: int
    units: tuple[LateUnit, ...]


def render(late: LateList) -> bytes:
    """The list as a Word file, in the order it was given."""
    paper = Paper(f"{late.subject}\n逾期未报单位清单")
    paper.title()
    paper.text(
        f"{late.subject}应于{chinese_date(late.due_on)}前报送。截至{chinese_date(late.as_of)}，"
        f"应报{late.expected}个单位，逾期未报{len(late.units)}个。"
    )
    if late.units:
        paper.table(COLUMNS, (_cells(number, unit) for number, unit in enumerate(late.units, 1)))
    paper.signature_of(late.agency, late.as_of)
    return paper.to_bytes()


def _cells(number: int, unit: LateUnit) -> tuple[str, ...]:
    return str(number), unit.unit, unit.step, unit.contact, str(unit.days_late), str(unit.times_urged)
