"""What the machine finds of each nominated enterprise, and which tier of cultivation it belongs to.

A row is what a form or a sheet says of one enterprise; a file is what the house knows of it already: {name, state,
locality, locality_name, industry, library_since}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.duties import credit_code
from app.duties.chains import OTHER
from app.duties.form_parts import Row, is_empty
from app.duties.lights import chinese_date
from app.duties.size_rule import is_sme

Kind = Literal["code", "unfiled", "chain", "closed", "in_library", "large", "elsewhere"]

REFUSED: frozenset[Kind] = frozenset({"code", "unfiled", "chain"})  # the form is not taken; the others skip the row
ACTIVE = "active"

TIERS: Mapping[str, str] = {
    "tech_sme": "科技型",
    "innovative": "创新型",
    "specialised": "专精特新",
    "little_giant": "小巨人",
    "single_champion": "单项冠军",
}
NEXT_TIER: tuple[tuple[str, str], ...] = (
    ("single_champion", "single_champion"),
    ("little_giant", "single_champion"),
    ("specialised", "little_giant"),
    ("specialised_city", "specialised"),
    ("innovative", "specialised"),
    ("tech_sme", "innovative"),
)


@dataclass(frozen=True)
class Finding:
    """One thing that stands against a row. field: of the row; text: the sentence, which names the row's number."""

    kind: Kind
    field: str
    text: str

    @property
    def refuses(self) -> bool:
        return self.kind in REFUSED


def propose_tier(titles: Collection[str]) -> str:
    """The tier towards which an enterprise with these titles is cultivated (terms.TitleLevel): the next of the ladder.

    Without a title it begins at the foot, 科技型; a champion has arrived and stays.
    """
    return next((tier for title, tier in NEXT_TIER if title in titles), "tech_sme")


def findings(
    rows: Sequence[Row], files: Mapping[str, Row], locality: str, chains: Collection[str] = ()
) -> list[list[Finding]]:
    """Of each row what stands against it, in the order of importance. locality: the unit whose list it is."""
    return [list(_of_row(number, row, files, locality, chains)) for number, row in enumerate(rows, 1)]


def duplicates(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    """(first, second, sentence) for each row that names an enterprise again; the numbers count from 1."""
    seen: dict[str, int] = {}
    found = []
    for number, row in enumerate(rows, 1):
        code = credit_code.normalised(str(row.get("credit_code", "")))
        first = seen.setdefault(code, number)
        if code and first != number:
            found.append((first, number, f"第{first}、{number}行重复"))
    return found


def entering(rows: Iterable[Row]) -> list[Row]:
    """Of rows of several lists, {credit_code, locality, registered}: each enterprise once, from its registered place.

    Where no list is from there, the first one counts.
    """
    chosen: dict[str, Row] = {}
    for row in rows:
        known = chosen.get(row["credit_code"])
        is_home = row["locality"] == row["registered"]
        if known is None or (is_home and known["locality"] != known["registered"]):
            chosen[row["credit_code"]] = row
    return list(chosen.values())


def _of_row(
    number: int, row: Row, files: Mapping[str, Row], locality: str, chains: Collection[str]
) -> Iterable[Finding]:
    code = credit_code.normalised(str(row.get("credit_code", "")))
    if not credit_code.is_valid(code):
        yield Finding("code", "credit_code", f"第{number}行信用代码校验不通过")
        return
    file = files.get(code)
    if file is None and is_empty(row, "name"):
        yield Finding("unfiled", "name", f"第{number}行企业尚未建档，请填写企业名称")
    yield from _chain(number, row, chains)
    if file is not None:
        yield from _of_file(number, file, locality)
    industry = row.get("industry") or (file or {}).get("industry", "")
    if not is_sme(industry, row.get("staff"), row.get("revenue_wan"), (file or {}).get("assets_wan")):
        yield Finding("large", "staff", f"第{number}行企业不符合中小企业划型标准")


def _chain(number: int, row: Row, chains: Collection[str]) -> Iterable[Finding]:
    chain = row.get("chain", "")
    if chain == OTHER and is_empty(row, "reason"):
        yield Finding("chain", "reason", f"第{number}行产业链为“其他”，请填写推荐理由")
    elif chains and chain != OTHER and chain not in chains:
        yield Finding("chain", "chain", f"第{number}行产业链不在重点产业链目录中，请选择目录中的产业链或“其他”")


def _of_file(number: int, file: Row, locality: str) -> Iterable[Finding]:
    since: Any = file.get("library_since")
    if since is not None:
        day = since if isinstance(since, date) else date.fromisoformat(str(since))
        yield Finding("in_library", "credit_code", f"第{number}行企业已在库（{chinese_date(day)}入库）")
    if file.get("state", ACTIVE) != ACTIVE:
        yield Finding("closed", "credit_code", f"第{number}行企业不在正常经营状态")
    if file["locality"] != locality:
        yield Finding("elsewhere", "credit_code", f"第{number}行企业注册地为{file['locality_name']}")
