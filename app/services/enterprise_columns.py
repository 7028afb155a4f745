"""The columns of the enterprises' table: the file's own fields, then the figures of one closed year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.sheet_column import Column, Kind
from app.duties.credit_code import TEXT, is_valid, normalised
from app.duties.enterprise_figures import FIGURES, Figure
from app.duties.enterprise_row import YEAR
from app.duties.size_rule import SIZE_ROWS
from app.models.organization import Unit
from app.terms import EnterpriseState

CODE = "id"
FIELDS = (
    "name", "locality_id", "state", "industry", "chain", "product", "address", "registered_on",
    "contact_name", "contact_phone",
)  # fmt: skip
FIRST_YEAR = 2015
MOST_WAN = Decimal(10_000_000_000)
KINDS: Mapping[str, Kind] = {"count": "whole", "years": "whole", "word": "choice"}
MOST = {"amount": MOST_WAN, "percent": Decimal(100), "score": Decimal(1000), "years": Decimal(200)}


def columns(session: Session, latest_year: int, chains: Sequence[str]) -> list[Column]:
    """latest_year: the last closed year, later figures are none yet. chains: what the house lists."""
    return [*_fields(_localities(session), chains), _year(latest_year), *map(_figure, FIGURES.values())]


def _fields(localities: Mapping[str, str], chains: Sequence[str]) -> list[Column]:
    industries = {row.label: row.key for row in SIZE_ROWS.values()}
    states = {state.label: state.value for state in EnterpriseState}
    names = {name: name for name in chains}
    return [
        _code(),
        Column("name", "企业名称", "text", "营业执照上的全称。", True, width=34),
        Column("locality_id", "属地", "choice", "登记所在县（市、区）、功能区。", True, choices=localities),
        Column("state", "经营状态", "choice", "空白按正常。", choices=states),
        Column("industry", "所属行业", "choice", "中小企业划型标准的行业。", choices=industries, width=18),
        Column("chain", "产业链", "choice", "不属于重点产业链的选“其他”。", choices=names, width=22),
        Column("product", "主导产品", "text", "最多120字。", width=20),
        Column("address", "注册地址", "text", "最多200字。", most=Decimal(200), width=28),
        Column("registered_on", "成立日期", "day", "日期格式，如 2016-05-18。", width=13),
        Column("contact_name", "联系人", "text", "最多80字。", most=Decimal(80), width=10),
        Column("contact_phone", "联系电话", "text", "文本格式。", most=Decimal(40), width=16),
    ]


def _code() -> Column:
    return Column(
        CODE,
        "统一社会信用代码",
        "code",
        "18位，文本格式。",
        True,
        most=Decimal(18),
        width=22,
        tidy=normalised,
        check=lambda code: None if is_valid(code) else f"{TEXT}。",
    )


def _year(latest_year: int) -> Column:
    return Column(
        YEAR,
        "数据年度",
        "year",
        "右侧各列所属的会计年度；金额单位均为万元，空白不更改库中原有数据。",
        least=Decimal(FIRST_YEAR),
        most=Decimal(latest_year),
        width=20,
    )


def _figure(figure: Figure) -> Column:
    return Column(
        figure.key,
        f"{figure.label}（{figure.unit}）" if figure.unit else figure.label,
        KINDS.get(figure.kind, "number"),
        "亏损填负数。" if figure.may_be_negative else "",
        choices={label: value for value, label in (figure.words or {}).items()},
        least=None if figure.may_be_negative else Decimal(0),
        most=MOST.get(figure.kind, Decimal(10_000_000)),
        width=16,
    )


def _localities(session: Session) -> Mapping[str, str]:
    rows = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.position))
    return {unit.short_name: unit.id for unit in rows if unit.is_locality}
